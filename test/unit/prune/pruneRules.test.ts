import assert from 'node:assert/strict';
import { rulePolicies } from '../../../src/prune/pruneRules.ts';
import { parseAge } from '../../../src/retention/tags/age.ts';
import { checkPolicy, policyData } from '../../../src/retention/policy/checkPolicy.ts';

const now = Date.UTC(2025, 5, 1);
const [web, api] = [
  { namespace: 'acme', name: 'web' },
  { namespace: 'acme', name: 'api' },
];

describe('pruneRules', () => {
  it('makes of an age one policy that names these repositories and no others, so that saving it lets nothing else go', () => {
    const policies = rulePolicies({ kind: 'age', age: parseAge('90 days', now) }, [web, api]);
    assert.equal(policies.get(web), policies.get(api));
    assert.deepEqual(policyData(policies.get(web)!), { repositories: ['acme/web', 'acme/api'], olderThan: '90 days' });
  });

  it('makes one that can be read back, however many they are: a run by it must be one to go on with', () => {
    const many = Array.from({ length: 600 }, (_, i) => ({
      namespace: i % 2 === 0 ? 'acme' : 'team',
      name: `service-${i}`,
    }));
    const policy = rulePolicies({ kind: 'age', age: parseAge('90 days', now) }, many).get(many[0]!)!;
    assert.deepEqual(policy.repositories, ['acme/*', 'team/*']);
    assert.deepEqual(checkPolicy(policyData(policy), now), policy);
    const spaces = Array.from({ length: 600 }, (_, i) => ({ namespace: `namespace-${i}`, name: 'web' }));
    assert.deepEqual(
      rulePolicies({ kind: 'age', age: parseAge('90 days', now) }, spaces).get(spaces[0]!)!.repositories,
      ['*/*'],
    );
  });

  it('leaves names out that are none, which nobody can list', () => {
    const strange = [
      { namespace: 'acme', name: 'a b' },
      { namespace: '*', name: '*' },
      web,
      { namespace: 'acme', name: '{' },
    ];
    assert.deepEqual(rulePolicies({ kind: 'age', age: parseAge('90 days', now) }, strange).get(web)!.repositories, [
      'acme/web',
    ]);
  });

  it('takes policies as they are', () => {
    const policy = checkPolicy({ repositories: ['acme/*'], keepNewest: 3 }, now);
    const policies = rulePolicies(
      { kind: 'policies', policyOf: new Map([[web, { id: 'a', policy, sourceKey: 'x', source: 'x' }]]) },
      [web],
    );
    assert.deepEqual([...policies], [[web, policy]]);
  });
});
