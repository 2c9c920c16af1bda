import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { HubError } from '../../../../src/hub/wire/hubError.ts';
import { signIn, type SignInRequest } from '../../../../src/hub/signIn/signIn.ts';
import { FakeClock } from '../../fakeClock.ts';
import { hubClientAt } from '../../hubClientAt.ts';
import { empty, json, jwt, scriptedFetch, text, type Script } from '../../scriptedFetch.ts';

const token = jwt(undefined);
const wrong = () => json({ detail: 'Incorrect authentication credentials' }, 401);
const wantsCode = () =>
  json({ detail: 'Require secondary authentication on MFA enabled account', login_2fa_token: 'ticket-1' }, 401);

async function attempt(script: Script, request: Partial<SignInRequest> = {}) {
  const { fetch, sent } = scriptedFetch(script);
  const { transport, log } = hubClientAt('https://hub.docker.com', { clock: new FakeClock(), fetch });
  const result = await signIn(transport, { name: 'team', secret: 'hunter2-word', ...request }).catch(
    (error: unknown) => error,
  );
  return {
    result,
    log,
    paths: sent.map(({ method, path }) => `${method} ${path}`),
    bodies: sent.map(({ body }) => body),
    sent,
  };
}

function kindOf(result: unknown): string {
  assert.ok(result instanceof HubError, inspect(result));
  return result.kind;
}

