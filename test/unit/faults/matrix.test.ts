import assert from 'node:assert/strict';
import type { HubError } from '../../../src/hub/wire/hubError.ts';
import { noon } from '../fakeClock.ts';
import { expectationOf, type Place } from './expectation.ts';
import { faults, faultsOfDeletes, lockedOut, type Fault } from './fault.ts';
import { befall, routes, type FaultyRoute, type Pattern } from './faultyRoute.ts';
import { PruneStage, type Ending } from './pruneStage.ts';

const patterns = ['once', 'every tenth', 'from now on'] as const;
const positions = ['first', 'middle', 'last'] as const;
const places: readonly Place[] = patterns.flatMap((pattern) => positions.map((position) => ({ pattern, position })));
const hour = 3_600_000;

/** Real time (ms) that a hung request is given; the others have the usual 15 s, which none of them needs. */
const hungFor = 20;

function patternsOf({ requests }: FaultyRoute, { pattern, position }: Place): Pattern[] {
  const skip = { first: 0, middle: Math.floor(requests / 2), last: requests - 1 }[position];
  if (pattern === 'from now on') return [{ skip, times: Infinity, every: 1 }];
  const once = { skip, times: 1, every: 1 };
  return pattern === 'once' ? [once] : [once, { skip, times: Infinity, every: 10 }];
}

function checkExpectation(
  route: FaultyRoute,
  fault: Fault,
  place: Place,
  { listing, done, waits }: Ending,
  hits: number,
): void {
  const expected = expectationOf(route, fault, place);
  assert.ok(hits >= 1, 'nothing met the fault');
  assert.ok(hits <= expected.maxHits, `${hits} requests met the fault, at most ${expected.maxHits} could help`);
  if (listing || !expected.mayBeListed) assert.equal(listing?.kind, expected.listing, String(listing));
  if (listing?.kind === 'incomplete') assert.equal((listing.cause as HubError).kind, fault.kind);
  if (listing?.kind === 'signInFailed') assert.equal((listing.cause as HubError).kind, fault.kind);
  const told = [...waits, ...(done?.events ?? []).filter(({ type }) => type === 'waiting')];
  if (fault.passing) assert.ok(told.length > 0, 'no wait was told');
  if (!done) return;
  const { tally, outcomes, stops } = done;
  for (const [name, { kind }] of Object.entries(outcomes)) {
    assert.ok(kind === 'removed' || expected.ends?.includes(kind), `${name} is ${kind}`);
  }
  const reasons = tally.stops.map(({ reason }) => reason);
  const wanted = expected.stop ?? [];
  assert.ok(
    reasons.every((reason) => wanted.includes(reason)),
    `stopped for ${stops.join(', ')}`,
  );
  if (wanted.length > 0 && place.pattern === 'from now on' && !expected.mayGoOn) {
    assert.ok(reasons.length > 0, 'went on');
  }
  const kinds = [
    ...tally.stops.map(({ failure }) => failure),
    ...Object.values(outcomes).map((outcome) => (outcome.kind === 'failed' ? outcome.failure : undefined)),
  ].flatMap((failure) => failure?.kind ?? []);
  const failures = expected.failure ?? [fault.kind, ...(route.name.includes('lost DELETE') ? ['network'] : [])];
  assert.deepEqual(
    [...new Set(kinds)].filter((kind) => !(failures as readonly string[]).includes(kind)),
    [],
    'failures of another kind',
  );
}

async function tryCell(route: FaultyRoute, fault: Fault, place: Place): Promise<void> {
  await using stage = await PruneStage.open({
    ...route.options,
    ...(fault.kind === 'timeout' && { timeout: hungFor }),
  });
  const begin = () => befall(stage.hub, route, fault, patternsOf(route, place));
  let met = route.faulty === 'run' ? undefined : begin();
  const ending = await stage.prune(() => {
    if (route.faulty === 'list') met?.end();
    route.provoke?.(stage);
    met ??= begin();
  });
  stage.check(ending);
  checkExpectation(route, fault, place, ending, met?.hits() ?? 0);
  assert.ok(stage.clock.now() - noon < hour, `took ${(stage.clock.now() - noon) / 60_000} minutes`);
  assert.ok(stage.hub.requests.length < 300 + 2 * (met?.hits() ?? 0), `${stage.hub.requests.length} requests`);
}

let cells = 0;

describe('the matrix of faults: every planned tag has one outcome, which is true, after requests that can help (invariants 5, 6 and 11)', () => {
  for (const route of routes) {
    describe(route.name, () => {
      for (const fault of [
        ...faults,
        ...(route.name === 'login' ? [lockedOut] : route.name === 'delete' ? faultsOfDeletes : []),
      ]) {
        it(fault.name, async () => {
          const tried = await Promise.allSettled(places.map((place) => tryCell(route, fault, place)));
          cells += tried.length;
          const failed = tried.flatMap((cell, i) =>
            cell.status === 'rejected' ? [`${places[i]!.pattern}, ${places[i]!.position}: ${String(cell.reason)}`] : [],
          );
          if (failed.length > 0) throw new Error(failed.join('\n'));
        }).timeout(30_000);
      }
    });
  }

  after(() => console.log(`      ${cells} cells`));
});
