import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isHubError } from '../../../../src/hub/wire/hubError.ts';
import { listAgain } from '../../../../src/hub/listing/listAgain.ts';
import { listUntil } from '../../../../src/hub/listing/listUntil.ts';
import { listTags, type TagListing } from '../../../../src/hub/listing/tagListing.ts';
import { generateRepository } from '../../../hub/generate.ts';
import { startHub, type Hub } from '../../../hub/hub.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { hubClientAt } from '../../hubClientAt.ts';
import { MovingList, type Move } from './movingList.ts';

const repository = { namespace: 'team', name: 'api' };
const admission = { lane: 'background' } as const;
const minute = 60_000;

describe('a list that is read again', () => {
  let hub: Hub;
  let clock: FakeClock;
  let client: ReturnType<typeof hubClientAt>['client'];
  beforeEach(async () => {
    clock = new FakeClock({ hurries: true });
    hub = await startHub({ now: () => clock.now() });
    hub.world.addAccount({ name: 'team', tokens: [{ secret: 'dckr_pat_delete', scope: 'repo:admin' }] });
    hub.world.addRepository(generateRepository({ ...repository, tags: 450, newest: noon - 86_400_000 }));
    client = hubClientAt(hub.origin, { clock }).client;
  });
  afterEach(() => hub.close());

  const names = () => [...hub.world.repository('team', 'api')!.tags.keys()];
  const push = (name: string) => hub.world.pushTag('team', 'api', name);
  const remove = (name: string) => hub.world.removeTag('team', 'api', name);

  async function again(known: TagListing): Promise<{ readonly listing: TagListing; readonly requests: number }> {
    const before = hub.count({ path: '/tags?' });
    const listing = await listAgain(client, known, admission);
    return { listing, requests: hub.count({ path: '/tags?' }) - before };
  }

  const changes: readonly [what: string, requests: number, change: () => void][] = [
    ['nothing has changed', 1, () => undefined],
    ['a tag was pushed', 1, () => push('new')],
    ['an old tag was pushed again', 1, () => push(names().at(-1)!)],
    ['the pinned latest was pushed again', 1, () => push('latest')],
    ['as many were pushed as two pages hold', 3, () => Array.from({ length: 200 }, (_, i) => push(`new-${i}`))],
    ['a tag was deleted', 6, () => remove(names().at(-1)!)],
    ['one was deleted and one pushed, so that the count is the same', 6, () => (remove(names().at(-1)!), push('new'))],
    ['more were pushed than deleted', 6, () => (remove(names()[200]!), push('new'), push('newer'))],
    ['the newest was deleted and pushed again', 1, () => [names()[1]!].forEach((name) => (remove(name), push(name)))],
  ];
  for (const [what, requests, change] of changes) {
    it(`is as it is now, and takes ${requests === 1 ? 'one request' : `${requests} requests`}, where ${what}`, async () => {
      const known = await listTags(client, repository, admission);
      clock.set(noon + minute);
      change();
      const { listing, requests: taken } = await again(known);
      const truth = await listTags(client, repository, admission);
      assert.deepEqual([listing.tags, listing.isSettled, listing.inDateOrder], [truth.tags, true, true]);
      assert.equal(listing.asOf, noon + minute);
      assert.ok(taken <= requests, `${taken} requests`);
    });
  }

  it('is read as a whole where it came in no order, and the dates of pulls are new', async () => {
    hub.script({ match: { path: '/tags?' }, times: Infinity, act: { shuffled: true } });
    const known = await listTags(client, repository, admission);
    assert.equal(known.inDateOrder, false);
    hub.world.repository('team', 'api')!.tags.get(names()[300]!)!.tag_last_pulled = new Date(noon).toISOString();
    const { listing, requests } = await again(known);
    assert.equal(requests, 5);
    assert.equal(listing.tags.find(({ name }) => name === names()[300])!.pulledAt, noon);
  });

  it('says so where it cannot be read', async () => {
    const known = await listTags(client, repository, admission);
    hub.script({ match: { path: '/tags?' }, times: Infinity, act: { status: 403, body: { message: 'not for you' } } });
    await assert.rejects(again(known), (error) => isHubError(error, 'forbidden'));
  });

  it('newest first, with pushes and deletions before and while it is read, has what is there, or is incomplete (invariant 4)', async () => {
    const moves = fc.array(
      fc.record({
        before: fc.integer({ min: 10, max: 40 }),
        kind: fc.constantFrom('push', 'pushAgain', 'pushAgain', 'remove'),
        at: fc.nat(200),
      }),
      { maxLength: 10 },
    ) as fc.Arbitrary<Move[]>;
    const options = fc.record({
      size: fc.integer({ min: 101, max: 160 }),
      pageSize: fc.integer({ min: 12, max: 40 }),
      moves,
      turns: fc.array(fc.nat(7), { minLength: 1, maxLength: 40 }),
    });
    let quick = 0;
    await fc.assert(
      fc.asyncProperty(options, async (given) => {
        const list = new MovingList({ ...given, order: 'date' });
        const [known, before, asked] = [
          await listTags(list, repository, admission).catch(() => undefined),
          list.states.length - 1,
          list.asked.length,
        ];
        if (!known) return;
        const listing = await listAgain(list, known, admission).catch((error: unknown) => {
          if (!isHubError(error, 'incomplete')) throw error;
        });
        if (!listing) return;
        if (list.asked.length - asked < Math.ceil(given.size / given.pageSize)) quick++;
        const states = list.states.slice(before).map((state) => new Map(state.map((tag) => [tag.name, tag.pushedAt])));
        const found = new Map(listing.tags.map((tag) => [tag.name, tag.pushedAt]));
        assert.equal(found.size, listing.tags.length, 'a name comes twice');
        for (const name of states[0]!.keys()) {
          if (states.every((state) => state.has(name))) assert.ok(found.has(name), `${name} is missing`);
        }
        for (const [name, pushedAt] of found) {
          assert.ok(
            states.some((state) => state.get(name) === pushedAt),
            `${name} was not pushed at ${pushedAt} then`,
          );
        }
      }),
      { numRuns: 400, seed: 20_261_130 },
    );
    assert.ok(quick > 100, `only ${quick} were quick`);
  }).timeout(60_000);

  it('is read only down to a tag that is looked for', async () => {
    const wanted = names()[150]!;
    hub.requests.length = 0;
    assert.equal((await listUntil(client, repository, ({ name }) => name === wanted, admission)).length % 100, 0);
    assert.ok(hub.count({ path: '/tags?' }) <= 2);
    assert.equal((await listUntil(client, repository, () => false, admission)).length, 450);
  });
});
