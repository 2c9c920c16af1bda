import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { HubError } from '../../../src/hub/wire/hubError.ts';
import type { HubClient } from '../../../src/hub/client.ts';
import { pages } from '../../../src/hub/listing/pages.ts';
import { listTags, type TagListing } from '../../../src/hub/listing/tagListing.ts';
import { makeBatch } from '../../../src/retention/plan/batch.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import { FakeClock } from '../fakeClock.ts';
import { hubClientAt } from '../hubClientAt.ts';
import { jwt, rejection } from '../scriptedFetch.ts';
import { bounded } from './cost.ts';
import { startRawServer, type RawServer } from './rawServer.ts';
import { planByAge } from '../retention/plan/planByAge.ts';

const repository = { namespace: 'team', name: 'api' };
const admission = { lane: 'background' } as const;
const old = '2020-01-01T00:00:00Z';

/** Answers every request with this text as JSON; `nth` counts requests from 1. */
async function against<T>(
  answer: string | ((nth: number, server: RawServer) => string),
  work: (client: HubClient, server: RawServer) => Promise<T>,
  status = 200,
): Promise<T> {
  const server = await startRawServer((_, response, nth) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : answer(nth, server));
  });
  try {
    const { client } = hubClientAt(server.origin, { clock: new FakeClock({ hurries: true }), token: jwt(undefined) });
    return await work(client, server);
  } finally {
    await server.close();
  }
}

const list = (client: HubClient): Promise<TagListing> => listTags(client, repository, admission);

async function refused(
  answer: Parameters<typeof against>[0],
  work: (client: HubClient, server: RawServer) => Promise<unknown> = list,
  status = 200,
): Promise<HubError> {
  const error = await against(answer, (...args) => rejection(work(...args)), status);
  assert.ok(error instanceof HubError, inspect(error));
  assert.ok(error.message.length < 1000, String(error.message.length));
  return error;
}

const page = (rows: unknown, rest: object = {}): string =>
  JSON.stringify({ count: 1, next: null, results: rows, ...rest });
const row = (name: unknown, rest: object = {}): object => ({ name, last_updated: old, tag_last_pushed: old, ...rest });

