import assert from 'node:assert/strict';
import type { Hub } from '../../hub/hub.ts';
import { startHub } from '../../hub/hub.ts';
import { ask, tokenOf } from './ask.ts';
import { smallWorld } from './smallWorld.ts';

describe('the Docker Hub double: signing in', () => {
  let hub: Hub;
  let now: number;
  const logIn = (username: string, password: string, query = '') =>
    ask(hub, 'POST', `/v2/users/login${query}`, { body: { username, password } });
  const authToken = (identifier: string, secret: string) =>
    ask(hub, 'POST', '/v2/auth/token', { body: { identifier, secret } });

  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    hub = await startHub({ world: smallWorld(() => now), now: () => now });
  });
  afterEach(() => hub.close());

  it('hands out a JWT whose exp is ten minutes away, and refuses it from then on', async () => {
    const token = await tokenOf(hub, 'ann', 'admin-pat');
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    assert.equal(claims.exp, now / 1000 + 600);
    now += 599_999;
    assert.equal((await ask(hub, 'GET', '/v2/user/', { token })).status, 200);
    now += 1;
    const late = await ask(hub, 'GET', '/v2/user/', { token });
    assert.equal(late.status, 401);
    assert.deepEqual(late.body, { message: 'unauthorized', errinfo: null });
  });

  it('takes the JWT under both schemes, and neither the access token itself nor a forged JWT', async () => {
    const token = await tokenOf(hub, 'ann', 'pw');
    assert.equal((await ask(hub, 'GET', '/v2/user/', { token, scheme: 'JWT' })).status, 200);
    assert.equal((await ask(hub, 'GET', '/v2/user/', { token: 'admin-pat' })).status, 401);
    const [header, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = `${header}.${Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString('base64url')}.${signature}`;
    assert.equal((await ask(hub, 'GET', '/v2/user/', { token: forged })).status, 401);
    assert.equal((await ask(hub, 'GET', '/v2/namespaces/ann/repositories', { token: forged })).status, 401);
  });

  it('locks an identifier for ten minutes after five wrong secrets, the right one included', async () => {
    for (let i = 0; i < 5; i++) {
      const wrong = await authToken('ann', 'wrong');
      assert.equal(wrong.status, 401);
      assert.deepEqual(wrong.body, { detail: 'Incorrect authentication credentials' });
    }
    const locked = await logIn('ann', 'pw');
    assert.equal(locked.status, 429);
    assert.equal(locked.body.detail, 'too many failed login attempts for username or IP address');
    assert.equal((await authToken('bob', 'bob-pat')).status, 200);
    now += 600_000;
    assert.equal((await authToken('ann', 'pw')).status, 200);
  });

  it('forgets wrong secrets after the right one', async () => {
    for (let i = 0; i < 4; i++) await authToken('ann', 'wrong');
    await tokenOf(hub, 'ann', 'pw');
    for (let i = 0; i < 4; i++) await authToken('ann', 'wrong');
    assert.equal((await authToken('ann', 'pw')).status, 200);
  });

  it('asks a password of a two-factor account for the code', async () => {
    const first = await logIn('casey', 'pw');
    assert.equal(first.status, 401);
    assert.equal(first.body.detail, 'Require secondary authentication on MFA enabled account');
    const code = (value: string) =>
      ask(hub, 'POST', '/v2/users/2fa-login', { body: { login_2fa_token: first.body.login_2fa_token, code: value } });
    assert.equal((await code('000000')).status, 401);
    const second = await code('123456');
    assert.equal(second.status, 200);
    assert.equal((await ask(hub, 'GET', '/v2/user/', { token: second.body.token })).body.username, 'casey');
    assert.equal((await authToken('casey', 'pw')).status, 401);
  });

  it('gives a refresh token on request and names the user in the login JWT', async () => {
    const { body } = await logIn('ann', 'pw', '?refresh_token=true');
    assert.equal(typeof body.refresh_token, 'string');
    const claims = JSON.parse(Buffer.from(body.token.split('.')[1], 'base64url').toString());
    assert.deepEqual(claims['https://hub.docker.com'], { username: 'ann' });
  });

  it('refuses an organisation on the user route, and takes its token on the other', async () => {
    assert.deepEqual((await logIn('acme', 'full-oat')).body, { detail: 'Cannot log into an organization account' });
    assert.equal((await authToken('acme', 'full-oat')).status, 200);
  });

  it('refuses the tokens of a secret that was taken back, and all of them on demand', async () => {
    const [pat, password] = [await tokenOf(hub, 'ann', 'read-pat'), await tokenOf(hub, 'ann', 'pw')];
    hub.world.revoke('read-pat');
    assert.equal((await ask(hub, 'GET', '/v2/user/', { token: pat })).status, 401);
    assert.equal((await ask(hub, 'GET', '/v2/user/', { token: password })).status, 200);
    hub.expireTokens();
    assert.equal((await ask(hub, 'GET', '/v2/user/', { token: password })).status, 401);
  });

  it('logs who asked, and no secret', async () => {
    const token = await tokenOf(hub, 'acme', 'full-oat');
    await logIn('casey', 'pw');
    await ask(hub, 'GET', '/v2/namespaces/acme/repositories?page_size=5', { token, scheme: 'JWT' });
    const record = hub.requests.at(-1);
    assert.equal(record?.path, '/v2/namespaces/acme/repositories?page_size=5');
    assert.deepEqual(
      [record.method, record.status, record.tokenKind, record.account, record.authorization],
      ['GET', 200, 'org', 'acme', 'JWT'],
    );
    assert.deepEqual(hub.requests[0]?.body, { identifier: 'acme', secret: '[secret]' });
    const log = JSON.stringify(hub.requests);
    assert.ok(!log.includes('full-oat') && !log.includes('"pw"') && !log.includes(token));
  });
});
