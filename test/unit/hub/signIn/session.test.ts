import assert from 'node:assert/strict';
import { HubError } from '../../../../src/hub/wire/hubError.ts';
import type { SessionSecrets } from '../../../../src/hub/signIn/session.ts';
import type { HubRequest } from '../../../../src/hub/wire/transport.ts';
import { FakeClock, noon, settled } from '../../fakeClock.ts';
import { hubClientAt } from '../../hubClientAt.ts';
import { json, jwt, rejection, scriptedFetch, type SentRequest } from '../../scriptedFetch.ts';

const minute = 60_000;
const get: HubRequest = { method: 'GET', target: '/v2/x', lane: 'background' };

/** A server with tokens of a given life: every login gives a new one, and the last is good until its end. */
function makeSession(
  options: {
    life?: number | null;
    secret?: string;
    token?: string;
    secrets?: Partial<SessionSecrets>;
    login?: (request: SentRequest, nth: number) => Response | Promise<Response> | undefined;
    refuse?: (token: string) => boolean;
  } = {},
) {
  const clock = new FakeClock();
  const { life = 10 * minute, refuse } = options;
  let logins = 0;
  const tokens: string[] = [];
  const { fetch, sent } = scriptedFetch(async (request, nth) => {
    const refused = request.method !== 'POST' && refuse?.(request.headers.authorization?.replace('Bearer ', '') ?? '');
    const date = { date: new Date(clock.now()).toUTCString() };
    if (request.method === 'POST') {
      logins++;
      const answer = options.login?.(request, logins);
      if (answer) return answer;
      const token = jwt(life === null ? undefined : clock.now() + life, { nth: logins });
      tokens.push(token);
      return json(request.path.startsWith('/v2/users') ? { token } : { access_token: token }, 200, date);
    }
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    return refused ? json({ message: 'unauthorized' }, 401, date) : json({ nth, token }, 200, date);
  });
  const assembled = hubClientAt('https://hub.docker.com', {
    clock,
    fetch,
    secret: options.secret,
    token: options.token,
    secrets: options.secrets,
  });
  return {
    ...assembled,
    clock,
    sent,
    tokens,
    logins: () => logins,
    gets: () => sent.filter(({ method }) => method === 'GET'),
  };
}

