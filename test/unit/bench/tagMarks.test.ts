import assert from 'node:assert/strict';
import type { ClientReport } from '../../bench/clientTask.ts';
import type { HubReport } from '../../bench/hubReport.ts';
import { missed } from '../../bench/table.ts';
import { countMarks, timeMarks, type Reach } from '../../bench/tagMarks.ts';
import { Tally } from '../../../src/runs/outcome/tally.ts';

/** 200 of 250 tags go: three pages, one sign-in, two looks. */
const figures = { work: 'prune', repositories: [{ name: 'web', old: 200, young: 50 }], reach: {} } as const;
const hub: HubReport = {
  startedAt: 0,
  endedAt: 1,
  requests: 206,
  logins: 1,
  listed: 3,
  looked: 2,
  deletes: 200,
  answered: 205,
  refusals: 0,
  refusalsByWindow: [0],
  removed: 200,
  left: 0,
  wrong: 0,
};
const client: ClientReport = {
  ms: 1_000,
  listedMs: 100,
  listed: 250,
  outcomes: { ...new Tally().counts, removed: 200 },
  cpuMs: 1,
  longestStallMs: 1,
  residentGrowth: 0,
};

function misses(run: { hub?: Partial<HubReport>; client?: Partial<ClientReport>; reach?: Reach }): string[] {
  const marks = countMarks({ ...figures, reach: run.reach ?? {} }, [
    { hub, clients: [client] },
    { hub: { ...hub, ...run.hub }, clients: [{ ...client, ...run.client }] },
  ]);
  return missed({ name: '', title: '', runs: [], marks }).map(({ what }) => what);
}

describe('what the benchmark asks of counts', () => {
  it('has nothing to say against a run that does what it should', () =>
    assert.deepEqual(misses({ reach: { refusals: 0, refusalsAWindow: 1 } }), []));

  for (const [what, run] of [
    ['a tag that the Hub still has', { hub: { removed: 199 } }],
    [
      'a tag of which the client says something else',
      { client: { outcomes: { ...client.outcomes, removed: 199, failed: 1 } } },
    ],
    ['a tag gone that was to stay', { hub: { wrong: 1 } }],
  ] as const) {
    it(`catches ${what}`, () => assert.deepEqual(misses(run), ['every planned tag removed and none other']));
  }

  it('catches a tag that was not listed', () =>
    assert.deepEqual(misses({ client: { listed: 249 } }), ['every tag listed']));

  it('catches requests beyond those that are needed: a sign-in, the pages and two more, the tags, and 3% for looks', () => {
    assert.deepEqual(misses({ hub: { requests: 1 + 3 + 2 + 200 + 6 } }), []);
    assert.deepEqual(misses({ hub: { requests: 213 } }), ['at most 212 requests that were not refused']);
    // Refused ones are asked for apart.
    assert.deepEqual(misses({ hub: { requests: 213, refusals: 1 } }), []);
  });

  it('catches refusals, in all and in one window', () => {
    const refused = { requests: 209, refusals: 3, refusalsByWindow: [1, 2] };
    assert.deepEqual(misses({ hub: refused, reach: { refusals: 2 } }), ['at most 2 refusals in all']);
    assert.deepEqual(misses({ hub: refused, reach: { refusalsAWindow: 1 } }), ['at most one 429 a window']);
    assert.deepEqual(misses({ hub: refused, reach: { refusals: 3, refusalsAWindow: 2 } }), []);
  });
});

describe('what the benchmark asks of times', () => {
  const marks = (reach: Reach, origin: number | string | undefined) =>
    timeMarks(reach, { ms: 1_200, ideal: 1_000, origin, clients: [{ ms: 1_200 }, { ms: 1_000 }] }).map(
      ({ value, reached }) => [value, reached],
    );

  it('compares with the ideal, the origin, and one client with the other', () => {
    assert.deepEqual(marks({ ideal: 1.2, partOfOrigin: 4, slowerToFaster: 1.2 }, 4_800), [
      [0.25, true],
      [1.2, true],
      [1.2, true],
    ]);
    assert.deepEqual(marks({ ideal: 1.1, partOfOrigin: 6, slowerToFaster: 1.1 }, 4_800), [
      [0.25, false],
      [1.2, false],
      [1.2, false],
    ]);
  });

  it('compares with the same run without its refusal, less the wait that this asked for', () => {
    const value = (times: { without?: number; waited?: number }) =>
      timeMarks({ timesWithout: 1.2 }, { ms: 3_200, ideal: 1_000, origin: undefined, clients: [], ...times }).map(
        ({ value, reached }) => [value, reached],
      );
    assert.deepEqual(
      [value({ without: 1_000, waited: 2_000 }), value({ without: 1_000 }), value({})],
      [[[1.2, true]], [[3.2, false]], [[undefined, undefined]]],
    );
  });

  it('does not judge against an origin that did not run', () =>
    assert.deepEqual(marks({ partOfOrigin: 4 }, 'no modules'), [[undefined, undefined]]));
});
