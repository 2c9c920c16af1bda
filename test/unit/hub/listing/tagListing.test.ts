import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { systemClock } from '../../../../src/async/clock.ts';
import { HubError, isHubError } from '../../../../src/hub/wire/hubError.ts';
import { listTags, type TagListing } from '../../../../src/hub/listing/tagListing.ts';
import { startHub, type Hub } from '../../../hub/hub.ts';
import { generateRepository } from '../../../hub/generate.ts';
import { FakeClock, noon, settled } from '../../fakeClock.ts';
import { hubClientAt } from '../../hubClientAt.ts';
import { json, jwt, rejection, scriptedFetch } from '../../scriptedFetch.ts';

const api = 'https://hub.docker.com';
const repository = { namespace: 'team', name: 'api' };
const admission = { lane: 'background' } as const;
const old = '2020-01-01T00:00:00Z';
const young = '2026-01-10T00:00:00Z';

interface Answer {
  readonly rows: readonly unknown[];
  readonly count?: unknown;
  readonly last?: boolean;
}

const named = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ name: `t${from + i}`, last_updated: old, tag_last_pushed: old }));

/** Lists over scripted pages: `walks[w][p]` answers page p+1 of the walk w+1. */
async function listOver(walks: readonly (readonly Answer[])[]) {
  const clock = new FakeClock({ hurries: true });
  let walk = 0;
  const { fetch, sent } = scriptedFetch(({ path }) => {
    const page = Number(new URL(path, api).searchParams.get('page'));
    if (page === 1) walk++;
    const answer = walks[Math.min(walk, walks.length) - 1]![page - 1];
    if (!answer) return json({ message: 'not found' }, 404);
    const { rows, count, last = false } = answer;
    return json(
      { count, results: rows, next: last ? null : `${api}${path.replace(/page=\d+/, `page=${page + 1}`)}` },
      200,
      { date: new Date(clock.now()).toUTCString() },
    );
  });
  const { client } = hubClientAt(api, { clock, fetch, token: jwt(undefined) });
  const progress: [number, number | undefined][] = [];
  const result = await listTags(client, repository, admission, (read, count) => progress.push([read, count])).catch(
    (error: unknown) => error,
  );
  if (!(result instanceof Error)) {
    return { listing: result as Awaited<ReturnType<typeof listTags>>, progress, pages: sent.length, error: undefined };
  }
  return { listing: undefined, progress, pages: sent.length, error: result };
}

