import assert from 'node:assert/strict';
import { Branch } from '../../../../src/editor/tree/branch.ts';
import type { Page } from '../../../../src/hub/listing/pages.ts';

interface Row {
  readonly name: string;
}

const rows = (...names: string[]): Row[] => names.map((name) => ({ name }));

/** A branch over these pages, loaded to its end. */
async function loaded(...pages: (Page<Row> | Error)[]): Promise<Branch<Row>> {
  let now = 100;
  const branch = new Branch<Row>(
    async (target) => {
      const page = pages[Number(target ?? 0)]!;
      if (page instanceof Error) throw page;
      return page;
    },
    () => now++,
  );
  await branch.load();
  for (let reads = 1; branch.hasMore && reads < pages.length; reads++) await branch.loadMore();
  return branch;
}

describe('Branch', () => {
  it('has each name once, in the order of the server, as it came last', async () => {
    const again = { name: 'b', isNewer: true };
    const branch = await loaded(
      { rows: rows('a', 'b'), count: 4, next: '1' },
      { rows: [again, ...rows('c')], count: 4 },
    );
    assert.deepEqual(branch.rows, [{ name: 'a' }, again, { name: 'c' }]);
  });

  it('is settled when all has come, nothing moved, and the count agrees; and knows since when', async () => {
    const branch = await loaded({ rows: rows('a', 'b'), count: 3, next: '1' }, { rows: rows('c'), count: 3 });
    assert.deepEqual([branch.isSettled, branch.since], [true, 100]);
  });

  const unsettled: readonly [what: string, ...pages: (Page<Row> | Error)[]][] = [
    ['there are more pages', { rows: rows('a'), count: 1, next: '1' }],
    ['the count is another', { rows: rows('a'), count: 2 }],
    ['there is no count', { rows: rows('a') }],
    ['a row came twice', { rows: rows('a', 'b'), count: 3, next: '1' }, { rows: rows('b', 'c'), count: 3 }],
    ['the count changed on the way', { rows: rows('a', 'b'), count: 4, next: '1' }, { rows: rows('c'), count: 3 }],
    ['a page could not be read', new Error('no')],
    ['a later page could not be read', { rows: rows('a'), count: 1, next: '1' }, new Error('no')],
  ];
  for (const [what, ...pages] of unsettled) {
    it(`is not settled where ${what}`, async () => assert.equal((await loaded(...pages)).isSettled, false));
  }

  it('is not settled before anything was read', () => {
    const branch = new Branch<Row>(() => assert.fail());
    assert.deepEqual([branch.isSettled, branch.since], [false, NaN]);
  });

  it('asks for no page twice at once', async () => {
    let asked = 0;
    const branch = new Branch<Row>(async () => ({ rows: rows(String(asked++)), count: 1 }));
    await Promise.all([branch.load(), branch.load()]);
    assert.equal(asked, 1);
  });
});
