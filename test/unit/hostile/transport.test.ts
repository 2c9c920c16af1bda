import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as turn } from 'node:timers/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { constants, createBrotliCompress, createDeflate, gzipSync, type Zlib } from 'node:zlib';
import type { Transform } from 'node:stream';
import { HubError } from '../../../src/hub/wire/hubError.ts';
import { parseOrigins } from '../../../src/hub/wire/origins.ts';
import { Pacer } from '../../../src/hub/pacing/pacer.ts';
import { createTransport, type HubRequest } from '../../../src/hub/wire/transport.ts';
import { FakeClock } from '../fakeClock.ts';
import { rejection } from '../scriptedFetch.ts';
import { bounded } from './cost.ts';
import { drip, flood, startRawServer, type RawServer } from './rawServer.ts';

type Answering = (request: IncomingMessage, response: ServerResponse, nth: number) => unknown;

const token = 'secret-bearer-token';
const get: HubRequest = { method: 'GET', target: '/v2/x?page=1', lane: 'foreground', token };
const gigabyte = 2 ** 30;
const zeros = Buffer.alloc(2 ** 20);

/** What a request to a server that answers so comes to. With `letsGo` it also waits, as long as the test has, until its connection is closed. */
async function attempt(
  answer: Answering,
  options: { request?: Partial<HubRequest>; timeout?: number; letsGo?: boolean } = {},
): Promise<{ error: HubError; server: RawServer; log: string[] }> {
  const server = await startRawServer(answer);
  try {
    const log: string[] = [];
    const clock = new FakeClock();
    const transport = createTransport({
      origins: parseOrigins(server.origin, 'https://registry-1.docker.io'),
      fetch: globalThis.fetch,
      clock,
      pacer: new Pacer(clock),
      userAgent: 'docker-hub-pruner/0.1.0',
      log: (line) => log.push(line),
      timeout: options.timeout,
    });
    const error = await rejection(transport.send({ ...get, ...options.request }));
    assert.ok(error instanceof HubError, inspect(error));
    const shown = [inspect(error, { depth: 9, showHidden: true }), ...log].join('\n');
    assert.ok(!shown.includes(token), shown);
    if (options.letsGo) while (server.connections > 0) await turn(1);
    assert.ok(error.message.length < 1000 && log.every((line) => line.length < 1000));
    return { error, server, log };
  } finally {
    await server.close();
  }
}

const head = (status: number, ...headers: string[]): string =>
  [`HTTP/1.1 ${status} X`, 'content-type: application/json', ...headers, '', ''].join('\r\n');

/** So many bytes of zeros, packed. */
async function bomb(packer: Transform & Zlib, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  packer.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(packer, 'end');
  for (let left = bytes; left > 0; left -= zeros.length) if (!packer.write(zeros)) await once(packer, 'drain');
  packer.end();
  await ended;
  return Buffer.concat(chunks);
}