describe('Session', () => {
  it('signs in when first needed, and keeps the token', async () => {
    const { session, logins, gets, tokens } = makeSession();
    assert.equal(logins(), 0);
    await session.send(get);
    await session.send(get);
    assert.equal(logins(), 1);
    assert.deepEqual(
      gets().map(({ headers }) => headers.authorization),
      [`Bearer ${tokens[0]}`, `Bearer ${tokens[0]}`],
    );
  });

  it('signs in once for 20 requests at once', async () => {
    const { session, logins, gets } = makeSession();
    await Promise.all(Array.from({ length: 20 }, () => session.send(get)));
    assert.deepEqual([logins(), gets().length], [1, 20]);
  });

  it('renews before the token expires, with one sign-in for 20 requests', async () => {
    const { session, logins, clock, tokens, gets } = makeSession();
    await session.send(get);
    await clock.advance(9 * minute - 1);
    await session.send(get);
    assert.equal(logins(), 1);
    await clock.advance(1);
    await Promise.all(Array.from({ length: 20 }, () => session.send(get)));
    assert.equal(logins(), 2);
    assert.equal(gets().at(-1)!.headers.authorization, `Bearer ${tokens[1]}`);
  });

  it('renews a short-lived token in the last fifth of its life', async () => {
    const { session, logins, clock } = makeSession({ life: 50_000 });
    await session.send(get);
    await clock.advance(39_999);
    await session.send(get);
    assert.equal(logins(), 1);
    await clock.advance(1);
    await session.send(get);
    assert.equal(logins(), 2);
  });

  it('goes by the clock of the server where the local one is wrong', async () => {
    for (const wrongBy of [-3_600_000, 3_600_000]) {
      let logins = 0;
      const clock = new FakeClock({ now: noon + wrongBy });
      const serverTime = () => clock.now() - wrongBy;
      const { fetch } = scriptedFetch(({ method }) => {
        const date = { date: new Date(serverTime()).toUTCString() };
        return method === 'POST'
          ? (logins++, json({ access_token: jwt(serverTime() + 10 * minute) }, 200, date))
          : json({}, 200, date);
      });
      const { session } = hubClientAt('https://hub.docker.com', { clock, fetch });
      for (let i = 0; i < 8; i++) {
        await session.send(get);
        await clock.advance(minute);
      }
      assert.equal(logins, 1);
      await clock.advance(minute);
      await session.send(get);
      assert.equal(logins, 2);
    }
  });

  it('does not sign in for each request where a fresh token seems to be over already', async () => {
    const { session, logins } = makeSession({ life: -minute });
    for (let i = 0; i < 5; i++) await session.send(get);
    assert.equal(logins(), 1);
  });

  it('keeps a token that does not say when it ends until it is refused', async () => {
    let refused = '';
    const { session, logins, clock, tokens } = makeSession({ life: null, refuse: (token) => token === refused });
    await session.send(get);
    await clock.advance(48 * 60 * minute);
    await session.send(get);
    assert.equal(logins(), 1);
    refused = tokens[0]!;
    await session.send(get);
    assert.equal(logins(), 2);
  });

  it('takes a token that is no JWT for one that does not say when it ends', async () => {
    for (const token of ['opaque', jwt(undefined, { exp: 'soon' }), jwt(undefined, { exp: null })]) {
      const { session, logins } = makeSession({ token });
      await session.send(get);
      await session.send(get);
      assert.equal(logins(), 0, token);
    }
  });

  it('renews once after a 401 (invariant 11)', async () => {
    const { session, logins, gets, tokens } = makeSession({ refuse: (token) => token === tokens[0] });
    await session.send(get);
    assert.deepEqual([logins(), gets().length], [2, 2]);
  });

  it('renews once for 20 requests that were all answered 401', async () => {
    let refused = '';
    const { session, logins, gets, tokens } = makeSession({ refuse: (token) => token === refused });
    await session.send(get);
    refused = tokens[0]!;
    await Promise.all(Array.from({ length: 20 }, () => session.send(get)));
    assert.deepEqual([logins(), gets().length], [2, 41]);
  });

  it('does not renew again for a 401 that comes after the renewal', async () => {
    const late = Promise.withResolvers<void>();
    let refused = '';
    const clock = new FakeClock();
    let logins = 0;
    const { fetch } = scriptedFetch(async ({ method, path, headers }) => {
      if (method === 'POST') return json({ access_token: jwt(undefined, { nth: ++logins }) });
      const isRefused = headers.authorization === refused;
      if (isRefused && path === '/v2/late') await late.promise;
      refused ||= headers.authorization!;
      return isRefused ? json({}, 401) : json({});
    });
    const { session } = hubClientAt('https://hub.docker.com', { clock, fetch });
    await session.send(get);
    const slow = session.send({ ...get, target: '/v2/late' });
    await session.send(get);
    assert.equal(logins, 2);
    late.resolve();
    await slow;
    assert.equal(logins, 2);
  });

  it('does not sign in again and again for tokens that are refused at once', async () => {
    const { session, logins } = makeSession({ refuse: () => true });
    for (let i = 0; i < 50; i++) await rejection(session.send(get));
    assert.equal(logins(), 2);
  });

  it('sends a secret three times at most for one request while the server has trouble', async () => {
    const { client, clock, logins } = makeSession({ secret: 'hunter2', login: () => json({}, 502) });
    const failure = rejection(client.repository({ namespace: 'acme', name: 'web' }, { lane: 'background' }));
    await clock.advance(10 * minute);
    assert.equal(((await failure) as HubError).kind, 'signInFailed');
    assert.equal(logins(), 3);
  });

  it('does not take an answer to the sign-in for one to the request', async () => {
    const { session, logins } = makeSession({ login: () => json({ message: 'object not found' }, 404) });
    const error = await rejection(session.send(get));
    assert.ok(error instanceof HubError);
    assert.deepEqual(
      [error.kind, error.status, error.inDoubt, error.passing, logins()],
      ['signInFailed', undefined, false, false, 1],
    );
  });

  it('renews once more where the fresh token ran out while its request waited', async () => {
    let refused = 2;
    const { session, logins, clock } = makeSession({
      life: 5 * minute,
      refuse: () => {
        if (refused-- <= 0) return false;
        clock.set(clock.now() + 6 * minute);
        return true;
      },
    });
    await session.send(get);
    assert.equal(logins(), 3);
  });

  it('sends nothing more once it is closed', async () => {
    const { session, sent } = makeSession();
    await session.send(get);
    const before = sent.length;
    session.close();
    const error = await rejection(session.send(get));
    assert.ok(error instanceof HubError && error.kind === 'signedOut');
    assert.equal(sent.length, before);
  });

  it('signs in no more while the account is locked, and again ten minutes later', async () => {
    const locked = () => json({ detail: 'too many failed login attempts for username or IP address' }, 429);
    const { session, logins, clock } = makeSession({ login: (_, nth) => (nth === 1 ? locked() : undefined) });
    for (const wait of [0, 0, 10 * minute - 1]) {
      await clock.advance(wait);
      const error = await rejection(session.send(get));
      assert.ok(error instanceof HubError && error.kind === 'lockedOut');
      assert.equal(logins(), 1);
    }
    await clock.advance(1);
    await session.send(get);
    assert.equal(logins(), 2);
  });

  it('says `unauthorized` when the fresh token is refused too, and sends nothing more', async () => {
    const { session, logins, gets } = makeSession({ refuse: () => true });
    const error = await rejection(session.send(get));
    assert.ok(error instanceof HubError && error.kind === 'unauthorized');
    assert.deepEqual([logins(), gets().length], [2, 2]);
  });

  it('does not send a refused secret again until it changes', async () => {
    let secret = 'dckr_pat_wrong';
    const { session, logins, gets } = makeSession({
      secrets: { read: async () => ({ secret }) },
      login: ({ body }) =>
        (body as { secret: string }).secret === 'dckr_pat_wrong' ? json({ detail: 'wrong' }, 401) : undefined,
    });
    for (let i = 0; i < 3; i++) {
      const errors = await Promise.all(Array.from({ length: 5 }, () => rejection(session.send(get))));
      assert.ok(errors.every((error) => error instanceof HubError && error.kind === 'wrongSecret'));
    }
    assert.equal(logins(), 1);
    secret = 'dckr_pat_right';
    await session.send(get);
    assert.deepEqual([logins(), gets().length], [2, 1]);
  });

  it('tries a sign-in again that the server or the network had trouble with', async () => {
    const { session, logins, clock } = makeSession({
      login: (_, nth) =>
        nth === 1 ? json({}, 503) : nth === 2 ? Promise.reject(new TypeError('fetch failed')) : undefined,
    });
    const sent = session.send(get);
    await clock.advance(minute);
    await sent;
    assert.equal(logins(), 3);
  });

  it('tells everybody who waits for a sign-in what that waits for', async () => {
    const { session, clock, transport } = makeSession({
      login: (_, nth) =>
        nth === 1
          ? json({ message: 'try later' }, 503)
          : nth === 2
            ? json({ detail: 'slow down' }, 429, { 'retry-after': '30' })
            : undefined,
    });
    const told: string[] = [];
    const requests = ['a', 'b'].map((who) =>
      session.send({ ...get, onWait: ({ why, until }) => void told.push(`${who} ${why} ${until > clock.now()}`) }),
    );
    await clock.advance(2_000);
    assert.deepEqual(told.slice(0, 2), ['a backoff true', 'b backoff true']);
    await clock.advance(minute);
    await Promise.all(requests);
    assert.deepEqual(told.slice(2), ['a allowance true', 'b allowance true']);
    await transport.send(get);
    assert.equal(told.length, 4, 'nobody is told of what comes later');
  });

  it('says `signedOut` once there is no secret, without a request', async () => {
    const { session, sent } = makeSession({ secrets: { read: async () => undefined } });
    const error = await rejection(session.send(get));
    assert.ok(error instanceof HubError && error.kind === 'signedOut');
    assert.equal(sent.length, 0);
  });

  describe('with a token that needed a code', () => {
    const codeLogin = ({ path }: SentRequest) =>
      path === '/v2/users/login' ? json({ detail: 'code', login_2fa_token: 't' }, 401) : undefined;

    it('asks for the code, and keeps the token for the next start', async () => {
      const kept: string[] = [];
      const { session, tokens } = makeSession({
        secret: 'hunter2',
        login: codeLogin,
        secrets: { askCode: async () => '123456', keepToken: async (token) => void kept.push(token) },
      });
      await session.send(get);
      assert.deepEqual(kept, tokens);
    });

    it('does not keep a token that needed none', async () => {
      const { session } = makeSession({ secret: 'hunter2', secrets: { keepToken: () => assert.fail('kept') } });
      await session.send(get);
    });

    it('uses the kept one without a sign-in', async () => {
      const token = jwt(noon + 60 * minute);
      const { session, logins, gets } = makeSession({ secrets: { read: async () => ({ secret: 'hunter2', token }) } });
      await session.send(get);
      assert.equal(logins(), 0);
      assert.equal(gets()[0]!.headers.authorization, `Bearer ${token}`);
    });

    for (const [name, token] of [
      ['is over', jwt(noon - minute)],
      ['is refused', jwt(noon + 60 * minute)],
    ] as const) {
      it(`asks again when the kept one ${name}`, async () => {
        let asked = 0;
        const { session, logins, gets } = makeSession({
          secrets: { read: async () => ({ secret: 'hunter2', token }), askCode: async () => (asked++, '123456') },
          login: codeLogin,
          refuse: (sent) => sent === token,
        });
        await Promise.all([1, 2, 3].map(() => session.send(get)));
        assert.deepEqual([asked, logins()], [1, 2]);
        assert.equal(
          gets().filter(({ headers }) => headers.authorization === `Bearer ${token}`).length,
          name === 'is over' ? 0 : 3,
        );
      });
    }

    it('says `needsCode` when nobody gives one, and asks again after a minute', async () => {
      const codes = [undefined, '123456'];
      const { session, clock, logins } = makeSession({
        secret: 'hunter2',
        login: codeLogin,
        secrets: { askCode: async () => codes.shift() },
      });
      for (let i = 0; i < 20; i++) {
        const error = await rejection(session.send(get));
        assert.ok(error instanceof HubError && error.kind === 'needsCode');
      }
      assert.deepEqual([codes.length, logins()], [1, 1]);
      await clock.advance(minute);
      await session.send(get);
      assert.equal(codes.length, 0);
    });

    it('goes on with its token where it cannot be kept', async () => {
      const { session, logins } = makeSession({
        secret: 'hunter2',
        login: codeLogin,
        secrets: { askCode: async () => '123456', keepToken: () => Promise.reject(new Error('disk full')) },
      });
      await session.send(get);
      await session.send(get);
      assert.equal(logins(), 2);
    });
  });

  it('a caller that is cancelled while it waits for a sign-in leaves the others waiting (invariant 8)', async () => {
    const answer = Promise.withResolvers<Response>();
    const { session, logins } = makeSession({ login: () => answer.promise });
    const controller = new AbortController();
    const first = rejection(session.send({ ...get, signal: controller.signal }));
    const others = [session.send(get), session.send(get)];
    await settled();
    controller.abort('stop');
    assert.equal(await first, 'stop');
    answer.resolve(json({ access_token: jwt(noon + 10 * minute) }));
    await Promise.all(others);
    assert.equal(logins(), 1);
  });

  it('sends nothing again that was cancelled while its 401 came', async () => {
    const controller = new AbortController();
    const { session, gets, logins } = makeSession({ refuse: () => (controller.abort('stop'), true) });
    assert.equal(await rejection(session.send({ ...get, method: 'DELETE', signal: controller.signal })), 'stop');
    assert.deepEqual([gets().length, logins()], [0, 1]);
  });
});
