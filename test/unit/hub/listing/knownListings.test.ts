import assert from 'node:assert/strict';
import sinon from 'sinon';
import { KnownListings } from '../../../../src/hub/listing/knownListings.ts';
import { listTags, type TagListing } from '../../../../src/hub/listing/tagListing.ts';
import { generateRepository } from '../../../hub/generate.ts';
import { startHub, type Hub } from '../../../hub/hub.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { hubClientAt } from '../../hubClientAt.ts';

const repository = { namespace: 'team', name: 'api' };
const admission = { lane: 'background' } as const;
const minute = 60_000;

function listing(name: string, parts: Partial<TagListing> & { size?: number } = {}): TagListing {
  const { size = 1, ...rest } = parts;
  return {
    repository: { namespace: 'team', name },
    tags: Array<TagListing['tags'][number]>(size).fill({ name: 'a', pushedAt: 1 }),
    asOf: noon,
    inDateOrder: true,
    isSettled: true,
    ...rest,
  };
}

const named = (name: string) => ({ namespace: 'team', name });

describe('KnownListings', () => {
  afterEach(() => sinon.restore());

  it('gives a list for five minutes, and none from the future', () => {
    const known = new KnownListings();
    const kept = listing('a');
    known.keep(kept);
    assert.deepEqual(
      [0, 5 * minute - 1].map((age) => known.get(named('a'), noon + age)),
      [kept, kept],
    );
    assert.deepEqual(
      [-1, 5 * minute].map((age) => known.get(named('a'), noon + age)),
      [undefined, undefined],
    );
    assert.equal(known.get(named('b'), noon), undefined);
  });

  it('keeps none that could not be told to be unchanged, and forgets the one before it', () => {
    const known = new KnownListings();
    for (const unfit of [{ inDateOrder: false }, { isSettled: false }, { isSettled: undefined }]) {
      known.keep(listing('a'));
      known.keep(listing('a', unfit));
      assert.equal(known.get(named('a'), noon), undefined, JSON.stringify(unfit));
    }
  });

  it('tells which are good, and whenever they are others', () => {
    const clock = sinon.useFakeTimers();
    let changes = 0;
    const known = new KnownListings(() => void changes++);
    const [a, b] = [listing('a'), listing('b', { asOf: noon + minute })];
    known.keep(a);
    known.keep(b);
    assert.deepEqual(
      [noon, noon + minute, noon + 5 * minute, noon + 6 * minute].map((now) => known.list(now)),
      [[a], [a, b], [b], []],
    );
    assert.equal(changes, 2);
    known.forget(named('c'));
    known.keep(listing('c', { isSettled: false }));
    assert.equal(changes, 2, 'nothing is another');
    known.forget(named('a'));
    known.keep(listing('b', { isSettled: false }));
    assert.equal(changes, 4);
    known.keep(a);
    clock.tick(5 * minute);
    assert.deepEqual([known.list(noon), changes], [[], 6]);
  });

  it('holds 32 lists and 1,000,000 tags at most, and none for longer than five minutes', () => {
    const clock = sinon.useFakeTimers();
    const known = new KnownListings();
    const kept = () => Array.from({ length: 40 }, (_, i) => String(i)).filter((name) => known.get(named(name), noon));
    for (let i = 0; i < 40; i++) known.keep(listing(String(i)));
    assert.deepEqual(
      kept(),
      Array.from({ length: 32 }, (_, i) => String(i + 8)),
    );
    known.keep(listing('0', { size: 400_000 }));
    known.keep(listing('1', { size: 400_000 }));
    known.keep(listing('2', { size: 400_000 }));
    assert.deepEqual(kept(), ['1', '2']);
    known.keep(listing('3', { size: 1_000_001 }));
    assert.deepEqual(kept(), []);
    known.keep(listing('4'));
    clock.tick(5 * minute);
    assert.deepEqual(kept(), []);
  });

  it('forgets those of a repository, of a namespace, or all', () => {
    const known = new KnownListings();
    const fill = () => {
      for (const [namespace, name] of [
        ['a', 'x'],
        ['a', 'y'],
        ['b', 'x'],
      ] as const) {
        known.keep(listing('', { repository: { namespace, name } }));
      }
    };
    const kept = () =>
      [
        ['a', 'x'],
        ['a', 'y'],
        ['b', 'x'],
      ]
        .filter(([namespace, name]) => known.get({ namespace: namespace!, name: name! }, noon))
        .map((names) => names.join('/'));
    fill();
    known.forget({ namespace: 'a', name: 'x' });
    assert.deepEqual(kept(), ['a/y', 'b/x']);
    fill();
    known.forget({ namespace: 'a' });
    assert.deepEqual(kept(), ['b/x']);
    fill();
    known.forget();
    assert.deepEqual(kept(), []);
  });
});

