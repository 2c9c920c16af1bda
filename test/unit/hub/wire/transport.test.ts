import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import sinon from 'sinon';
import { HubError, isHubError, type HubErrorKind } from '../../../../src/hub/wire/hubError.ts';
import { parseOrigins } from '../../../../src/hub/wire/origins.ts';
import { Pacer } from '../../../../src/hub/pacing/pacer.ts';
import { requestTimeout } from '../../../../src/hub/wire/exchange.ts';
import { createTransport, type HubRequest } from '../../../../src/hub/wire/transport.ts';
import { startHub } from '../../../hub/hub.ts';
import { FakeClock, noon, settled } from '../../fakeClock.ts';
import { empty, json, jwt, rejection, scriptedFetch, text, type Script } from '../../scriptedFetch.ts';

const api = 'https://hub.docker.com';
const get: HubRequest = { method: 'GET', target: '/v2/x?page=1', lane: 'foreground' };

function makeTransport(script: Script, options: { api?: string; fetch?: typeof fetch } = {}) {
  const clock = new FakeClock();
  const { fetch, sent } = scriptedFetch(script);
  const log: string[] = [];
  const pacer = new Pacer(clock, () => 0.5);
  const origins = parseOrigins(options.api ?? api, 'https://registry-1.docker.io');
  const transport = createTransport({
    origins,
    fetch: options.fetch ?? fetch,
    clock,
    pacer,
    userAgent: 'docker-hub-pruner/0.1.0',
    log: (line) => log.push(line),
  });
  return { transport, clock, sent, log, pacer };
}

async function failure(script: Script, request: HubRequest = get): Promise<HubError> {
  const error = await rejection(makeTransport(script).transport.send(request));
  assert.ok(error instanceof HubError, inspect(error));
  return error;
}

