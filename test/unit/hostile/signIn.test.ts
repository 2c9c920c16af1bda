import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { HubError } from '../../../src/hub/wire/hubError.ts';
import type { HubRequest } from '../../../src/hub/wire/transport.ts';
import { FakeClock, noon } from '../fakeClock.ts';
import { hubClientAt, type AssembledClient } from '../hubClientAt.ts';
import { jwt, rejection } from '../scriptedFetch.ts';
import { bounded } from './cost.ts';
import { startRawServer, type RawServer } from './rawServer.ts';

const get: HubRequest = { method: 'GET', target: '/v2/x', lane: 'foreground' };
const secrets = { dckr_pat_delete: '/v2/auth/token', 'hunter2-word': '/v2/users/login' } as const;
const day = 86_400_000;

/** A session with a server whose sign-in answers so; everything else is answered with `{}`, or refused while `refuses` says so. */
async function signingIn<T>(
  secret: string,
  answer: string,
  work: (made: AssembledClient, server: RawServer) => Promise<T>,
  options: { status?: number; refuses?: boolean; clock?: FakeClock; kept?: string[] } = {},
): Promise<T> {
  const server = await startRawServer((request, response) => {
    const signsIn = request.method === 'POST';
    response.writeHead(signsIn ? (options.status ?? 200) : options.refuses ? 401 : 200, {
      'content-type': 'application/json',
      date: new Date(noon).toUTCString(),
    });
    response.end(signsIn ? answer : '{}');
  });
  try {
    const keepToken = async (token: string): Promise<void> => void options.kept?.push(token);
    return await work(
      hubClientAt(server.origin, {
        clock: options.clock ?? new FakeClock({ hurries: true }),
        secret,
        secrets: { keepToken },
      }),
      server,
    );
  } finally {
    await server.close();
  }
}

const both = (token: unknown): string => JSON.stringify({ token, access_token: token });