describe('bodies of a hostile server', () => {
  const tooLarge = { kind: 'malformed', reason: 'tooLarge' } as const;

  for (const status of [200, 401, 403, 404, 429, 500]) {
    it(`without end under ${status} are cut at 16 MB, and the connection is let go`, async () => {
      const endless: Answering = (request) => {
        request.socket.write(head(status, 'transfer-encoding: chunked'));
        flood(request, `100000\r\n${'a'.repeat(0x100000)}\r\n`, 4 * gigabyte);
      };
      const { error } = await bounded('endless', { cpuMs: 5000 }, () => attempt(endless, { letsGo: true }));
      assert.deepEqual([error.kind, error.reason, error.status], [tooLarge.kind, tooLarge.reason, status]);
    });
  }

  it('that announce a terabyte are cut at 16 MB', async () => {
    const huge: Answering = (request) => {
      request.socket.write(head(200, 'content-length: 1099511627776'));
      flood(request, zeros, 4 * gigabyte);
    };
    const { error } = await bounded('a terabyte', { cpuMs: 5000 }, () => attempt(huge));
    assert.deepEqual([error.kind, error.reason], [tooLarge.kind, tooLarge.reason]);
  });

  it('that end with the connection are cut at 16 MB', async () => {
    const untilClose: Answering = (request) => {
      request.socket.write(head(200, 'connection: close'));
      flood(request, zeros, 4 * gigabyte);
    };
    const { error } = await bounded('until close', { cpuMs: 5000 }, () => attempt(untilClose));
    assert.deepEqual([error.kind, error.reason], [tooLarge.kind, tooLarge.reason]);
  });

  it('leave it in doubt whether a DELETE was done', async () => {
    const { error } = await attempt((request) => (request.socket.write(head(200)), flood(request, zeros, gigabyte)), {
      request: { method: 'DELETE' },
    });
    assert.ok(error.inDoubt);
  });

  describe('that were packed', () => {
    const bombs: [name: string, encoding: string, most: number, pack: () => Promise<Buffer> | Buffer][] = [
      // Members of a gzip file follow one another: 16 MB of zeros, 256 times.
      [
        '4 GB in gzip',
        'gzip',
        8_000_000,
        () => Buffer.concat(Array<Buffer>(256).fill(gzipSync(Buffer.alloc(16 * 2 ** 20)))),
      ],
      [
        '4 GB in gzip in gzip',
        'gzip, gzip',
        64_000,
        () => gzipSync(Buffer.concat(Array<Buffer>(256).fill(gzipSync(Buffer.alloc(16 * 2 ** 20))))),
      ],
      [
        '1 GB in brotli',
        'br',
        64_000,
        () => bomb(createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 2 } }), gigabyte),
      ],
      ['256 MB in deflate', 'deflate', 2_000_000, () => bomb(createDeflate({ level: 1 }), gigabyte / 4)],
    ];
    for (const [name, encoding, most, pack] of bombs) {
      it(`are cut at 16 MB as well: ${name}`, async () => {
        const packed = await pack();
        assert.ok(packed.length < most, String(packed.length));
        const { error } = await bounded(name, { cpuMs: 5000 }, () =>
          attempt((request) =>
            request.socket.write(
              Buffer.concat([
                Buffer.from(head(200, `content-encoding: ${encoding}`, `content-length: ${packed.length}`)),
                packed,
              ]),
            ),
          ),
        );
        assert.deepEqual([error.kind, error.reason], [tooLarge.kind, tooLarge.reason]);
      });
    }

    it('into nothing, without end, are ended by the time-out', async () => {
      const nothing = gzipSync(Buffer.alloc(0));
      const block = Buffer.concat(Array<Buffer>(1000).fill(nothing));
      const { error } = await bounded('packed nothing', { cpuMs: 3000 }, () =>
        attempt(
          (request) => (request.socket.write(head(200, 'content-encoding: gzip')), flood(request, block, 4 * gigabyte)),
          { timeout: 500 },
        ),
      );
      assert.equal(error.kind, 'timeout');
    });

    it('wrongly, or more often than can be, are no answer', async () => {
      for (const encoding of ['gzip', 'br', 'deflate', Array<string>(100).fill('gzip').join(', ')]) {
        const { error } = await attempt((request) =>
          request.socket.end(`${head(200, `content-encoding: ${encoding}`, 'content-length: 9')}not that!`),
        );
        assert.equal(error.kind, 'network', encoding);
      }
    });
  });
});

