import assert from 'node:assert/strict';
import type { LocatedPolicy, PolicySource, PolicySources } from '../../../src/policies/policySources.ts';
import { PolicySourcesError } from '../../../src/policies/policySourcesError.ts';
import { currentPolicies } from '../../../src/prune/currentPolicies.ts';
import { policiesOfRun } from '../../../src/prune/policiesOfRun.ts';
import { PolicyGoneError } from '../../../src/prune/policyGoneError.ts';
import { checkPolicy } from '../../../src/retention/policy/checkPolicy.ts';
import type { RecordedPlan } from '../../../src/runs/journal/journalRecord.ts';

const now = Date.UTC(2025, 5, 1);
const [web, api] = [
  { namespace: 'acme', name: 'web' },
  { namespace: 'acme', name: 'api' },
];
const policy = checkPolicy({ repositories: ['acme/web'], keepNewest: 3 }, now);
const problem = { severity: 'error', source: 'deploy', message: 'broken' } as const;

function source(key: string, covers: readonly string[], problems: PolicySource['problems'] = []): PolicySource {
  const located: LocatedPolicy = { id: `${key}#1`, policy, sourceKey: key, source: key };
  return {
    key,
    label: key,
    policies: [located],
    problems,
    policyOf: ({ name }) => (covers.includes(name) ? located : undefined),
  };
}

function plans(...sources: (readonly [typeof web, string | undefined])[]): RecordedPlan[] {
  return sources.map(
    ([repository, key]) => ({ repository, ...(key !== undefined && { source: { key, label: key } }) }) as RecordedPlan,
  );
}

const none: PolicySources = { sources: [], untrusted: [], errors: [] };

describe('policiesOfRun', () => {
  const policies = { kind: 'policies' } as const;

  it('judges a plan by the source that its journal names, and one without by every source', () => {
    const [named, unnamed] = plans([web, 'a'], [web, undefined]) as [RecordedPlan, RecordedPlan];
    const sources = [source('a', ['web']), source('b', ['web'])];
    const { policiesOf, doubts } = policiesOfRun({ policy: policies, plans: [named, unnamed] }, { ...none, sources });
    assert.deepEqual(
      [named, unnamed].map((plan) => policiesOf(plan).map(({ sourceKey }) => sourceKey)),
      [['a'], ['a', 'b']],
    );
    assert.deepEqual(doubts, []);
  });

  it('groups what it does not know by source and kind', () => {
    const of = plans([web, 'gone'], [api, 'gone'], [web, 'closed'], [api, 'a'], [api, undefined]);
    const { doubts } = policiesOfRun(
      { policy: policies, plans: of },
      { ...none, sources: [source('a', ['web'])], untrusted: [source('closed', ['web'])] },
    );
    assert.deepEqual(doubts, [
      { kind: 'gone', source: 'gone', repositories: [web, api] },
      { kind: 'untrusted', source: 'closed', repositories: [web] },
      { kind: 'silent', source: 'a', repositories: [api] },
      { kind: 'silent', source: undefined, repositories: [api] },
    ]);
  });

  it('reports a broken source once, and not that it says nothing', () => {
    const broken = source('a', [], [problem]);
    const { doubts } = policiesOfRun(
      { policy: policies, plans: plans([web, 'a']) },
      { sources: [broken], untrusted: [], errors: [problem] },
    );
    assert.deepEqual(doubts, [{ kind: 'broken', problem }]);
  });

  it('has no policies for a run by age', () => {
    const [plan] = plans([web, undefined]) as [RecordedPlan];
    const found = policiesOfRun(
      { policy: { kind: 'olderThan', age: '90 days' }, plans: [plan] },
      { ...none, sources: [source('a', ['web'])], errors: [problem] },
    );
    assert.deepEqual([found.policiesOf(plan), found.doubts], [[], []]);
  });
});

describe('currentPolicies', () => {
  const planned = new Map([[web, { id: 'a#old', policy, sourceKey: 'a', source: 'a' }]]);

  it('finds the policy of the same source, also where it was changed', () => {
    const found = currentPolicies(planned, { ...none, sources: [source('b', ['web']), source('a', ['web'])] });
    assert.deepEqual([...found], [[web, policy]]);
  });

  it('refuses where the source has an error, has no policy any more, or is not trusted', () => {
    assert.throws(() => currentPolicies(planned, { ...none, errors: [problem] }), PolicySourcesError);
    for (const [sources, reason] of [
      [{ ...none, sources: [source('b', ['web'])] }, 'removed'],
      [{ ...none, untrusted: [source('a', ['web'])] }, 'untrusted'],
    ] as const) {
      assert.throws(
        () => currentPolicies(planned, sources),
        (error) => error instanceof PolicyGoneError && error.reason === reason && error.repository === web,
      );
    }
  });
});