describe('a sign-in that a hostile server answers', () => {
  const long = 'a'.repeat(1_000_000);
  const nested = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
  const shapes: [name: string, answer: string][] = [
    ['objects', both({ value: jwt(noon + day) })],
    ['lists', both([jwt(noon + day)])],
    ['numbers', both(42)],
    ['true', both(true)],
    ['null', both(null)],
    ['nothing', both('')],
    ['a blank', both(' ')],
    ['a megabyte', both(long)],
    ['a token with a line end and a header', both(`${jwt(noon + day)}\r\nx-evil: 1`)],
    ['a token with a zero', both(`${jwt(noon + day)}\u0000`)],
    ['a token with an override', both(`${jwt(noon + day)}\u202e`)],
    ['a token with letters of no header', both('tökén')],
    ['half a surrogate', '{"token":"\\ud800","access_token":"\\ud800"}'],
    [
      "another service's names",
      JSON.stringify({
        jwt: jwt(noon + day),
        id_token: jwt(noon + day),
        bearer: jwt(noon + day),
        Token: jwt(noon + day),
      }),
    ],
    [
      'a token in a token',
      JSON.stringify({ token: { token: jwt(noon + day) }, access_token: { access_token: jwt(noon + day) } }),
    ],
    ['a token as a prototype', `{"__proto__":${both(jwt(noon + day))}}`],
    ['a list of answers', `[${both(jwt(noon + day))}]`],
    ['a text', JSON.stringify(jwt(noon + day))],
    ['lists a million deep', nested],
    ['a token a million deep', `{"token":${nested},"access_token":${nested}}`],
  ];
  for (const [name, answer] of shapes) {
    it(`has no token, and is tried once: ${name}`, async () => {
      for (const secret of Object.keys(secrets)) {
        await signingIn(secret, answer, async ({ session, log }, server) => {
          const error = await bounded(name, { cpuMs: 2000 }, () => rejection(session.send(get)));
          assert.ok(
            error instanceof HubError &&
              error.kind === 'signInFailed' &&
              (error.cause as HubError).kind === 'malformed',
            inspect(error),
          );
          assert.deepEqual(
            server.requests.map(({ method }) => method),
            ['POST'],
          );
          const shown = [inspect(error, { depth: 9, showHidden: true }), ...log].join('\n');
          assert.ok(!shown.includes(secret) && !shown.includes('evil') && shown.length < 20_000);
        });
      }
    });
  }

  it('with a ticket for a code that is a megabyte asks for no code', async () => {
    let asked = 0;
    const answer = JSON.stringify({ detail: 'mfa', login_2fa_token: long });
    await signingIn(
      'hunter2-word',
      answer,
      async ({ transport }) => {
        const { signIn } = await import('../../../src/hub/signIn/signIn.ts');
        const error = await rejection(
          signIn(transport, { name: 'team', secret: 'hunter2-word', askCode: async () => String(++asked) }),
        );
        assert.ok(error instanceof HubError && error.kind === 'wrongSecret');
        assert.equal(asked, 0);
      },
      { status: 401 },
    );
  });

  describe('with an expiry that is none', () => {
    const claims: [name: string, exp: string][] = [
      ['1e300', '1e300'],
      ['1e308', '1e308'],
      ['1e999', '1e999'],
      ['-1', '-1'],
      ['-1e300', '-1e300'],
      ['0', '0'],
      ['a text', '"soon"'],
      ['null', 'null'],
      ['an object', '{"__proto__":1}'],
      ['a list', '[1]'],
      ['half a second', '0.5'],
    ];
    for (const [name, exp] of claims) {
      const part = (text: string): string => Buffer.from(text).toString('base64url');
      const token = `${part('{"alg":"none"}')}.${part(`{"exp":${exp}}`)}.x`;

      it(`uses the token until it is refused, and renews it a few times only: ${name}`, async () => {
        await signingIn('dckr_pat_delete', both(token), async ({ session }, server) => {
          for (let i = 0; i < 5; i++) assert.deepEqual(await session.send(get), {});
          const signIns = server.requests.filter(({ method }) => method === 'POST').length;
          assert.equal(signIns, 1, `${signIns} sign-ins`);
        });
        await signingIn(
          'dckr_pat_delete',
          both(token),
          async ({ session }, server) => {
            const error = await bounded(name, { cpuMs: 2000 }, () => rejection(session.send(get)));
            assert.ok(error instanceof HubError && error.kind === 'unauthorized');
            assert.ok(server.requests.length <= 8, `${server.requests.length} requests`);
          },
          { refuses: true },
        );
      });
    }

    it('or that cannot be read', async () => {
      for (const token of [
        'x',
        'a.b.c',
        '..',
        `${'a'.repeat(5000)}.${'b'.repeat(5000)}.c`,
        'e30.bnVsbA.x',
        'e30.W10.x',
        'e30.IiI.x',
      ]) {
        await signingIn('dckr_pat_delete', both(token), async ({ session }, server) => {
          assert.deepEqual(await session.send(get), {});
          assert.deepEqual(
            server.requests.map(({ authorization }) => authorization),
            [undefined, `Bearer ${token}`],
          );
        });
      }
    });
  });

  it('with the token of another user is refused where the token says so', async () => {
    const of = (username: unknown): string => jwt(noon + day, { 'https://hub.docker.com': { username } });
    await signingIn('hunter2-word', both(of('mallory')), async ({ session }, server) => {
      const error = await rejection(session.send(get));
      assert.ok(
        error instanceof HubError && error.kind === 'signInFailed' && error.reason === 'wrongAccount',
        inspect(error),
      );
      assert.equal(server.requests.length, 1);
    });
    for (const username of ['team', 'TEAM', 7, null, {}]) {
      await signingIn('hunter2-word', both(of(username)), async ({ session }) =>
        assert.deepEqual(await session.send(get), {}),
      );
    }
    // Whether the tokens of `/v2/auth/token` say it has not been seen.
    await signingIn('dckr_pat_delete', both(of('mallory')), async ({ session }) =>
      assert.deepEqual(await session.send(get), {}),
    );
  });

  it('by a redirect takes no secret anywhere', async () => {
    const other = await startRawServer((_, response) => response.end(both(jwt(noon + day))));
    try {
      for (const secret of Object.keys(secrets)) {
        for (const status of [301, 302, 303, 307, 308]) {
          const server = await startRawServer((_, response) =>
            response.writeHead(status, { location: `${other.origin}/v2/auth/token` }).end(),
          );
          try {
            const { session } = hubClientAt(server.origin, { clock: new FakeClock({ hurries: true }), secret });
            const error = await rejection(session.send(get));
            assert.ok(error instanceof HubError && error.kind === 'signInFailed');
            assert.equal(server.requests.length, 1);
          } finally {
            await server.close();
          }
        }
      }
      assert.deepEqual(other.requests, []);
    } finally {
      await other.close();
    }
  });
});
