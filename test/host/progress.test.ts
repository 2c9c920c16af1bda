import assert from 'node:assert/strict';

import { progressText } from '../../src/editor/runs/runProgress.ts';
import { Tally } from '../../src/runs/outcome/tally.ts';
import { makeBatch } from '../../src/retention/plan/batch.ts';
import { planPicked } from '../../src/retention/plan/plan.ts';

const repository = { namespace: 'ada', name: 'web' };

describe('what a run tells of its progress', () => {
  const tags = Array.from({ length: 1000 }, (_, i) => ({ name: `t${i}` }));
  const batch = makeBatch([planPicked({ repository, tags, asOf: 0 })], { maxDeletions: 0 });
  const text = (ended: number, seconds: number, pace: number, waitSeconds?: number): string => {
    const tally = new Tally();
    for (const tag of tags.slice(0, ended)) {
      tally.add({ type: 'outcome', repository, tag, outcome: { kind: 'removed' } });
    }
    const now = seconds * 1000;
    const wait =
      waitSeconds === undefined ? undefined : ({ until: now + waitSeconds * 1000, why: 'allowance' } as const);
    return progressText({ tally, batch, wait, startedAt: 0, now, pace, cancelled: false });
  };

  it('gives rate and time left as they were so far, where no allowance is known', () => {
    assert.equal(text(100, 5, Infinity), '100 of 1,000 · 20/s · 45 s left');
  });

  it('gives the time left by the allowance, not by the burst at the beginning of a window', () => {
    assert.match(
      text(180, 10, 3, 50),
      /^180 of 1,000 · 3\.0\/s · 5 min left · waiting for the rate limit until \d\d:\d\d:\d\d$/,
    );
  });

  it('gives neither before there is anything to go by', () => {
    assert.equal(text(0, 5, 3), '0 of 1,000');
    assert.equal(text(10, 0.5, 3), '10 of 1,000');
  });
});