describe('signIn', () => {
  for (const secret of ['dckr_pat_abc', 'dckr_oat_abc']) {
    it(`sends ${secret} to /v2/auth/token`, async () => {
      const { result, paths, bodies, sent } = await attempt(() => json({ access_token: token }), { secret });
      assert.deepEqual(result, { token, usedCode: false });
      assert.deepEqual(paths, ['POST /v2/auth/token']);
      assert.deepEqual(bodies, [{ identifier: 'team', secret }]);
      assert.equal(sent[0]!.headers.authorization, undefined);
    });
  }

  for (const secret of ['hunter2-word', '36b9f1d2-0000-4000-8000-000000000000']) {
    it(`sends ${secret} to /v2/users/login`, async () => {
      const { result, paths, bodies } = await attempt(() => json({ token }), { secret });
      assert.deepEqual(result, { token, usedCode: false });
      assert.deepEqual(paths, ['POST /v2/users/login']);
      assert.deepEqual(bodies, [{ username: 'team', password: secret }]);
    });
  }

  for (const secret of ['dckr_pat_abc', 'dckr_oat_abc', 'hunter2-word']) {
    it(`sends a wrong ${secret} exactly once`, async () => {
      const { result, paths } = await attempt(wrong, { secret });
      assert.equal(kindOf(result), 'wrongSecret');
      assert.equal((result as HubError).serverWords, 'Incorrect authentication credentials');
      assert.equal(paths.length, 1);
    });

    it(`takes the lock-out for no wrong ${secret}, and does not try again`, async () => {
      const { result, paths } = await attempt(
        () => json({ detail: 'too many failed login attempts for username or IP address' }, 429),
        { secret },
      );
      assert.equal(kindOf(result), 'lockedOut');
      assert.equal(paths.length, 1);
    });

    it(`takes Cloudflare's block for no wrong ${secret}`, async () => {
      const { result, paths } = await attempt(() => text('error code: 1010', 403, 'text/plain'), { secret });
      assert.equal(kindOf(result), 'blocked');
      assert.equal(paths.length, 1);
    });
  }

  for (const [status, body] of [
    [401, { details: 'your account must log in with a Personal Access Token (PAT)' }],
    [403, { details: ['Password sign-in is off. Use an access token instead.'] }],
    [401, { message: 'unauthorized', details: { message: 'a personal access token is required' } }],
  ] as const) {
    it(`D11: says that an account must use a token, in the words of the server: ${JSON.stringify(body)}`, async () => {
      const { result, paths } = await attempt(() => json(body, status));
      assert.equal(kindOf(result), 'wrongSecret');
      assert.equal((result as HubError).reason, 'tokenRequired');
      assert.match((result as HubError).serverWords!, /access token/i);
      assert.equal(paths.length, 1);
    });
  }

  it('D11: takes a token that is refused, and a wrong password, for what they are', async () => {
    const expired = await attempt(() => json({ details: 'you must use a valid personal access token' }, 401), {
      secret: 'dckr_pat_abc',
    });
    assert.deepEqual(
      [kindOf(expired.result), (expired.result as HubError).reason, (expired.result as HubError).serverWords],
      ['wrongSecret', undefined, 'you must use a valid personal access token'],
    );
    const { result } = await attempt(wrong);
    assert.deepEqual([kindOf(result), (result as HubError).reason], ['wrongSecret', undefined]);
  });

  for (const status of [404, 405, 410]) {
    it(`sends a password to /v2/auth/token where the login route answers ${status}`, async () => {
      const { result, paths } = await attempt(({ path }) =>
        path === '/v2/users/login' ? text('404: Page Not Found', status, 'text/plain') : json({ access_token: token }),
      );
      assert.deepEqual(result, { token, usedCode: false });
      assert.deepEqual(paths, ['POST /v2/users/login', 'POST /v2/auth/token']);
    });
  }

  it('counts one failure where the login route is gone and the password wrong', async () => {
    const { result, paths } = await attempt(({ path }) => (path === '/v2/users/login' ? empty(404) : wrong()));
    assert.equal(kindOf(result), 'wrongSecret');
    assert.deepEqual(paths, ['POST /v2/users/login', 'POST /v2/auth/token']);
  });

  it('asks for the code of a second factor, and again after a wrong one', async () => {
    const asked: (string | undefined)[] = [];
    const codes = ['000000', '123456'];
    const { result, paths, bodies } = await attempt(
      ({ path, body }) =>
        path === '/v2/users/login'
          ? wantsCode()
          : (body as { code: string }).code === '123456'
            ? json({ token })
            : json({ detail: 'Wrong code' }, 401),
      { askCode: async (previous) => (asked.push(previous?.serverWords), codes.shift()) },
    );
    assert.deepEqual(result, { token, usedCode: true });
    assert.deepEqual(asked, [undefined, 'Wrong code']);
    assert.deepEqual(paths, ['POST /v2/users/login', 'POST /v2/users/2fa-login', 'POST /v2/users/2fa-login']);
    assert.deepEqual(
      bodies.slice(1),
      ['000000', '123456'].map((code) => ({ login_2fa_token: 'ticket-1', code })),
    );
  });

  it('ends with `needsCode` when nobody gives a code', async () => {
    for (const askCode of [undefined, async () => undefined, async () => '']) {
      const { result, paths } = await attempt(wantsCode, { askCode });
      assert.equal(kindOf(result), 'needsCode');
      assert.equal(paths.length, 1);
    }
  });

  it('ends when the second factor is locked out', async () => {
    const { result, paths } = await attempt(
      ({ path }) =>
        path === '/v2/users/login' ? wantsCode() : json({ detail: 'too many failed login attempts' }, 429),
      { askCode: async () => '000000' },
    );
    assert.equal(kindOf(result), 'lockedOut');
    assert.equal(paths.length, 2);
  });

  const malformed: [string, () => Response][] = [
    ['nothing', () => empty(200)],
    ['no token', () => json({})],
    ['an empty token', () => json({ token: '', access_token: '' })],
    ['a token of a wrong type', () => json({ token: {}, access_token: 42 })],
    ['a token that cannot be a header', () => json({ token: 'ey\nsecret', access_token: 'ey\nsecret' })],
    ['a web page', () => text('<html>', 200, 'text/html')],
    ['a list', () => json([])],
    ['null', () => json(null)],
    ['a redirect', () => empty(302, { location: 'https://evil.test/' })],
  ];
  for (const [name, answer] of malformed) {
    it(`calls an answer with ${name} malformed, and does not try again`, async () => {
      for (const secret of ['dckr_pat_abc', 'hunter2-word']) {
        const { result, paths } = await attempt(answer, { secret });
        assert.equal(kindOf(result), 'malformed');
        assert.equal(paths.length, 1);
      }
      const { result } = await attempt(({ path }) => (path === '/v2/users/login' ? wantsCode() : answer()), {
        askCode: async () => '123456',
      });
      assert.equal(kindOf(result), 'malformed');
    });
  }

  it('shows neither secret, code, ticket nor token, whatever the server repeats (invariant 9)', async () => {
    const repeat: Script = ({ path, body }) => {
      const words = `${JSON.stringify(body)} ${token}`;
      return path === '/v2/users/login'
        ? json({ detail: words, login_2fa_token: 'ticket-1' }, 401)
        : json({ detail: words }, 500);
    };
    for (const secret of ['dckr_pat_abc', 'hunter2-word']) {
      const { result, log } = await attempt(({ ...request }, nth) => repeat(request, nth), {
        secret,
        askCode: async () => '123456',
      });
      const shown = [...log, JSON.stringify(result), inspect(result, { depth: 9, showHidden: true })].join('\n');
      for (const part of [secret, '123456', 'ticket-1']) assert.ok(!shown.includes(part), shown);
    }
    const { result } = await attempt(({ body }) => json({ detail: JSON.stringify(body) }, 401));
    assert.ok(kindOf(result) === 'wrongSecret' && !inspect(result).includes('hunter2-word'));
  });

  it('waits for its answer, whether it is cancelled meanwhile or not', async () => {
    const controller = new AbortController();
    const { result } = await attempt(() => (controller.abort('stop'), json({ token })), { signal: controller.signal });
    assert.deepEqual(result, { token, usedCode: false });
    assert.equal((await attempt(() => json({ token }), { signal: controller.signal })).result, 'stop');
  });

  it('throws what the transport throws', async () => {
    assert.equal(
      kindOf(
        (
          await attempt(() => {
            throw new TypeError('fetch failed');
          })
        ).result,
      ),
      'network',
    );
    assert.equal(kindOf((await attempt(() => json({}, 503))).result), 'server');
    assert.equal(kindOf((await attempt(() => json({ detail: 'sso' }, 403))).result), 'forbidden');
  });
});