describe('listTags', () => {
  it('reads all pages, and tells how far it is', async () => {
    const { listing, progress } = await listOver([
      [
        { rows: named(0, 100), count: 150 },
        { rows: named(100, 150), count: 150, last: true },
      ],
    ]);
    assert.equal(listing?.tags.length, 150);
    assert.deepEqual(listing?.repository, repository);
    assert.equal(listing?.asOf, noon);
    assert.deepEqual(progress, [
      [100, 150],
      [150, 150],
    ]);
  });

  it('takes a page size that is ignored, 25 rows a page, as it comes (hub-feedback#2343)', async () => {
    const { listing, pages } = await listOver([
      [0, 25, 50, 75].map((from) => ({ rows: named(from, from + 25), count: 100, last: from === 75 })),
    ]);
    assert.deepEqual([listing?.tags.length, pages], [100, 4]);
  });

  it('believes no count that is too low or none', async () => {
    for (const count of [5, 'many', null, undefined]) {
      const { listing } = await listOver([
        [
          { rows: named(0, 100), count },
          { rows: named(100, 130), count, last: true },
        ],
      ]);
      assert.equal(listing?.tags.length, 130, String(count));
    }
  });

  describe('D4: a list that ends before its count is incomplete', () => {
    const ends: readonly [how: string, answers: Answer[], read: number, expected: number][] = [
      [
        'a short page, then 404',
        [
          { rows: named(0, 100), count: 500 },
          { rows: named(100, 199), count: 500 },
        ],
        199,
        500,
      ],
      ['no next on the first page', [{ rows: named(0, 100), count: 500, last: true }], 100, 500],
      [
        'a count that is too high by three for ever',
        [
          { rows: named(0, 100), count: 133 },
          { rows: named(100, 130), count: 133, last: true },
        ],
        130,
        133,
      ],
      [
        'the last page again and again',
        [
          { rows: named(0, 100), count: 300, last: true },
          { rows: named(0, 100), count: 300, last: true },
        ],
        100,
        300,
      ],
      ['nothing but a count', [{ rows: [], count: 500, last: true }], 0, 500],
    ];
    for (const [how, answers, read, expected] of ends) {
      it(`${how}: said after two walks that end alike`, async () => {
        const { error, pages } = await listOver([answers]);
        assert.ok(isHubError(error, 'incomplete'), inspect(error));
        assert.deepEqual([error.reason, error.read, error.expected], ['listShort', read, expected]);
        // Up to eight are asked for ahead of their turn.
        assert.ok(pages <= 2 * (answers.length + 8), `${pages} requests`);
      });
    }

    it('unless a deletion while it was read left its last page empty: then it is read again', async () => {
      const moving: Answer[] = [{ rows: named(0, 100), count: 101 }];
      const still: Answer[] = [{ rows: named(0, 100), count: 100, last: true }];
      const { listing, pages } = await listOver([moving, still]);
      assert.deepEqual([listing?.tags.length, listing?.isSettled, pages], [100, true, 3]);
    });

    it('and not gone, where it is not found any more when it is read again', async () => {
      const { error } = await listOver([[{ rows: named(0, 100), count: 300 }], []]);
      assert.ok(isHubError(error, 'incomplete') && error.read === 100 && error.expected === 300, inspect(error));
    });

    it('also where each walk ends elsewhere: after three', async () => {
      const short = (to: number): Answer[] => [
        { rows: named(0, 100), count: 500 },
        { rows: named(100, to), count: 500, last: true },
      ];
      const { error } = await listOver([short(130), short(140), short(150)]);
      assert.ok(isHubError(error, 'incomplete') && error.read === 150, inspect(error));
    });
  });

  describe('D6: an empty list', () => {
    /** Lists a repository whose list comes empty so often, then with two tags. */
    async function listEmpty(detail: object | number, empty = Infinity) {
      const clock = new FakeClock({ hurries: true });
      let lists = 0;
      const { fetch, sent } = scriptedFetch(({ path }) => {
        if (path.includes('/tags?')) {
          return ++lists <= empty
            ? json({ count: 0, next: null, results: [] })
            : json({ count: 2, next: null, results: named(0, 2) });
        }
        return typeof detail === 'number'
          ? json({ message: 'no' }, detail)
          : json({ name: 'api', namespace: 'team', ...detail });
      });
      const { client } = hubClientAt(api, { clock, fetch, token: jwt(undefined) });
      const result = await listTags(client, repository, admission).catch((error: unknown) => error);
      return { result, lists, lookUps: sent.length - lists };
    }
    const pushed = '2025-06-01T00:00:00.000000Z';

    for (const [what, detail] of [
      ['stores something', { storage_size: 5_000_000, last_updated: null }],
      ['was pushed to', { storage_size: 0, last_updated: pushed }],
      ['did both', { storage_size: 1, last_updated: pushed }],
      ['was pushed to, of a size that it does not tell', { storage_size: null, last_updated: pushed }],
    ] as const) {
      it(`of a repository that ${what} is read again, and then doubted`, async () => {
        const { result, lists, lookUps } = await listEmpty(detail);
        assert.ok(isHubError(result, 'incomplete'), inspect(result));
        assert.deepEqual([result.reason, result.read, lists, lookUps], ['listEmpty', 0, 3, 1]);
      });
    }

    it('that comes once is not believed', async () => {
      const { result, lists } = await listEmpty({ storage_size: 5_000_000, last_updated: pushed }, 1);
      assert.deepEqual([(result as TagListing).tags.length, lists], [2, 2]);
    });

    for (const detail of [
      { storage_size: 0, last_updated: null },
      { storage_size: null, last_updated: null },
      {},
      { last_updated: '0001-01-01T00:00:00Z' },
    ]) {
      it(`of a repository that never had anything is believed: ${JSON.stringify(detail)}`, async () => {
        const { result, lists, lookUps } = await listEmpty(detail);
        assert.deepEqual([(result as TagListing).tags, lists, lookUps], [[], 1, 1]);
      });
    }

    it('is not believed where the repository cannot be looked up', async () => {
      for (const [status, kind] of [
        [404, 'notFound'],
        [403, 'forbidden'],
      ] as const) {
        assert.ok(isHubError((await listEmpty(status)).result, kind), String(status));
      }
    });
  });

  it('merges rows that came twice into the one pushed later', async () => {
    const again = { name: 't5', last_updated: young, tag_last_pushed: young };
    const pushedAt = async (first: object, second: object) => {
      const { listing } = await listOver([
        [
          { rows: [...named(0, 5), first], count: 7 },
          { rows: [second, ...named(6, 8)], count: 7, last: true },
        ],
      ]);
      assert.equal(listing?.tags.length, 8);
      return listing?.tags.find(({ name }) => name === 't5')?.pushedAt;
    };
    const old = named(5, 6)[0]!;
    assert.deepEqual([await pushedAt(old, again), await pushedAt(again, old)], [Date.parse(young), Date.parse(young)]);
    assert.deepEqual(
      [await pushedAt({ name: 't5' }, old), await pushedAt(old, { name: 't5' })],
      [undefined, undefined],
      'unknown stays unknown (invariant 2)',
    );
  });

  it('reads the list again when a row came twice and another one is missing, though the count stood still (invariant 4)', async () => {
    const swapped: Answer[] = [
      { rows: named(0, 100), count: 200 },
      { rows: [...named(99, 100), ...named(101, 200)], count: 200, last: true },
    ];
    const still: Answer[] = [
      { rows: named(0, 100), count: 200 },
      { rows: named(100, 200), count: 200, last: true },
    ];
    // The beginning of the list, which is looked at in between, does not have it.
    const { listing, pages } = await listOver([swapped, still]);
    assert.deepEqual([listing?.tags.length, pages], [200, 5]);
  });

  it('reads the list again when a tag was pushed meanwhile and another one is missing, so that the count of the first page is reached (invariant 4)', async () => {
    const pushed = { name: 'new', last_updated: young, tag_last_pushed: young };
    const walk = (rows: readonly unknown[]): Answer[] => [
      { rows: named(0, 100), count: 150 },
      { rows, count: 151, last: true },
    ];
    const beginning: Answer[] = [{ rows: [pushed, ...named(0, 99)], count: 151 }];
    const { listing } = await listOver([
      walk(named(98, 149)),
      beginning,
      [
        { rows: [pushed, ...named(0, 99)], count: 151 },
        { rows: named(99, 150), count: 151, last: true },
      ],
    ]);
    assert.equal(listing?.tags.length, 151);
    assert.ok(listing.tags.some(({ name }) => name === 't149'));
  });

  it('reads the list again when its count shrank on the way, for a row may have been skipped (invariant 4)', async () => {
    const moving: Answer[] = [
      { rows: named(0, 100), count: 200 },
      { rows: named(101, 200), count: 199, last: true },
    ];
    const still: Answer[] = [
      { rows: named(0, 100), count: 199 },
      { rows: named(100, 199), count: 199, last: true },
    ];
    const { listing, pages } = await listOver([moving, still]);
    assert.deepEqual([listing?.tags.length, pages], [199, 4]);
    const hidden: Answer[] = [
      { rows: named(0, 100), count: 300 },
      { rows: named(101, 201), count: 299 },
      { rows: named(200, 300), count: 300, last: true },
    ];
    assert.equal((await listOver([hidden, still])).listing?.tags.length, 199, 'also when it has grown again since');
  });

  it('says after three times that the list is incomplete (invariant 4)', async () => {
    const { error, pages } = await listOver([
      [
        { rows: named(0, 100), count: 200 },
        { rows: named(100, 150), count: 190, last: true },
      ],
    ]);
    assert.ok(isHubError(error, 'incomplete'), inspect(error));
    assert.deepEqual([error.read, error.expected, pages], [150, 190, 6]);
  });

  it('takes null, missing and unreadable dates and digests for unknown, and goes on (invariant 2)', async () => {
    const rows = [
      { name: 'null', last_updated: null, tag_last_pushed: null, digest: null },
      { name: 'none' },
      { name: 'year1', last_updated: '0001-01-01T00:00:00Z' },
      { name: 'types', last_updated: 17, digest: {} },
      ...named(0, 1),
    ];
    const { listing } = await listOver([[{ rows, last: true }]]);
    assert.deepEqual(
      listing?.tags.map(({ name, pushedAt }) => [name, pushedAt]),
      [
        ['null', undefined],
        ['none', undefined],
        ['year1', undefined],
        ['types', undefined],
        ['t0', Date.parse(old)],
      ],
    );
    assert.ok(listing?.tags.every((tag) => !('digest' in tag)));
  });

  it('has only what a plan needs in a tag', async () => {
    const { listing } = await listOver([
      [{ rows: [{ ...named(0, 1)[0], images: [{ architecture: 'amd64' }], extra: 1 }], last: true }],
    ]);
    assert.deepEqual(Object.keys(listing!.tags[0]!).sort(), ['name', 'pulledAt', 'pushedAt', 'size']);
  });

  it('is malformed where a row has no name', async () => {
    const { error } = await listOver([[{ rows: [...named(0, 2), { name: 42 }], last: true }]]);
    assert.ok(isHubError(error, 'malformed'), inspect(error));
  });

  it('counts from the earlier clock, whichever that was while it read (invariant 2)', async () => {
    const clock = new FakeClock({ now: noon + 86_400_000 });
    const { fetch } = scriptedFetch(() => json({ results: named(0, 1) }, 200, { date: new Date(noon).toUTCString() }));
    const { client } = hubClientAt(api, { clock, fetch, token: jwt(undefined) });
    assert.equal((await listTags(client, repository, admission)).asOf, noon);
  });

  describe('from a server', () => {
    let hub: Hub;
    let clock: FakeClock;
    beforeEach(async () => {
      clock = new FakeClock({ hurries: true });
      hub = await startHub({ now: () => clock.now() });
      hub.world.addAccount({ name: 'team', tokens: [{ secret: 'dckr_pat_delete', scope: 'repo:admin' }] });
      hub.world.addRepository(
        generateRepository({ ...repository, tags: 3000, newest: noon - 86_400_000, undated: 0.001 }),
      );
    });
    afterEach(() => hub.close());

    const listed = () => listTags(hubClientAt(hub.origin, { clock }).client, repository, admission);

    it('waits after a 429 in the middle of the list, and reads all 3,000 (the origin left 2,800 of them)', async () => {
      hub.script({ match: { method: 'GET', path: 'page=3' }, act: { rateLimited: { form: 'seconds', seconds: 30 } } });
      assert.equal((await listed()).tags.length, 3000);
      assert.ok(clock.now() - noon >= 30_000);
    });

    it('reads all through resets, cut answers and 503s', async () => {
      hub.script({ match: { path: 'page=2' }, act: { reset: true } });
      hub.script({ match: { path: 'page=5' }, act: { truncate: true } });
      hub.script({ match: { path: 'page=9' }, times: 3, act: { status: 503, body: 'try later' } });
      assert.equal((await listed()).tags.length, 3000);
    });

    it('reads all, whatever order the server gives', async () => {
      hub.script({ times: Infinity, act: { shuffled: true } });
      const { tags } = await listed();
      assert.equal(new Set(tags.map(({ name }) => name)).size, 3000);
    });

    it('says that it is incomplete where a page is refused for good (invariant 4)', async () => {
      hub.script({
        match: { path: 'page=11' },
        times: Infinity,
        act: { status: 403, body: { message: 'pagination offset too large', errinfo: {} } },
      });
      const error = await rejection(listed());
      assert.ok(error instanceof HubError && error.kind === 'incomplete');
      assert.deepEqual([error.read, error.expected, error.serverWords], [1000, 3000, 'pagination offset too large']);
    });

    it('has eight requests on their way after the first, and cancels all of them with its signal', async () => {
      const cancel = new AbortController();
      const sent: { readonly page: string; readonly signal: AbortSignal }[] = [];
      const held: typeof fetch = async (input, init) => {
        const page = new URL(input).searchParams.get('page');
        if (page === null || page === '1') return fetch(input, init);
        sent.push({ page, signal: init!.signal! });
        return new Promise((_, reject) =>
          init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error)),
        );
      };
      // On a clock that stands still no latency is measured, and so few are wanted.
      const { client } = hubClientAt(hub.origin, { clock: systemClock, fetch: held });
      const listing = rejection(listTags(client, repository, { ...admission, signal: cancel.signal }));
      while (sent.length < 8) await new Promise((resolve) => setImmediate(resolve));
      await settled();
      assert.deepEqual(
        sent.map(({ page }) => page),
        ['2', '3', '4', '5', '6', '7', '8', '9'],
      );
      const reason = new Error('enough');
      cancel.abort(reason);
      assert.equal(await listing, reason);
      assert.ok(sent.length === 8 && sent.every(({ signal }) => signal.aborted));
    });

    it('makes no listing out of wrong types', async () => {
      hub.script({ match: { path: 'page=2' }, times: Infinity, act: { wrongTypes: true } });
      assert.ok(isHubError(await rejection(listed()), 'incomplete'));
    });

    it('reads again when a tag was deleted meanwhile', async () => {
      hub.script({
        match: { path: 'page=4' },
        act: {
          mutate: (world) => void world.removeTag('team', 'api', [...world.repository('team', 'api')!.tags][0]![0]),
        },
      });
      const { tags } = await listed();
      assert.equal(tags.length, 2999);
      assert.equal(hub.count({ path: 'page=1&' }), 2);
    });
  });
});
