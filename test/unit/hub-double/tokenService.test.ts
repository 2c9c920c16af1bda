import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { OrganisationScope } from '../../hub/accounts.ts';
import type { Hub } from '../../hub/hub.ts';
import { startHub } from '../../hub/hub.ts';
import type { RegistryPort, RegistryTokenInit } from '../../hub/registryPort.ts';
import type { TokenAnswer } from '../registry/askForToken.ts';
import { askForToken } from '../registry/askForToken.ts';
import { smallWorld } from './smallWorld.ts';

/** A registry whose tokens are what they say, unsigned. */
const readableTokens: RegistryPort = {
  token: (init) => JSON.stringify(init),
  pushesTo: () => [],
  removeTag: () => assert.fail('nothing was deleted'),
  removeRepository: () => assert.fail('nothing was deleted'),
};

describe('the Docker Hub double: token service of the registry', () => {
  let hub: Hub;
  let now: number;
  const askFor = (scope: string, credentials?: string): Promise<TokenAnswer> =>
    askForToken({ hub }, scope, credentials);
  const granted = async (repository: string, credentials?: string): Promise<string> => {
    const { status, body } = await askFor(`repository:${repository}:pull,push,delete`, credentials);
    assert.equal(status, 200);
    const { access } = JSON.parse(body.token) as RegistryTokenInit;
    for (const { type, name } of access) assert.deepEqual([type, name], ['repository', repository]);
    return access.map(({ actions }) => actions.join()).join(' and ');
  };

  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    hub = await startHub({ world: smallWorld(() => now), now: () => now });
    hub.registry = readableTokens;
    for (const [secret, scope] of [
      ['pull-oat', 'scope-image-pull'],
      ['push-oat', 'scope-image-push'],
      ['delete-oat', 'scope-image-delete'],
    ] as const) {
      hub.world.organisations.get('acme')?.oats.push({ secret, scopes: [scope satisfies OrganisationScope] });
    }
    hub.world.organisations.get('acme')!.members['casey'] = 'write';
    hub.world.accounts.get('casey')!.tokens.push({ secret: 'casey-pat', scope: 'repo:admin' });
  });
  afterEach(() => hub.close());

  it('answers with the token under both names, its life, and since when', async () => {
    const before = Date.now();
    const { status, body } = await askFor('repository:ann/app:pull,push', 'ann:admin-pat');
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'issued_at', 'token']);
    assert.equal(body.token, body.access_token);
    assert.equal(body.expires_in, 300);
    assert.ok(Date.parse(body.issued_at) >= before && Date.parse(body.issued_at) <= Date.now(), body.issued_at);
    assert.deepEqual(JSON.parse(body.token), {
      subject: 'ann',
      audience: 'registry.docker.io',
      access: [{ type: 'repository', name: 'ann/app', actions: ['pull', 'push'] }],
      lifeSeconds: 300,
    });
  });

  for (const [who, credentials, own, foreignPublic, organisations, organisationsPrivate] of [
    ['nobody', undefined, '', 'pull', 'pull', ''],
    ['a password', 'ann:pw', 'pull,push,delete', 'pull', 'pull,push,delete', 'pull,push,delete'],
    ['an admin token', 'ann:admin-pat', 'pull,push,delete', 'pull', 'pull,push,delete', 'pull,push,delete'],
    ['a write token', 'ann:write-pat', 'pull,push', 'pull', 'pull,push', 'pull,push'],
    ['a read token', 'ann:read-pat', 'pull', 'pull', 'pull', 'pull'],
    ['a public read token', 'ann:public-pat', '', 'pull', 'pull', ''],
    ['a member who may read', 'bob:bob-pat', '', 'pull,push,delete', 'pull', 'pull'],
    ['a member who may write', 'casey:casey-pat', '', 'pull', 'pull,push', 'pull,push'],
    ['an organisation token to pull', 'acme:pull-oat', '', 'pull', 'pull', 'pull'],
    ['an organisation token to push', 'acme:push-oat', '', 'pull', 'pull,push', 'pull,push'],
    ['an organisation token to delete', 'acme:delete-oat', '', 'pull', 'pull,push,delete', 'pull,push,delete'],
    ['an organisation token of the Hub alone', 'acme:full-oat', '', 'pull', 'pull', ''],
  ] as const) {
    it(`grants ${who} what it may, which is no error when it is less than asked`, async () => {
      hub.world.addRepository({ namespace: 'bob', name: 'tools' });
      const all = {
        'ann/private': own,
        'bob/tools': foreignPublic,
        'acme/web': organisations,
        'acme/secret': organisationsPrivate,
      };
      for (const [repository, actions] of Object.entries(all)) {
        assert.equal(await granted(repository, credentials), actions, repository);
      }
    });
  }

  it('grants a push to a repository that a push would make', async () => {
    assert.equal(await granted('ann/new', 'ann:write-pat'), 'pull,push');
    assert.equal(await granted('bob/new', 'ann:write-pat'), '');
  });

  it('takes several scopes, and grants nothing for what is none', async () => {
    const { body } = await askFor('repository:ann/app:pull repository:ann/private:pull', 'ann:read-pat');
    assert.deepEqual(
      (JSON.parse(body.token) as RegistryTokenInit).access.map(({ name }) => name),
      ['ann/app', 'ann/private'],
    );
    for (const scope of ['', 'repository:ann/app', 'registry:catalog:*', 'repository:ann/app:*']) {
      assert.deepEqual(
        (JSON.parse((await askFor(scope, 'ann:admin-pat')).body.token) as RegistryTokenInit).access,
        [],
        scope,
      );
    }
  });

  it('refuses wrong secrets, those of somebody else, a revoked one, and a password where two factors are on', async () => {
    hub.world.revoke('write-pat');
    for (const credentials of [
      'ann:wrong',
      'bob:admin-pat',
      'ann:full-oat',
      'acme:pw',
      'nobody:pw',
      'ann:write-pat',
      'casey:pw',
      'ann',
    ]) {
      const { status, body } = await askFor('repository:ann/app:pull', credentials);
      assert.deepEqual([status, body], [401, { details: 'incorrect username or password' }], credentials);
    }
    const response = await fetch(`${hub.origin}/token`, { headers: { authorization: 'Bearer admin-pat' } });
    assert.equal(response.status, 401);
  });

  it('locks a name after five wrong secrets, for the log-in too, and takes no password without its second factor for a guess', async () => {
    for (let i = 0; i < 6; i++) assert.equal((await askFor('repository:ann/app:pull', 'casey:pw')).status, 401);
    assert.equal((await askFor('repository:ann/app:pull', 'casey:casey-pat')).status, 200);
    for (let i = 0; i < 5; i++) assert.equal((await askFor('repository:ann/app:pull', 'ann:wrong')).status, 401);
    assert.equal((await askFor('repository:ann/app:pull', 'ann:admin-pat')).status, 429);
    const logIn = await fetch(`${hub.origin}/v2/auth/token`, {
      method: 'POST',
      body: JSON.stringify({ identifier: 'ann', secret: 'admin-pat' }),
    });
    assert.equal(logIn.status, 429);
    now += 600_000;
    assert.equal((await askFor('repository:ann/app:pull', 'ann:admin-pat')).status, 200);
  });

  it('takes nothing of the allowance and says nothing of it, also when it is spent', async () => {
    hub.options.rateLimit = { limit: 1, windowSeconds: 60 };
    const list = (): Promise<Response> => fetch(`${hub.origin}/v2/namespaces/ann/repositories`);
    for (let i = 0; i < 3; i++) assert.equal((await askFor('repository:ann/app:pull')).status, 200);
    assert.deepEqual([(await list()).status, (await list()).status], [200, 429]);
    const response = await fetch(`${hub.origin}/token?scope=repository:ann/app:pull`);
    assert.equal(response.status, 200);
    assert.deepEqual(
      [...response.headers.keys()].filter((name) => name.startsWith('x-ratelimit')),
      [],
    );
  });

  it('is in the log of requests with the scheme of its credentials and whose they are, not with the credentials', async () => {
    await askFor('repository:ann/app:pull', 'ann:admin-pat');
    await askFor('repository:ann/app:pull', 'acme:pull-oat');
    await askFor('repository:ann/app:pull', 'ann:wrong');
    await askFor('repository:ann/app:pull');
    assert.deepEqual(
      hub.requests.map(({ method, path, authorization, tokenKind, account, status }) => [
        method,
        path.split('?')[0],
        authorization,
        tokenKind,
        account,
        status,
      ]),
      [
        ['GET', '/token', 'Basic', 'user', 'ann', 200],
        ['GET', '/token', 'Basic', 'org', 'acme', 200],
        ['GET', '/token', 'Basic', 'invalid', undefined, 401],
        ['GET', '/token', undefined, 'none', undefined, 200],
      ],
    );
    const text = inspect(hub.requests, { depth: Infinity });
    for (const secret of ['admin-pat', 'ann:admin-pat', 'pull-oat', 'acme:pull-oat', 'wrong', 'ann:wrong']) {
      for (const form of [secret, Buffer.from(secret).toString('base64')]) assert.ok(!text.includes(form), form);
    }
  });

  it('does as a script says, and is not there without a registry', async () => {
    hub.script({ match: { path: '/token' }, act: { status: 503, body: { details: 'later' } } });
    assert.equal((await askFor('repository:ann/app:pull')).status, 503);
    assert.equal((await fetch(`${hub.origin}/token`, { method: 'POST' })).status, 405);
    hub.registry = undefined;
    assert.equal((await fetch(`${hub.origin}/token`)).status, 404);
  });
});
