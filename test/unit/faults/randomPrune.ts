import assert from 'node:assert/strict';
import fc from 'fast-check';
import { noon } from '../fakeClock.ts';
import { faults } from './fault.ts';
import { befall, routes } from './faultyRoute.ts';
import { PruneStage } from './pruneStage.ts';

const hour = 3_600_000;
/** Real time (ms) that a hung request is given. */
const hungFor = 20;

const script = fc.record({
  route: fc.constantFrom(...routes),
  fault: fc.constantFrom(...faults),
  duringList: fc.boolean(),
  pattern: fc.record({
    skip: fc.nat({ max: 25 }),
    times: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(Infinity)),
    every: fc.integer({ min: 1, max: 10 }),
  }),
});

/** A prune with everything in it drawn at random: lists, scripts of faults, pushes meanwhile, late answers, a cancellation. */
export const randomPrune = fc.record({
  old: fc.integer({ min: 1, max: 25 }),
  young: fc.nat({ max: 8 }),
  rows: fc.constantFrom(3, 10, 100),
  inDateOrder: fc.boolean(),
  concurrency: fc.integer({ min: 1, max: 10 }),
  scripts: fc.array(script, { maxLength: 5 }),
  /** Request at which a tag is pushed again, and which. */
  pushes: fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 25 })), { maxLength: 6 }),
  /** Request at which that much time (ms) has passed. */
  delays: fc.array(fc.tuple(fc.nat({ max: 60 }), fc.integer({ min: 1_000, max: 700_000 })), { maxLength: 3 }),
  /** Time (ms) that each DELETE takes, so that looks at the list grow old in the course of the run. */
  pace: fc.constantFrom(0, 0, 1_000, 7_000),
  cancelAt: fc.option(fc.nat({ max: 80 }), { freq: 3 }),
});

/** Runs one of them and checks all that must hold. @throws AssertionError */
export async function tryPrune(drawn: typeof randomPrune extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const { scripts, pushes, delays, pace, cancelAt, ...options } = drawn;
  await using stage = await PruneStage.open({
    ...options,
    timeout: scripts.some(({ fault }) => fault.name === 'hang') ? hungFor : 15_000,
  });
  const { hub, clock, planned } = stage;
  const at = (skip: number, mutate: () => void) => hub.script({ skip, act: { mutate } });
  for (const [nth, which] of pushes) {
    const name = planned[which % planned.length];
    if (name !== undefined) at(nth, () => stage.pushAgain(name));
  }
  for (const [nth, ms] of delays) at(nth, () => clock.set(clock.now() + ms));
  if (pace > 0) {
    hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { mutate: () => clock.set(clock.now() + pace) } });
  }
  let sentAtCancel: number | undefined;
  if (cancelAt !== null) {
    at(cancelAt, () => {
      sentAtCancel = hub.count({ method: 'DELETE' });
      stage.signal.abort();
    });
  }
  const begin = (duringList: boolean) =>
    scripts
      .filter((drawn) => drawn.duringList === duringList)
      .forEach(({ route, fault, pattern }) => befall(stage.hub, route, fault, [pattern]));
  begin(true);
  const ending = await stage.prune(() => begin(false));
  stage.check(ending);
  if (sentAtCancel !== undefined) {
    assert.ok(
      hub.count({ method: 'DELETE' }) <= sentAtCancel + options.concurrency,
      'DELETEs after the cancellation (invariant 8)',
    );
  }
  assert.ok(clock.now() - noon < 24 * hour, `took ${(clock.now() - noon) / hour} hours`);
  assert.ok(hub.requests.length < 5_000, `${hub.requests.length} requests`);
}