describe('slow answers of a hostile server', () => {
  const timeout = 300;
  const slow: [name: string, answer: Answering][] = [
    ['no byte at all', () => undefined],
    ['a status line, then nothing', (request) => request.socket.write('HTTP/1.1 200 OK\r\n')],
    [
      'headers, one every 20 ms',
      (request) => drip(request, ['HTTP/1.1 200 OK\r\n', ...Array.from({ length: 1000 }, (_, i) => `x-${i}: y\r\n`)]),
    ],
    [
      'one header, a character every 20 ms',
      (request) => drip(request, ['HTTP/1.1 200 OK\r\nx-slow: ', ...Array<string>(1000).fill('y')]),
    ],
    ['headers, then nothing', (request) => request.socket.write(head(200, 'content-length: 10'))],
    [
      'a body, a blank every 20 ms',
      (request) => drip(request, [head(200, 'content-length: 100000'), ...Array<string>(1000).fill(' ')]),
    ],
    [
      'a refusal, a blank every 20 ms',
      (request) => drip(request, [head(403, 'content-length: 100000'), ...Array<string>(1000).fill(' ')]),
    ],
    [
      'a redirect whose body does not end',
      (request) =>
        drip(request, [
          head(302, 'location: /v2/x?page=1', 'content-length: 100000'),
          ...Array<string>(1000).fill(' '),
        ]),
    ],
    [
      'early hints without end',
      (request) => flood(request, 'HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n', 4 * gigabyte),
    ],
    [
      'early hints, one every 20 ms',
      (request) => drip(request, Array<string>(1000).fill('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n')),
    ],
    ['100 Continue without end', (request) => flood(request, 'HTTP/1.1 100 Continue\r\n\r\n', 4 * gigabyte)],
  ];
  for (const [name, answer] of slow) {
    it(`end within the time-out: ${name}`, async () => {
      const { error } = await bounded(name, { cpuMs: 3000, ms: 10 * timeout }, () =>
        attempt(answer, { timeout, letsGo: true }),
      );
      // The redirect is followed as often as any; whatever each costs in time is bounded.
      assert.ok(
        error.kind === 'timeout' ||
          error.kind === 'network' ||
          (name.startsWith('a redirect') && error.kind === 'malformed'),
        error.kind,
      );
    });
  }
});

describe('headers of a hostile server', () => {
  const cases: [name: string, answer: Answering][] = [
    [
      '10,000 headers',
      (request) =>
        request.socket.write(
          head(200, ...Array.from({ length: 10_000 }, (_, i) => `x-${i}: y`), 'content-length: 2') + '{}',
        ),
    ],
    [
      'one of 1 MB',
      (request) => request.socket.write(head(200, `x: ${'y'.repeat(1_000_000)}`, 'content-length: 2') + '{}'),
    ],
    [
      'one without end',
      (request) => (request.socket.write('HTTP/1.1 200 OK\r\nx: '), flood(request, zeros.fill('y'), gigabyte)),
    ],
    [
      'headers without end',
      (request) => (request.socket.write('HTTP/1.1 200 OK\r\n'), flood(request, 'x: y\r\n'.repeat(1000), gigabyte)),
    ],
    ['two lengths', (request) => request.socket.write(head(200, 'content-length: 2', 'content-length: 3') + '{}')],
    [
      'a length and chunks',
      (request) =>
        request.socket.write(head(200, 'content-length: 2', 'transfer-encoding: chunked') + '2\r\n{}\r\n0\r\n\r\n'),
    ],
    ['a length below 0', (request) => request.socket.write(head(200, 'content-length: -1') + '{}')],
    [
      '101 Switching Protocols',
      (request) =>
        request.socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: evil\r\nconnection: upgrade\r\n\r\n'),
    ],
    ['no HTTP', (request) => request.socket.write('SSH-2.0-OpenSSH_9.9\r\n')],
  ];
  for (const [name, answer] of cases) {
    it(`are no answer: ${name}`, async () => {
      const { error } = await bounded(name, { cpuMs: 3000 }, () => attempt(answer, { timeout: 1000 }));
      assert.equal(error.kind, 'network');
    });
  }

  it('with numbers that are none teach the pacer nothing that lasts', async () => {
    for (const value of ['1e308', '-1e308', 'Infinity', '-0', 'NaN', '0x10', '9'.repeat(400), '']) {
      const server = await startRawServer((_, response) => {
        for (const name of ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after']) {
          response.setHeader(name, value);
        }
        response.setHeader('content-type', 'application/json').end('{}');
      });
      try {
        const clock = new FakeClock({ hurries: true });
        const startedAt = clock.now();
        const transport = createTransport({
          origins: parseOrigins(server.origin, 'https://registry-1.docker.io'),
          fetch: globalThis.fetch,
          clock,
          pacer: new Pacer(clock, () => 0.5),
          userAgent: 'x',
        });
        for (let i = 0; i < 3; i++) await transport.send(get);
        assert.equal(server.requests.length, 3);
        assert.ok(clock.now() - startedAt <= 3 * 60 * 60_000, `${value}: waited ${clock.now() - startedAt} ms`);
      } finally {
        await server.close();
      }
    }
  });
});