describe('transport', () => {
  it('sends user agent, bearer token and JSON, and reads JSON', async () => {
    const { transport, sent } = makeTransport(() => json({ a: 1 }));
    assert.deepEqual(await transport.send({ ...get, method: 'POST', body: { b: 2 }, token: 'tok' }), { a: 1 });
    assert.deepEqual(
      sent.map(({ method, origin, path, body }) => ({ method, origin, path, body })),
      [{ method: 'POST', origin: api, path: '/v2/x?page=1', body: { b: 2 } }],
    );
    assert.deepEqual(sent[0]!.headers, {
      accept: 'application/json',
      authorization: 'Bearer tok',
      'content-type': 'application/json',
      'user-agent': 'docker-hub-pruner/0.1.0',
    });
  });

  it('sends no credentials when there are none', async () => {
    const { transport, sent } = makeTransport(() => json({}));
    await transport.send(get);
    assert.deepEqual(sent[0]!.headers, { accept: 'application/json', 'user-agent': 'docker-hub-pruner/0.1.0' });
  });

  it('gives nothing for an empty answer', async () => {
    for (const answer of [empty(204), empty(202), text(' \n', 200, 'application/json')]) {
      assert.equal(await makeTransport(() => answer).transport.send({ ...get, method: 'DELETE' }), undefined);
    }
  });

  describe('credentials stay at their origin (invariant 9)', () => {
    for (const target of [
      'https://evil.test/v2/x',
      '//evil.test/v2/x',
      'http://hub.docker.com/v2/x',
      'https://hub.docker.com:444/',
      'https://a:b@hub.docker.com/v2/x',
      'https://hub.docker.com.evil.test/',
      '\\\\evil.test/x',
      'javascript:1',
    ]) {
      it(`refuses the target ${target}`, async () => {
        const { transport, sent } = makeTransport(() => json({}));
        const error = await rejection(transport.send({ ...get, target, token: 'tok' }));
        assert.ok(error instanceof HubError && error.kind === 'foreignOrigin');
        assert.equal(sent.length, 0);
      });
    }

    it('takes an absolute URL on the own origin', async () => {
      const { transport, sent } = makeTransport(() => json({}));
      await transport.send({ ...get, target: `${api}/v2/x?page=2` });
      assert.equal(sent[0]!.path, '/v2/x?page=2');
    });

    it('follows a redirect of a GET within the origin, with the token', async () => {
      const { transport, sent } = makeTransport((_, nth) =>
        nth === 1 ? empty(301, { location: '/v2/y/?page=1' }) : json('there'),
      );
      assert.equal(await transport.send({ ...get, token: 'tok' }), 'there');
      assert.deepEqual(
        sent.map(({ path, headers }) => [path, headers.authorization]),
        [
          ['/v2/x?page=1', 'Bearer tok'],
          ['/v2/y/?page=1', 'Bearer tok'],
        ],
      );
    });

    it('follows no redirect to another origin', async () => {
      for (const location of [
        'https://evil.test/',
        '//evil.test/',
        'http://hub.docker.com/v2/x',
        'https://x:y@hub.docker.com/',
      ]) {
        const { transport, sent } = makeTransport(() => empty(302, { location }));
        const error = await rejection(transport.send({ ...get, token: 'tok' }));
        assert.ok(error instanceof HubError && error.kind === 'foreignOrigin', location);
        assert.equal(sent.length, 1);
      }
    });

    it('follows no redirect of a DELETE or a POST at all', async () => {
      for (const method of ['DELETE', 'POST'] as const) {
        for (const status of [301, 302, 303, 307, 308]) {
          const { transport, sent } = makeTransport(() => empty(status, { location: '/v2/y' }));
          const error = await rejection(transport.send({ ...get, method, token: 'tok' }));
          assert.ok(
            error instanceof HubError && error.kind === 'malformed' && error.status === status && !error.inDoubt,
          );
          assert.equal(sent.length, 1);
        }
      }
    });

    it('ends redirects that go round, or nowhere', async () => {
      for (const headers of [{ location: '/v2/x?page=1' }, {}] as Record<string, string>[]) {
        const { transport, sent } = makeTransport(() => empty(302, headers));
        const error = await rejection(transport.send(get));
        assert.ok(error instanceof HubError && error.kind === 'malformed');
        assert.ok(sent.length <= 4);
      }
    });
  });

  describe('tells refusals apart', () => {
    const page = '<!DOCTYPE html><html><title>Just a moment...</title></html>';
    const cases: [string, () => Response, HubErrorKind, string | undefined][] = [
      ['401', () => json({ message: 'unauthorized' }, 401), 'unauthorized', 'unauthorized'],
      [
        '403',
        () => json({ message: 'access denied: insufficient scope', errinfo: {} }, 403),
        'forbidden',
        'access denied: insufficient scope',
      ],
      [
        '403 of a locked tag',
        () => json({ message: 'tag is immutable and cannot be deleted' }, 403),
        'immutable',
        'tag is immutable and cannot be deleted',
      ],
      ['409 of a locked tag', () => json({ message: 'Immutable tag' }, 409), 'immutable', 'Immutable tag'],
      ['404', () => json({ message: 'object not found' }, 404), 'notFound', 'object not found'],
      [
        '404 that has the word in a name',
        () => json({ message: 'immutable-app not found' }, 404),
        'notFound',
        'immutable-app not found',
      ],
      [
        '500 that has the word',
        () => json({ message: 'immutable settings unavailable' }, 500),
        'server',
        'immutable settings unavailable',
      ],
      ['an HTML 404', () => text('<html>404</html>', 404, 'text/html'), 'notFound', undefined],
      ['429', () => json({ detail: 'rate limit exceeded' }, 429), 'rateLimited', 'rate limit exceeded'],
      ['a bare 429', () => text('429 Too Many Requests', 429, 'text/plain'), 'rateLimited', '429 Too Many Requests'],
      [
        'the lock-out',
        () => json({ detail: 'too many failed login attempts for username or IP address' }, 429),
        'lockedOut',
        'too many failed login attempts for username or IP address',
      ],
      ['400', () => json({ text: 'Invalid', fields: {} }, 400), 'rejected', 'Invalid: {}'],
      ['405', () => json({ message: 'method not allowed' }, 405), 'rejected', 'method not allowed'],
      [
        '500',
        () => json({ message: 'Delete "https://registry…": non-successful response (status=401)', errinfo: {} }, 500),
        'server',
        'Delete "https://registry…": non-successful response (status=401)',
      ],
      ['504 with a page', () => text('<html>Gateway Time-out</html>', 504, 'text/html'), 'server', undefined],
      ['503', () => text('try later', 503, 'text/plain'), 'server', 'try later'],
      [
        'D11: the words for a tag that is immutable',
        () => json({ message: 'denied by an immutability rule' }, 409),
        'immutable',
        'denied by an immutability rule',
      ],
      [
        'D11: other words for it',
        () => json({ details: 'tag mutability is disabled' }, 412),
        'immutable',
        'tag mutability is disabled',
      ],
      [
        "Cloudflare's text (hub-feedback#2502)",
        () => text('error code: 1010', 403, 'text/plain; charset=UTF-8', { server: 'cloudflare' }),
        'blocked',
        'error code: 1010',
      ],
      [
        "Cloudflare's challenge (terraform-provider-docker#144)",
        () => text(page, 403, 'text/html; charset=UTF-8'),
        'blocked',
        undefined,
      ],
      ["Cloudflare's challenge under 503", () => text(page, 503, 'text/html'), 'blocked', undefined],
      [
        'what Cloudflare marks as mitigated',
        () => text('', 403, 'text/plain', { 'cf-mitigated': 'challenge' }),
        'blocked',
        undefined,
      ],
      [
        'HTML under 200 (hub-feedback#1903)',
        () => text('<!DOCTYPE html><html>trouble</html>', 200, 'text/html'),
        'malformed',
        'webPage',
      ],
      [
        'HTML under 200 that calls itself JSON',
        () => text('<html>trouble</html>', 200, 'application/json'),
        'malformed',
        'webPage',
      ],
      ['text under 200', () => text('ok', 200, 'text/plain'), 'malformed', 'notJson'],
      ['broken JSON under 200', () => text('{"a":', 200, 'application/json'), 'malformed', 'notJson'],
    ];
    for (const [name, answer, kind, words] of cases) {
      it(`${name}: ${kind}`, async () => {
        const error = await failure(answer);
        assert.deepEqual(
          [error.kind, error.reason ?? error.serverWords, error.status, error.request],
          [kind, words, answer().status, 'GET /v2/x'],
        );
      });
    }
  });

  describe('the body', () => {
    it('ends a body of more than 16 MB and lets go of the rest', async () => {
      let read = 0;
      let cancelled = false;
      const block = new Uint8Array(1024 * 1024).fill(97);
      const body = () =>
        new ReadableStream({
          pull: (controller) => (read++, controller.enqueue(block)),
          cancel: () => void (cancelled = true),
        });
      const error = await failure(() => new Response(body(), { headers: { 'content-type': 'application/json' } }));
      assert.deepEqual([error.kind, error.reason, error.serverWords], ['malformed', 'tooLarge', undefined]);
      assert.ok(cancelled && read < 20, String(read));
    });

    it('puts characters together that came in two pieces', async () => {
      const bytes = new TextEncoder().encode('"Zürich"');
      const body = new ReadableStream({
        start: (controller) => (
          controller.enqueue(bytes.slice(0, 3)),
          controller.enqueue(bytes.slice(3)),
          controller.close()
        ),
      });
      assert.equal(
        await makeTransport(
          () => new Response(body, { headers: { 'content-type': 'application/json' } }),
        ).transport.send(get),
        'Zürich',
      );
    });

    it('takes an answer that breaks off for no answer', async () => {
      const body = () =>
        new ReadableStream({
          pull: (controller) => controller.error(new TypeError('terminated')),
          start: (controller) => controller.enqueue(new TextEncoder().encode('{"a":1')),
        });
      for (const status of [200, 403, 500]) {
        const error = await failure(
          () => new Response(body(), { status, headers: { 'content-type': 'application/json' } }),
        );
        assert.ok(error.kind === 'network' && error.unanswered);
      }
    });
  });

  describe('over a socket', () => {
    it('lets no fetch follow a redirect by itself (invariant 9)', async () => {
      const [hub, other] = [await startHub(), await startHub()];
      try {
        const { transport } = makeTransport(() => json({}), { api: hub.origin, fetch: globalThis.fetch });
        for (const method of ['GET', 'POST', 'DELETE'] as const) {
          for (const status of [301, 302, 307, 308]) {
            hub.script({ act: { redirect: `${other.origin}/v2/x`, status } });
            assert.ok(
              isHubError(
                await rejection(
                  transport.send({ ...get, method, token: 'tok', body: method === 'POST' ? {} : undefined }),
                ),
                'foreignOrigin',
                'malformed',
              ),
            );
          }
        }
        assert.deepEqual([hub.requests.length, other.requests.length], [12, 0]);
      } finally {
        await Promise.all([hub.close(), other.close()]);
      }
    });

    it('knows cut, reset, endless and blocked answers', async () => {
      const hub = await startHub();
      try {
        hub.world.addRepository({ namespace: 'team', name: 'api' });
        const { transport } = makeTransport(() => json({}), { api: hub.origin, fetch: globalThis.fetch });
        const request: HubRequest = { ...get, target: '/v2/namespaces/team/repositories/api' };
        for (const [act, kind] of [
          [{ truncate: true }, 'network'],
          [{ reset: true }, 'network'],
          [{ resetAfterEffect: true }, 'network'],
          [{ endless: true }, 'malformed'],
          [{ htmlUnder200: true }, 'malformed'],
          [{ cloudflare: '1010' }, 'blocked'],
          [{ cloudflare: 'challenge' }, 'blocked'],
        ] as const) {
          hub.script({ act });
          const error = await rejection(transport.send(request));
          assert.ok(error instanceof HubError && error.kind === kind, `${JSON.stringify(act)}: ${inspect(error)}`);
        }
        assert.equal(((await transport.send(request)) as { name: string }).name, 'api');
        assert.equal(hub.requests.at(-1)!.userAgent, 'docker-hub-pruner/0.1.0');
      } finally {
        await hub.close();
      }
    });
  });

  describe('ends', () => {
    const never: Script = () => new Promise(() => undefined);

    /** As that of a true fetch, a body ends with the signal of its request. */
    const endless: Script = ({ signal }) =>
      new Response(
        new ReadableStream({ start: (body) => signal!.addEventListener('abort', () => body.error(signal!.reason)) }),
        { headers: { 'content-type': 'application/json' } },
      );

    for (const [name, script] of [
      ['no answer comes', never],
      ['a body never ends', endless],
    ] as const) {
      it(`by a time-out of 15 s when ${name}`, async () => {
        const timers = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
        try {
          const { transport } = makeTransport(script);
          const errors: unknown[] = [];
          void transport.send({ ...get, method: 'DELETE' }).catch((reason: unknown) => errors.push(reason));
          await timers.tickAsync(requestTimeout - 1);
          await settled();
          assert.deepEqual(errors, []);
          await timers.tickAsync(1);
          await settled();
          const [error] = errors as unknown[];
          assert.ok(isHubError(error, 'timeout') && error.unanswered);
          assert.equal(timers.countTimers(), 0);
        } finally {
          timers.restore();
        }
      });
    }

    it('and leaves no timer behind', async () => {
      const timers = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        await makeTransport(() => json({})).transport.send(get);
        await failure(() => json({}, 500));
        assert.equal(timers.countTimers(), 0);
      } finally {
        timers.restore();
      }
    });

    it('as `network` when fetch fails', async () => {
      const error = await failure(() => {
        throw new TypeError('fetch failed');
      });
      assert.ok(error.kind === 'network' && error.unanswered && error.status === undefined);
    });

    it('by the reason of the signal, which takes a GET back', async () => {
      const { transport, sent } = makeTransport(never);
      const controller = new AbortController();
      const end = rejection(transport.send({ ...get, signal: controller.signal }));
      await settled();
      controller.abort('stop');
      assert.equal(await end, 'stop');
      assert.ok(sent[0]!.signal!.aborted);
    });

    it('a DELETE on its way only with its answer, although it is cancelled (invariant 8)', async () => {
      const answer = Promise.withResolvers<Response>();
      const { transport, sent } = makeTransport(() => answer.promise);
      const controller = new AbortController();
      let ended = false;
      const end = transport.send({ ...get, method: 'DELETE', signal: controller.signal }).finally(() => (ended = true));
      await settled();
      controller.abort('stop');
      await settled();
      assert.deepEqual([ended, sent[0]!.signal!.aborted], [false, false]);
      answer.resolve(empty());
      assert.equal(await end, undefined);
    });

    it('and a 429 tells until when', async () => {
      const { transport, clock } = makeTransport(() => json({}, 429, { 'retry-after': '60' }));
      const error = await rejection(transport.send(get));
      assert.ok(error instanceof HubError && error.retryAt === clock.now() + 60_000);
    });

    it('and sends nothing that was cancelled while it waited for its turn (invariant 8)', async () => {
      const { transport, sent, clock } = makeTransport((_, nth) =>
        nth === 1 ? json({}, 429, { 'retry-after': '60' }) : json({}),
      );
      await rejection(transport.send(get));
      const controller = new AbortController();
      const end = rejection(transport.send({ ...get, method: 'DELETE', signal: controller.signal }));
      await clock.advance(10_000);
      controller.abort('stop');
      assert.equal(await end, 'stop');
      await clock.advance(100_000);
      assert.equal(sent.length, 1);
    });

    it('and sends nothing that was cancelled in the instant of its turn (invariant 8)', async () => {
      const { transport, sent, clock, pacer } = makeTransport((_, nth) =>
        nth === 1 ? json({}, 429, { 'retry-after': '60' }) : json({}),
      );
      await rejection(transport.send(get));
      const controller = new AbortController();
      // In front of the DELETE in the queue: its turn comes first, and it cancels.
      const before = pacer.admit({ lane: 'background' }).then((settle) => (controller.abort('stop'), settle()));
      const end = rejection(
        transport.send({ ...get, lane: 'background', method: 'DELETE', signal: controller.signal }),
      );
      await clock.advance(60_000);
      await before;
      assert.equal(await end, 'stop');
      assert.equal(sent.length, 1);
    });
  });

  it('gives its place at the pacer back, however a request ends', async () => {
    const window = {
      'x-ratelimit-limit': '1',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(noon / 1000 + 10),
    };
    const answers: Script[] = [
      () => json({}, 200, window),
      () => {
        throw new TypeError('fetch failed');
      },
      () => text('<html>', 200, 'text/html'),
      () => empty(301, { location: 'https://evil.test/' }),
      () => json({}),
    ];
    const { transport, clock, sent } = makeTransport((request, nth) => answers[nth - 1]!(request, nth));
    await transport.send({ ...get, token: 'tok' });
    const ends = answers.slice(1).map(() => transport.send({ ...get, token: 'tok' }).catch(() => undefined));
    await clock.advance(60_000);
    await Promise.all(ends);
    assert.equal(sent.length, 5);
  });

  it("does not take the allowance of signed-out requests for the account's (invariant 7)", async () => {
    const window = (remaining: number, seconds: number) => ({
      'x-ratelimit-limit': '180',
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String(noon / 1000 + seconds),
    });
    const { transport, clock, sent } = makeTransport((request) =>
      json({}, 200, request.headers.authorization ? window(1, 50) : window(179, 70)),
    );
    await transport.send({ ...get, token: 'tok' });
    await transport.send({ ...get, method: 'POST' });
    const ends = [1, 2].map(() => transport.send({ ...get, token: 'tok' }));
    await clock.advance(49_000);
    assert.equal(sent.length, 2, 'the sign-in took the last one');
    await clock.advance(1_000);
    await Promise.all(ends);
  });

  describe('the clock of the server', () => {
    it('is known from the last answer that had one', async () => {
      const dates = [
        new Date(noon - 60_000).toUTCString(),
        new Date(noon + 5_000).toUTCString(),
        undefined,
        'yesterday',
      ];
      const { transport } = makeTransport((_, nth) =>
        json({}, nth === 2 ? 500 : 200, dates[nth - 1] ? { date: dates[nth - 1]! } : {}),
      );
      assert.equal(transport.clockSkew, 0);
      await transport.send(get);
      assert.equal(transport.clockSkew, -60_000);
      await rejection(transport.send(get));
      assert.equal(transport.clockSkew, 5_000);
      await transport.send(get);
      await transport.send(get);
      assert.equal(transport.clockSkew, 5_000, 'an answer without a readable date takes nothing back (invariant 2)');
    });
  });

  describe('secrets stay (invariant 9)', () => {
    const secret = 'dckr_pat_"Zürich"\\';
    const token = jwt(noon);
    const echo =
      (status: number): Script =>
      ({ body, headers }) =>
        json({ message: `you sent ${JSON.stringify(body)} with ${headers.authorization}`, detail: secret }, status);
    const long: Script = ({ headers }) =>
      text(`${'x'.repeat(280)} ${headers.authorization} ${secret}`, 500, 'text/plain');
    const scripts: [string, Script][] = [
      ...[400, 401, 403, 404, 429, 500].map((status): [string, Script] => [
        `a ${status} that repeats them`,
        echo(status),
      ]),
      ['a refusal that is cut in the middle of one', long],
      ['a plain text', ({ headers }) => text(`${headers.authorization} ${secret}`, 403, 'text/plain')],
      [
        'a redirect that carries them',
        () => empty(302, { location: `https://evil.test/?t=${token}&s=${encodeURIComponent(secret)}` }),
      ],
      [
        'a failure of fetch',
        () => {
          throw new TypeError('fetch failed');
        },
      ],
      ['a web page', () => text(`<html>${token}`, 200, 'text/html')],
    ];
    for (const [name, script] of scripts) {
      it(`from log and error, after ${name}`, async () => {
        const { transport, log } = makeTransport(script);
        const error = await rejection(
          transport.send({
            ...get,
            method: 'POST',
            token,
            body: { username: 'team', password: secret },
            secrets: [secret],
          }),
        );
        const shown = [
          ...log,
          String(error),
          (error as Error).stack,
          JSON.stringify(error),
          inspect(error, { depth: 9, showHidden: true }),
        ].join('\n');
        for (const part of [token, token.slice(0, 12), secret, 'Zürich', 'dckr_pat']) {
          assert.ok(!shown.includes(part), shown);
        }
      });
    }

    it('a log line has method, path, status and time only', async () => {
      const { transport, log } = makeTransport(() => json({}));
      await transport.send({ ...get, token });
      assert.deepEqual(log, ['GET /v2/x 200 0 ms']);
    });

    it('also where a token cannot be a header', async () => {
      const { transport, log } = makeTransport(() => json({}), {
        fetch: async (_, init) => new Response([...new Headers(init?.headers)].join()),
      });
      const error = await rejection(transport.send({ ...get, token: 'ey\nsecret-token' }));
      assert.ok(error instanceof HubError);
      assert.ok(![...log, inspect(error, { depth: 9, showHidden: true })].join('\n').includes('secret-token'));
    });
  });
});
