import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { policyOlderThan, type Policy } from '../../retention/policy/policy.ts';
import { repositoryGlobs } from '../../retention/policy/repositoryGlobs.ts';
import type { Rules } from './askRules.ts';

/**
 * What each repository is judged by; repositories of one rule have the same object, which caps count by. An age makes a policy of these repositories
 * alone: who saves it from the plan panel saves no rule for all others.
 */
export function rulePolicies(
  rules: Rules,
  repositories: readonly RepositoryName[],
): ReadonlyMap<RepositoryName, Policy> {
  if (rules.kind === 'policies') {
    return new Map([...rules.policyOf].map(([repository, { policy }]) => [repository, policy]));
  }
  const policy = policyOlderThan(rules.age, repositoryGlobs(repositories));
  return new Map(repositories.map((repository) => [repository, policy]));
}