describe('a list that is known', () => {
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

  async function listed(known?: TagListing): Promise<{ readonly listing: TagListing; readonly requests: number }> {
    const before = hub.count({ path: '/tags?' });
    const listing = await listTags(client, repository, admission, undefined, { known });
    return { listing, requests: hub.count({ path: '/tags?' }) - before };
  }

  const names = () => [...hub.world.repository('team', 'api')!.tags.keys()];

  it('costs one request where nothing changed, and keeps its own time (invariant 3)', async () => {
    const known = (await listed()).listing;
    assert.deepEqual([known.tags.length, known.isSettled, known.inDateOrder], [450, true, true]);
    clock.set(noon + minute);
    const { listing, requests } = await listed(known);
    assert.deepEqual([requests, listing.asOf, listing.tags], [1, noon, known.tags]);
  });

  const changes: readonly [what: string, change: () => void][] = [
    ['a push of a new tag', () => hub.world.pushTag('team', 'api', 'new')],
    ['a push of an old tag', () => hub.world.pushTag('team', 'api', names().at(-1)!)],
    ['another push of the newest tag', () => hub.world.pushTag('team', 'api', names()[1]!)],
    ['a push of latest, which is pinned', () => hub.world.pushTag('team', 'api', 'latest')],
    ['a deletion', () => hub.world.removeTag('team', 'api', names().at(-1)!)],
    [
      'a deletion and a push, so that the count is the same',
      () => (hub.world.removeTag('team', 'api', names().at(-1)!), hub.world.pushTag('team', 'api', 'new')),
    ],
    [
      'another digest under the same date',
      () => (hub.world.repository('team', 'api')!.tags.get(names()[40]!)!.digest = `sha256:${'0'.repeat(64)}`),
    ],
  ];
  for (const [what, change] of changes) {
    it(`is read again after ${what}, and no request is wasted on that`, async () => {
      const known = (await listed()).listing;
      clock.set(noon + minute);
      change();
      const { listing, requests } = await listed(known);
      const pages = Math.ceil(names().length / 100);
      assert.deepEqual([requests, listing.asOf], [pages, noon + minute]);
      assert.deepEqual(new Set(listing.tags.map(({ name }) => name)), new Set(names()));
    });
  }

  it('takes a pull for no change, and has its date', async () => {
    const known = (await listed()).listing;
    const name = known.tags[40]!.name;
    const row = hub.world.repository('team', 'api')!.tags.get(name)!;
    row.tag_last_pulled = '2026-01-15T11:59:59.000000Z';
    // A pull changes the row, and not its place.
    hub.world.repository('team', 'api')!.tags.set(name, row);
    const { listing, requests } = await listed(known);
    assert.deepEqual([requests, listing.tags[40]!.pulledAt], [1, noon - 1000]);
    assert.deepEqual([listing.tags[41], listing.tags.length], [known.tags[41], 450]);
  });

  it('is read again where it did not come newest first, moved while it was read, or has other numbers than the count', async () => {
    const known = (await listed()).listing;
    for (const unfit of [{ inDateOrder: false }, { isSettled: false }, { tags: known.tags.slice(0, -1) }]) {
      assert.equal((await listed({ ...known, ...unfit })).requests, 5, Object.keys(unfit).join());
    }
  });

  it('is forgotten with the first DELETE in its repository, and only there', async () => {
    const known = (await listed()).listing;
    client.known.keep(known);
    client.known.keep({ ...known, repository: named('web') });
    await client.deleteTag(repository, { name: names().at(-1)! }, admission);
    assert.equal(client.known.get(repository, noon), undefined);
    assert.ok(client.known.get(named('web'), noon));
  });
});
