import assert from 'node:assert/strict';
import { outcomeKinds, type Outcome } from '../../../../src/runs/outcome/outcome.ts';
import { Tally } from '../../../../src/runs/outcome/tally.ts';
import { api, oldTags } from '../run/runToEnd.ts';

const failure = { kind: 'server', status: 500, words: 'x' } as const;
const outcomes: Outcome[] = [
  { kind: 'removed' },
  { kind: 'alreadyGone' },
  { kind: 'spared' },
  { kind: 'failed', failure },
  { kind: 'uncertain', failure },
  { kind: 'notReached', reason: 'cancelled' },
];

function tallyOf(...ends: Outcome[]): Tally {
  const tally = new Tally();
  ends.forEach((outcome, i) => tally.add({ type: 'outcome', repository: api, tag: oldTags(10)[i]!, outcome }));
  return tally;
}

describe('Tally', () => {
  it('counts each kind of outcome, and keeps all that was not removed in order', () => {
    const tally = tallyOf(...outcomes);
    assert.deepEqual(tally.counts, Object.fromEntries(outcomeKinds.map((kind) => [kind, 1])));
    assert.equal(tally.ended, 6);
    assert.deepEqual(
      tally.remnants.flatMap(({ tags, outcome }) => tags.map(({ tag }) => `${tag.name} ${outcome.kind}`)),
      ['t2 alreadyGone', 't3 spared', 't4 failed', 't5 uncertain', 't6 notReached'],
    );
  });

  it('keeps together what ended in the very same way, and apart what differs in a word', () => {
    const others = [
      { kind: 'failed', failure: { ...failure, words: 'y' } },
      { kind: 'notReached', reason: 'offline' },
      { kind: 'spared', reason: { kind: 'overCap' } },
    ] as const;
    const tally = tallyOf(
      outcomes[3]!,
      others[0],
      outcomes[5]!,
      { ...outcomes[3]! },
      others[1],
      outcomes[2]!,
      others[2],
    );
    const groups = tally.remnants.map(({ outcome, tags }) => ({ outcome, names: tags.map(({ tag }) => tag.name) }));
    assert.deepEqual(groups, [
      { outcome: outcomes[3], names: ['t1', 't4'] },
      { outcome: others[0], names: ['t2'] },
      { outcome: outcomes[5], names: ['t3'] },
      { outcome: others[1], names: ['t5'] },
      { outcome: outcomes[2], names: ['t6'] },
      { outcome: others[2], names: ['t7'] },
    ]);
  });

  it('is clean only when every tag is gone and nothing stopped', () => {
    assert.ok(tallyOf({ kind: 'removed' }, { kind: 'alreadyGone' }).clean);
    for (const outcome of outcomes.slice(2)) assert.ok(!tallyOf({ kind: 'removed' }, outcome).clean, outcome.kind);
    const stopped = tallyOf({ kind: 'removed' });
    stopped.add({ type: 'stopped', stop: { reason: 'offline' } });
    assert.ok(!stopped.clean);
  });

  it('takes a cancel that came when there was nothing left to do for none, and any other for what it is', () => {
    const late = tallyOf({ kind: 'removed' }, { kind: 'alreadyGone' });
    late.add({ type: 'stopped', stop: { reason: 'cancelled' } });
    assert.deepEqual([late.stops, late.clean], [[], true]);
    for (const outcome of outcomes.slice(2)) {
      const tally = tallyOf({ kind: 'removed' }, outcome);
      tally.add({ type: 'stopped', stop: { reason: 'cancelled' } });
      assert.deepEqual([tally.stops, tally.clean], [[{ reason: 'cancelled' }], false], outcome.kind);
    }
  });

  it('takes other events for nothing', () => {
    const tally = new Tally();
    tally.add({ type: 'repository', repository: api, planned: 5 });
    tally.add({ type: 'waiting', wait: { until: 5, why: 'backoff' } });
    assert.deepEqual([tally.ended, tally.remnants, tally.stops, tally.clean], [0, [], [], true]);
  });
});
