import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isHubError } from '../../../../src/hub/wire/hubError.ts';
import { listTags, type TagListing } from '../../../../src/hub/listing/tagListing.ts';
import { MovingList, type Move, type MovingListOptions } from './movingList.ts';

const repository = { namespace: 'team', name: 'api' };

async function listed(
  options: MovingListOptions,
): Promise<{ readonly list: MovingList; readonly listing?: TagListing }> {
  const list = new MovingList(options);
  try {
    return { list, listing: await listTags(list, repository, { lane: 'background' }) };
  } catch (error) {
    if (!isHubError(error, 'incomplete')) throw error;
    return { list };
  }
}

/** Every tag that was there all the time is in it with a row that it has had, and nothing that never was; each once. */
function isWhole({ states }: MovingList, { tags }: TagListing): void {
  const found = new Map(tags.map((tag) => [tag.name, tag.pushedAt]));
  assert.equal(found.size, tags.length, 'a name comes twice');
  const rows = states.map((state) => new Map(state.map((tag) => [tag.name, tag.pushedAt])));
  for (const name of rows[0]!.keys()) {
    if (rows.every((state) => state.has(name))) {
      assert.ok(found.has(name), `${name} was there all the time, and is missing`);
    }
  }
  for (const [name, pushedAt] of found) {
    assert.ok(
      rows.some((state) => state.get(name) === pushedAt),
      `${name} never was pushed at ${pushedAt}`,
    );
  }
}

const move = (kinds: readonly Move['kind'][]) =>
  fc.record({ before: fc.nat(25), kind: fc.constantFrom(...kinds), at: fc.nat(99) });
const layout = {
  size: fc.integer({ min: 0, max: 90 }),
  pageSize: fc.integer({ min: 2, max: 10 }),
  turns: fc.array(fc.nat(7), { minLength: 1, maxLength: 40 }),
};
const runs = { numRuns: 500 };

describe('a list that moves while it is read (invariant 4)', () => {
  it('newest first, with pushes and deletions at any time and all at once, comes whole or is incomplete', async () => {
    let whole = 0;
    const options = fc.record({
      ...layout,
      order: fc.constant('date' as const),
      moves: fc.array(move(['push', 'pushAgain', 'pushAgain', 'remove']), { maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(options, async (options) => {
        const { list, listing } = await listed(options);
        if (listing) isWhole(list, listing);
        if (listing) whole++;
        assert.ok(listing || options.moves.length > 0, 'a list that stood still is incomplete');
        assert.ok(list.maxInFlight <= 8, `${list.maxInFlight} in flight`);
      }),
      runs,
    );
    assert.ok(whole > runs.numRuns / 2, `only ${whole} came whole`);
  }).timeout(60_000);

  it('newest first, with pushes only, always comes whole', async () => {
    const options = fc.record({
      ...layout,
      order: fc.constant('date' as const),
      moves: fc.array(move(['push', 'pushAgain']), { maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(options, async (options) => {
        const { list, listing } = await listed(options);
        assert.ok(listing, 'incomplete');
        isWhole(list, listing);
        // Unless what was pushed reached down to another page.
        if (options.moves.length < options.pageSize - 1) assert.equal(listing.inDateOrder, true);
      }),
      runs,
    );
  }).timeout(60_000);

  for (const kind of ['push', 'remove'] as const) {
    it(`in any other order, with a ${kind} now and then, comes whole or is incomplete`, async () => {
      const options = fc.record({
        ...layout,
        order: fc.constant('name' as const),
        moves: fc.array(move([kind, 'pushAgain']), { maxLength: 8 }),
      });
      await fc.assert(
        fc.asyncProperty(options, async (options) => {
          const { list, listing } = await listed(options);
          if (listing) isWhole(list, listing);
          if (kind === 'push') assert.ok(listing, 'incomplete');
        }),
        runs,
      );
    }).timeout(60_000);
  }

  it('D4: that stands still comes whole, in its order and settled, unless its count is too high, after at most 8 requests in vain for a wrong count', async () => {
    const counts = {
      true: undefined,
      absent: () => undefined,
      low: (truth: number) => Math.floor(truth / 3),
      high: (truth: number) => 3 * truth + 1,
      huge: () => 1e15,
    };
    const options = fc.record({
      ...layout,
      order: fc.constantFrom('date' as const, 'name' as const),
      count: fc.constantFrom(...Object.keys(counts)),
      isWithoutNext: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(options, async ({ count, isWithoutNext, ...options }) => {
        // Where neither says that there is more, nothing does.
        if (isWithoutNext && (count === 'absent' || count === 'low')) return;
        const { list, listing } = await listed({
          ...options,
          moves: [],
          isWithoutNext,
          count: counts[count as keyof typeof counts],
        });
        const inVainAtMost = (count === 'true' ? 0 : 8) + (options.order === 'date' ? 0 : 16);
        if (count === 'high' || count === 'huge') {
          assert.equal(listing, undefined, 'whole, though its count is not reached');
          // Read twice, to see whether it moves.
          assert.ok(
            list.asked.length <= 2 * (Math.max(1, Math.ceil(options.size / options.pageSize)) + inVainAtMost),
            `${list.asked.length} requests`,
          );
          return;
        }
        assert.ok(listing, 'incomplete');
        assert.deepEqual(listing.tags, list.states[0]);
        assert.equal(
          listing.isSettled,
          list.states[0]!.length === (counts[count as keyof typeof counts] ?? ((truth: number) => truth))(options.size),
        );
        const pages = Math.max(1, Math.ceil(options.size / options.pageSize));
        // Once it shows that the order is another one than that of dates, what is on its way is asked for anew.
        assert.ok(list.asked.length <= pages + inVainAtMost, `${list.asked.length} requests for ${pages} pages`);
      }),
      runs,
    );
  }).timeout(60_000);
});
