import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { HubError, isHubError } from '../../../../src/hub/wire/hubError.ts';
import { pages, parsePage, type Page } from '../../../../src/hub/listing/pages.ts';

interface Walk {
  readonly rows: number[];
  readonly asked: string[];
  readonly error: unknown;
}

/** Walks through scripted pages from `p1` on. */
async function walk(script: Record<string, Page<number> | HubError>): Promise<Walk> {
  const rows: number[] = [];
  const asked: string[] = [];
  let error: unknown;
  try {
    for await (const page of pages('p1', async (target) => {
      asked.push(target);
      const answer = script[target] ?? new HubError({ kind: 'notFound', status: 404 });
      if (answer instanceof HubError) throw answer;
      return answer;
    })) {
      rows.push(...page.rows);
    }
  } catch (reason) {
    error = reason;
  }
  return { rows, asked, error };
}

const rows = (count: number) => Array.from({ length: count }, (_, i) => i);

function isIncomplete(error: unknown, read: number, expected: number | undefined): void {
  assert.ok(isHubError(error, 'incomplete'), inspect(error));
  assert.deepEqual([error.read, error.expected], [read, expected]);
}

describe('pages', () => {
  it('follows `next` and nothing else', async () => {
    const {
      rows: read,
      asked,
      error,
    } = await walk({
      p1: { rows: [1, 2], count: 5, next: 'b' },
      b: { rows: [3, 4], count: 5, next: 'c' },
      c: { rows: [5], count: 5 },
    });
    assert.deepEqual([read, asked, error], [[1, 2, 3, 4, 5], ['p1', 'b', 'c'], undefined]);
  });

  it('goes on where `count` says that all has come, and where pages are short or empty', async () => {
    const { rows: read, error } = await walk({
      p1: { rows: [1], count: 0, next: 'b' },
      b: { rows: [], count: 1, next: 'c' },
      c: { rows: [2, 3], count: 1 },
    });
    assert.deepEqual([read, error], [[1, 2, 3], undefined]);
  });

  it('ends a list of empty pages that leads on and on', async () => {
    let reads = 0;
    const endless = async () => {
      for await (const page of pages('p0', async () => ({ rows: [], next: `p${++reads}` }))) {
        assert.deepEqual(page.rows, []);
      }
    };
    await assert.rejects(endless(), (error) => isHubError(error, 'incomplete'));
    assert.equal(reads, 3);
  });

  it('takes a 404 after a page that was not full for the end where there is no count (API-NOTES, 4)', async () => {
    const { rows: read, error } = await walk({ p1: { rows: rows(100), next: 'b' }, b: { rows: rows(40), next: 'c' } });
    assert.deepEqual([read.length, error], [140, undefined]);
  });

  it('takes a 404 after the last full page for the end when all has come', async () => {
    const { rows: read, error } = await walk({
      p1: { rows: rows(100), count: 200, next: 'b' },
      b: { rows: rows(100), count: 200, next: 'c' },
    });
    assert.deepEqual([read.length, error], [200, undefined]);
  });

  it('is incomplete after a 404 that follows a full page, and says how many of how many were read (invariant 4)', async () => {
    const { error } = await walk({
      p1: { rows: rows(100), count: 300, next: 'b' },
      b: { rows: rows(100), count: 300, next: 'c' },
    });
    isIncomplete(error, 200, 300);
    isIncomplete(
      (await walk({ p1: { rows: rows(25), count: 300, next: 'b' }, b: { rows: rows(25), count: 300, next: 'c' } }))
        .error,
      50,
      300,
    );
    isIncomplete((await walk({ p1: { rows: rows(100), next: 'b' } })).error, 100, undefined);
  });

  for (const kind of [
    'forbidden',
    'server',
    'network',
    'malformed',
    'foreignOrigin',
    'rateLimited',
    'blocked',
  ] as const) {
    it(`is incomplete after ${kind} on a later page, with the cause (invariant 4)`, async () => {
      const cause = new HubError({ kind, status: 403, serverWords: 'words' });
      const { error } = await walk({ p1: { rows: rows(100), count: 250, next: 'b' }, b: cause });
      isIncomplete(error, 100, 250);
      assert.equal((error as HubError).cause, cause);
      assert.equal((error as HubError).serverWords, 'words');
    });
  }

  describe('D4: a list that ends before its count is reached is incomplete, however it ends', () => {
    const ends: readonly [how: string, script: Parameters<typeof walk>[0], read: number, expected: number][] = [
      [
        'a short page, then 404',
        { p1: { rows: rows(100), count: 500, next: 'b' }, b: { rows: rows(99), count: 500, next: 'c' } },
        199,
        500,
      ],
      ['no `next` on the first page', { p1: { rows: rows(100), count: 500 } }, 100, 500],
      [
        'no `next` on a later page',
        { p1: { rows: rows(100), count: 500, next: 'b' }, b: { rows: rows(100), count: 500 } },
        200,
        500,
      ],
      ['an empty page', { p1: { rows: rows(100), count: 101, next: 'b' }, b: { rows: [], count: 101 } }, 100, 101],
      [
        'an empty page, then 404',
        { p1: { rows: rows(100), count: 101, next: 'b' }, b: { rows: [], count: 101, next: 'c' } },
        100,
        101,
      ],
      ['nothing at all', { p1: { rows: [], count: 3 } }, 0, 3],
      [
        'a count that only the first page has',
        { p1: { rows: rows(100), count: 150, next: 'b' }, b: { rows: rows(49) } },
        149,
        150,
      ],
      [
        'a count that grows on the last page',
        { p1: { rows: rows(100), count: 150, next: 'b' }, b: { rows: rows(50), count: 151 } },
        150,
        151,
      ],
    ];
    for (const [how, script, read, expected] of ends) {
      it(how, async () => {
        const { error } = await walk(script);
        isIncomplete(error, read, expected);
        assert.deepEqual([(error as HubError).reason, (error as HubError).serverWords], ['listShort', undefined]);
      });
    }

    it('and none is whose latest count is reached, passed, or missing', async () => {
      const whole: Parameters<typeof walk>[0][] = [
        { p1: { rows: rows(100), count: 500, next: 'b' }, b: { rows: rows(99), count: 199, next: 'c' } },
        { p1: { rows: rows(100), count: 5, next: 'b' }, b: { rows: rows(99), count: 5 } },
        { p1: { rows: rows(100), next: 'b' }, b: { rows: rows(99), next: 'c' } },
        { p1: { rows: [], count: 0 } },
      ];
      for (const script of whole) assert.equal((await walk(script)).error, undefined);
    });
  });

  it('throws what the first page throws', async () => {
    const first = new HubError({ kind: 'notFound' });
    assert.equal((await walk({ p1: first })).error, first);
  });

  it('throws a cancellation as it is', async () => {
    const reason = new DOMException('stop', 'AbortError');
    const reading = (async () => {
      for await (const page of pages<number>('p1', (target) =>
        target === 'p1' ? Promise.resolve({ rows: [1], next: 'b' }) : Promise.reject(reason),
      )) {
        assert.equal(page.rows.length, 1);
      }
    })();
    await assert.rejects(reading, reason);
  });

  it('ends a circle', async () => {
    const { asked, error } = await walk({
      p1: { rows: rows(2), count: 9, next: 'b' },
      b: { rows: rows(2), count: 9, next: 'c' },
      c: { rows: rows(2), count: 9, next: 'b' },
    });
    isIncomplete(error, 6, 9);
    assert.deepEqual(asked, ['p1', 'b', 'c']);
    isIncomplete((await walk({ p1: { rows: rows(2), next: 'p1' } })).error, 2, undefined);
  });
});

