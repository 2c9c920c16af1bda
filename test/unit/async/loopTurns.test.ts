import assert from 'node:assert/strict';
import { LoopTurns } from '../../../src/async/loopTurns.ts';

describe('LoopTurns', () => {
  it('gives each a turn of its own, in order, between which others have theirs', async () => {
    const turns = new LoopTurns();
    const seen: string[] = [];
    const others = (left: number): void => {
      if (left === 0) return;
      seen.push('other');
      setImmediate(others, left - 1);
    };
    setImmediate(others, 10);
    await Promise.all([1, 2, 3].map((number) => turns.take().then(() => seen.push(String(number)))));
    const own = seen.flatMap((what, index) => (what === 'other' ? [] : [index]));
    assert.deepEqual(
      own.map((index) => seen[index]),
      ['1', '2', '3'],
    );
    for (const [i, index] of own.slice(1).entries()) {
      assert.ok(seen.slice(own[i]! + 1, index).includes('other'), seen.join());
    }
  });
});