describe('redirects of a hostile server', () => {
  it('lead to no other origin, with or without credentials', async () => {
    const other = await startRawServer((_, response) => response.end('{}'));
    try {
      const { port } = new URL(other.origin);
      const targets = [
        `${other.origin}/v2/x`,
        `//127.0.0.1:${port}/v2/x`,
        `\\\\127.0.0.1:${port}\\v2\\x`,
        `/\\127.0.0.1:${port}/`,
        `http:\\\\127.0.0.1:${port}`,
        `http://localhost:${port}/`,
        `https://127.0.0.1:${port}/`,
        `http://user:pass@127.0.0.1:${port}/`,
        `http://127.1:${port}/`,
        `http://2130706433:${port}/`,
        `http://[::ffff:127.0.0.1]:${port}/`,
        `ht\ttp://127.0.0.1:${port}/`,
        'file:///etc/passwd',
        'data:application/json,{}',
        'blob:null/x',
        'javascript:alert(1)',
        'command:workbench.action.quit',
        'http://',
        'http://%zz/',
      ];
      for (const location of targets) {
        for (const status of [301, 302, 303, 307, 308]) {
          for (const method of ['GET', 'POST', 'DELETE'] as const) {
            const { error, server } = await attempt(
              (request) => request.socket.write(head(status, `location: ${location}`, 'content-length: 0')),
              { request: { method } },
            );
            assert.ok(
              error.kind === (method === 'GET' ? 'foreignOrigin' : 'malformed') || error.kind === 'network',
              `${method} ${status} ${location}: ${error.message}`,
            );
            assert.equal(server.requests.length, 1, `${method} ${location}`);
          }
        }
      }
      assert.deepEqual(other.requests, []);
    } finally {
      await other.close();
    }
  }).timeout(20_000);

  it('with user and password at the own origin are not followed', async () => {
    const { error, server } = await attempt((request, _, nth) =>
      request.socket.write(head(302, `location: http://a:b@${request.headers.host}/?${nth}`, 'content-length: 0')),
    );
    assert.deepEqual([error.kind, server.requests.length], ['foreignOrigin', 1]);
  });

  it('that go round, or on and on, end after three', async () => {
    for (const next of [
      () => '/v2/x?page=1',
      (nth: number) => `/v2/x?page=${nth}`,
      (nth: number) => `/${nth}${'y'.repeat(8000)}`,
      () => '',
      () => '#',
      () => '?',
    ]) {
      const { error, server } = await attempt((request, _, nth) =>
        request.socket.write(head(302, `location: ${next(nth)}`, 'content-length: 0')),
      );
      assert.deepEqual([error.kind, error.reason, server.requests.length], ['malformed', 'redirect', 4]);
      assert.ok(server.requests.every(({ authorization }) => authorization === `Bearer ${token}`));
    }
  });

  it('after three good ones lead to no other origin', async () => {
    const other = await startRawServer((_, response) => response.end('{}'));
    try {
      for (const hops of [1, 2, 3]) {
        const { error, server } = await attempt((request, _, nth) =>
          request.socket.write(
            head(307, `location: ${nth < hops ? `/${nth}` : `${other.origin}/`}`, 'content-length: 0'),
          ),
        );
        assert.deepEqual([error.kind, server.requests.length], ['foreignOrigin', hops]);
      }
      assert.deepEqual(other.requests, []);
    } finally {
      await other.close();
    }
  });
});