describe('JSON of a hostile server', () => {
  const deep = 8_000_000;
  const nested: [string, string][] = [
    ['lists', '['.repeat(deep) + ']'.repeat(deep)],
    ['objects', '{"a":'.repeat(1_000_000) + '1' + '}'.repeat(1_000_000)],
    ['lists that are not closed', '['.repeat(2 * deep)],
    ['results', `{"results":${'['.repeat(deep / 2)}${']'.repeat(deep / 2)}}`],
    ['a name', `{"results":[{"name":${'['.repeat(deep / 2)}${']'.repeat(deep / 2)}}]}`],
  ];
  for (const [name, text] of nested) {
    it(`nested a million deep is malformed: ${name}`, async () => {
      const error = await bounded(name, { cpuMs: 2000 }, () => refused(text));
      assert.equal(error.kind, 'malformed');
    });
  }

  for (const status of [400, 401, 403, 404, 409, 429, 500]) {
    it(`nested a million deep in a refusal is that refusal: ${status}`, async () => {
      const fields = '{"a":'.repeat(500_000) + '1' + '}'.repeat(500_000);
      for (const text of [
        `{"text":"no","fields":${fields}}`,
        `{"message":${fields}}`,
        `{"errors":[${fields}]}`,
        fields,
      ]) {
        const error = await refused(text, (client) => client.deleteTag(repository, { name: 'x' }, admission), status);
        assert.equal(error.status, status);
      }
    });
  }

  it('with keys of the language changes nothing but its own rows', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'];
    const rows = names.map(
      (name) =>
        `{"name":"${name}","last_updated":"${old}","tag_last_pushed":"${old}","__proto__":{"name":"x","digest":"sha256:${'0'.repeat(64)}"},"constructor":{"prototype":{"polluted":1}}}`,
    );
    const { tags } = await against(
      `{"__proto__":{"next":"/evil","polluted":1},"results":[${rows.join(',')}],"count":5}`,
      list,
    );
    assert.deepEqual(
      tags.map(({ name, digest }) => [name, digest]),
      names.map((name) => [name, undefined]),
    );
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  const big = ['1e308', '1e999', '-1e999', '-1', '9007199254740993', '1.5', '1e21'];
  for (const number of big) {
    it(`with ${number} for a number gives sums that can be shown`, async () => {
      const rows = ['a', 'b'].map(
        (name) =>
          `{"name":"${name}","last_updated":"${old}","tag_last_pushed":"${old}","full_size":${number},"images":[{"architecture":"amd64","os":"linux","size":${number}}]}`,
      );
      const answer = `{"count":${number},"results":[${rows.join(',')}],"next":null}`;
      const tags = await against(answer, async (client) => (await client.tagPage(repository, admission)).rows);
      const { count } = await against(answer, (client) => client.tagPage(repository, admission));
      const sizes = [count, ...tags.flatMap((tag) => [tag.size, ...tag.platforms.map(({ size }) => size)])];
      for (const size of sizes) {
        assert.ok(size === undefined || (Number.isSafeInteger(size) && size >= 0), String(size));
      }
      const listing = await against(answer, list);
      const batch = makeBatch([planByAge({ ...listing, cutoff: Date.now(), protect: compileProtect([]) })], {
        maxDeletions: 0,
      });
      assert.ok(Number.isFinite(batch.reclaimable.high));
    });

    it(`with ${number} for a number of a repository gives none`, async () => {
      const found = await against(`{"name":"api","storage_size":${number},"pull_count":${number}}`, (client) =>
        client.repository(repository, admission),
      );
      for (const value of [found.size, found.pulls]) {
        assert.ok(value === undefined || (Number.isSafeInteger(value) && value >= 0), String(value));
      }
    });
  }

  it('with dates out of range gives an unknown age (invariant 2)', async () => {
    for (const date of [
      '0000-01-01T00:00:00Z',
      '9999-99-99T00:00:00Z',
      '+275760-09-13T00:00:00Z',
      '-000001-01-01T00:00:00Z',
      '2020-01-01',
      `2020-01-01T00:00:00.${'0'.repeat(1000)}Z`,
      1e308,
      -1,
      [],
      {},
    ]) {
      const { tags } = await against(page([row('a', { last_updated: date })]), list);
      assert.equal(tags[0]!.pushedAt, undefined, JSON.stringify(date));
    }
  });
});

describe('lists of a hostile server', () => {
  it('of a million rows on one page are malformed', async () => {
    for (const item of ['0', '{}', '{"name":"a"}']) {
      const text = `{"results":[${`${item},`.repeat(Math.min(1_200_000, Math.floor(15_000_000 / (item.length + 1))))}${item}]}`;
      const error = await bounded(`rows ${item}`, { cpuMs: 4000 }, () => refused(text));
      assert.deepEqual([error.kind, error.reason], ['malformed', 'tooManyRows']);
    }
  });

  it('with names of a megabyte are malformed', async () => {
    const error = await bounded('long names', { cpuMs: 2000 }, () =>
      refused(page(Array.from({ length: 10 }, (_, i) => row(`${i}${'x'.repeat(1_000_000)}`)))),
    );
    assert.deepEqual([error.kind, error.reason, error.subject], ['malformed', 'unnamedRow', '1']);
  });

  it('with a digest or a platform of a megabyte have it unknown or cut', async () => {
    const long = 'a'.repeat(1_000_000);
    const { rows } = await against(
      page([
        row('a', {
          digest: `sha256:${long}`,
          images: [
            ...Array<object>(5000).fill({ architecture: 'amd64', os: 'linux' }),
            { architecture: long, os: long },
          ],
        }),
      ]),
      (client) => client.tagPage(repository, admission),
    );
    assert.equal(rows[0]!.digest, undefined);
    assert.ok(JSON.stringify(rows).length < 100_000);
  });

  it('that give the same names by the thousand hold each once', async () => {
    const { tags } = await against(
      page(
        Array.from({ length: 900 }, (_, i) => row(`t${i % 3}`)),
        { count: 3 },
      ),
      list,
    );
    assert.deepEqual(
      tags.map(({ name }) => name),
      ['t0', 't1', 't2'],
    );
  });

  it('without end are told to be so, after a number of pages or rows that no repository has', async () => {
    const endless = (nth: number, { origin }: RawServer): string =>
      page([], { next: `${origin}/v2/namespaces/team/repositories/api/tags?page=${nth + 1}` });
    assert.equal((await refused(endless)).kind, 'incomplete');
    for (const [rows, most] of [
      [0.5, 50_000],
      [1, 50_000],
      [1000, 2_000_000],
    ] as const) {
      let nth = 0;
      let read = 0;
      const walk = async (): Promise<void> => {
        for await (const { rows } of pages('/1', async () => ({
          rows: Array<number>(rowsOf(nth++, most)).fill(0),
          next: `/${nth + 1}`,
        }))) {
          read += rows.length;
        }
      };
      const rowsOf = (page: number, limit: number): number =>
        nth > limit + 1 ? assert.fail('too many pages') : rows < 1 ? page % 2 : rows;
      const error = await bounded(`pages of ${rows}`, { cpuMs: 5000 }, () => rejection(walk()));
      assert.ok(error instanceof HubError && error.kind === 'incomplete' && error.reason === 'listEndless');
      assert.equal(rows === 1000 ? read : nth, most);
      assert.equal(error.read, read);
    }
  });

  it('with a next of a megabyte are malformed', async () => {
    const error = await refused((_, { origin }) => page([row('a')], { next: `${origin}/${'x'.repeat(1_000_000)}` }));
    assert.deepEqual([error.kind, error.reason], ['malformed', 'notAPage']);
  });

  it('lead to no other origin, and are incomplete then', async () => {
    const other = await startRawServer((_, response) => response.end(page([])));
    try {
      const { port } = new URL(other.origin);
      for (const next of [
        other.origin,
        `//127.0.0.1:${port}/`,
        `\\\\127.0.0.1:${port}/`,
        `https://127.0.0.1:${port}/`,
        `http://localhost:${port}/`,
        `http://a:b@127.0.0.1:${port}/`,
        'file:///etc/passwd',
        'data:,{}',
        'http://%',
        'javascript:1',
      ]) {
        const requests: number[] = [];
        const error = await refused((nth) => (requests.push(nth), page([row('a')], { count: 200, next })));
        assert.ok(
          error.kind === 'incomplete' && error.cause instanceof HubError && error.cause.kind === 'foreignOrigin',
          `${next}: ${error.message}`,
        );
        assert.deepEqual(requests, [1]);
      }
      assert.deepEqual(other.requests, []);
    } finally {
      await other.close();
    }
  });

  it('whose names are paths reach no other path', async () => {
    for (const name of [
      '..',
      '../..',
      '../../api',
      '%2e%2e',
      'a/../b',
      'a?b',
      'a#b',
      '/',
      '\\',
      'a b',
      'a\n',
      'ａ',
      '\ud800',
      '',
    ]) {
      await against('{}', async (client, server) => {
        for (const work of [
          () => client.deleteTag(repository, { name }, admission),
          () => client.deleteRepository({ namespace: 'team', name }, admission),
          () => client.tagPage({ namespace: name, name: 'api' }, admission),
        ]) {
          const error = await rejection((async () => work())());
          assert.ok(error instanceof HubError && error.kind === 'unsafeName', JSON.stringify(name));
        }
        assert.equal(server.requests.length, 0);
      });
    }
  });
});