describe('parsePage', () => {
  const parse = (answer: unknown) =>
    parsePage(answer, 'GET /v2/x', (row) => (typeof row === 'number' ? row : undefined));

  it('reads rows, count and next', () => {
    assert.deepEqual(parse({ count: 3, next: 'https://x/', previous: null, results: [1, 2] }), {
      rows: [1, 2],
      count: 3,
      next: 'https://x/',
    });
    assert.deepEqual(parse({ next: null, results: [] }), { rows: [], count: undefined, next: undefined });
  });

  it('takes a count of a wrong type for none', () => {
    for (const count of ['many', null, -1, {}, Number.NaN]) {
      assert.equal(parse({ count, results: [] }).count, undefined);
    }
  });

  it('calls what is no page malformed', () => {
    for (const answer of [
      undefined,
      null,
      [],
      'x',
      {},
      { results: {} },
      { results: [], next: 17 },
      { results: [], next: false },
    ]) {
      assert.throws(
        () => parse(answer),
        (error) => isHubError(error, 'malformed'),
        JSON.stringify(answer),
      );
    }
  });

  it('calls a page with an unreadable row malformed, for a list with a hole is not whole (invariant 4)', () => {
    assert.throws(
      () => parse({ results: [1, 'x', 3] }),
      (error) =>
        isHubError(error, 'malformed') &&
        error.reason === 'unnamedRow' &&
        error.subject === '2' &&
        error.serverWords === undefined,
    );
  });
});
