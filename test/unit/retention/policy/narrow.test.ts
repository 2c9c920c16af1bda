import assert from 'node:assert/strict';
import fc from 'fast-check';
import { narrowCap, unionProtect } from '../../../../src/retention/policy/narrow.ts';

describe('unionProtect', () => {
  it('joins the lists, each pattern once', () => {
    assert.deepEqual(unionProtect(['latest', 'v*'], undefined, ['v*', 'prod'], []), ['latest', 'v*', 'prod']);
    assert.deepEqual(unionProtect(), []);
  });

  it('never takes a pattern away (invariant 12)', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (user, workspace) => {
        const union = unionProtect(user, workspace);
        assert.ok([...user, ...workspace].every((pattern) => union.includes(pattern)));
      }),
    );
  });
});

describe('narrowCap', () => {
  it('lets a workspace lower the cap and never raise it (invariant 12)', () => {
    const expected = [
      [0, undefined, 0],
      [5, undefined, 5],
      [0, 0, 0],
      [0, 5, 5],
      [5, 0, 5],
      [5, 3, 3],
      [5, 5, 5],
      [5, 10, 5],
    ] as const;
    for (const [user, workspace, cap] of expected) {
      assert.equal(narrowCap(user, workspace), cap, `${user}, ${workspace}`);
    }
  });

  it('refuses what is not a number of tags', () => {
    for (const cap of [-1, 1.5, NaN, Infinity]) {
      assert.throws(() => narrowCap(cap, undefined), RangeError);
      assert.throws(() => narrowCap(5, cap), RangeError);
    }
  });
});
