import assert from 'node:assert/strict';
import { isRestorable, type RunEntry } from '../../../src/prune/runEntry.ts';
import type { JournalSummary } from '../../../src/runs/journal/journalSummary.ts';

describe('isRestorable', () => {
  /** An ended run with so many tags that were removed, that may have been, and that were put back. */
  const ended = (removed: number, uncertain: number, restored: number): RunEntry => ({
    id: 'run',
    state: 'ended',
    summary: {
      counts: { removed, alreadyGone: 0, spared: 0, failed: 0, uncertain, notReached: 0 },
      restored,
    } as unknown as JournalSummary,
  });

  it('holds until every tag is back that may have been deleted', () => {
    assert.equal(isRestorable(ended(2, 0, 1)), true);
    assert.equal(isRestorable(ended(2, 0, 2)), false);
    assert.equal(isRestorable(ended(0, 0, 0)), false);
    assert.equal(isRestorable(ended(0, 1, 0)), true, 'its DELETE may have come through');
    assert.equal(isRestorable(ended(1, 1, 1)), true, 'the one that is back may be the uncertain one');
  });

  it('does not hold for a run that goes on', () =>
    assert.equal(isRestorable({ ...ended(2, 0, 0), state: 'running' }), false));
});
