import assert from 'node:assert/strict';
import { reportOf } from '../../bench/hubReport.ts';
import type { RequestRecord } from '../../hub/requestRecord.ts';
import { World } from '../../hub/world.ts';

const account = 'team';
const tag = (name: string) => `/v2/namespaces/team/repositories/web/tags/${name}`;

function record(fields: Partial<RequestRecord>): RequestRecord {
  return {
    at: 0,
    method: 'GET',
    path: '/v2/namespaces/team/repositories/web/tags?page=1',
    tokenKind: 'user',
    account,
    status: 200,
    durationMs: 0,
    remaining: 9,
    ...fields,
  };
}

function reportOn(
  requests: RequestRecord[],
  { deleted = [], there = [] }: { deleted?: string[]; there?: string[] } = {},
) {
  const world = new World();
  world.addRepository({ namespace: 'team', name: 'web' });
  for (const name of there) world.pushTag('team', 'web', name);
  return reportOf({ requests, deleted, world }, new Set(['team/web:a', 'team/web:b']));
}

describe('what the benchmark reads out of the log of its Hub', () => {
  it('counts what is listed, looked at and deleted, and leaves out what warms connections up', () => {
    const login = record({
      method: 'POST',
      path: '/v2/auth/token',
      account: undefined,
      tokenKind: 'none',
      at: 100,
      durationMs: 20,
    });
    const report = reportOn([
      record({ path: '/token', account: undefined, at: 1 }),
      login,
      record({ at: 120 }),
      record({ at: 140 }),
      record({ method: 'DELETE', path: tag('a'), status: 204, at: 160 }),
      record({ at: 180 }),
      record({ method: 'DELETE', path: tag('b'), status: 204, at: 200, durationMs: 25 }),
    ]);
    const { requests, logins, listed, looked, deletes, answered, startedAt, endedAt } = report;
    assert.deepEqual(
      { requests, logins, listed, looked, deletes, answered, startedAt, endedAt },
      { requests: 6, logins: 1, listed: 2, looked: 1, deletes: 2, answered: 5, startedAt: 100, endedAt: 225 },
    );
  });

  it('tells refusals by window', () => {
    const refused = { status: 429, remaining: 0 };
    const report = reportOn([
      record({ remaining: 1 }),
      record({ remaining: 0 }),
      record(refused),
      record(refused),
      record({ remaining: 1 }),
      record({ remaining: 0 }),
      record({ remaining: 1 }),
      record({ remaining: 0 }),
      record(refused),
    ]);
    assert.deepEqual([report.refusals, report.refusalsByWindow, report.answered], [3, [2, 0, 1], 6]);
  });

  it('tells what is gone, what is left, and what should not have gone', () => {
    const { removed, left, wrong } = reportOn([record({})], { deleted: ['team/web:a', 'team/web:c'], there: ['b'] });
    assert.deepEqual({ removed, left, wrong }, { removed: 1, left: 1, wrong: 1 });
  });
});
