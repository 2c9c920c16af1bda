import type { LocatedPolicy } from '../policies/policySources.ts';
import { formatAge, type Age } from '../retention/tags/age.ts';
import { policyOlderThan, type Policy } from '../retention/policy/policy.ts';
import { repositoryGlobs } from '../retention/policy/repositoryGlobs.ts';
import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';
import type { RunHead } from '../runs/journal/journal.ts';
import type { RunPolicy } from '../runs/journal/journalLine.ts';

/** What tags are to be judged by: one age for all repositories, or policies for those that have one; the others are skipped. */
export type PruneRules =
  | { readonly kind: 'age'; readonly age: Age }
  | { readonly kind: 'policies'; readonly policyOf: ReadonlyMap<RepositoryName, LocatedPolicy> };

/**
 * The policy of each repository that has one; repositories of one rule have the same object, which caps count by. An age makes a policy of these
 * repositories alone: who saves it from the plan panel saves no rule for all others.
 */
export function rulePolicies(
  rules: PruneRules,
  repositories: readonly RepositoryName[],
): ReadonlyMap<RepositoryName, Policy> {
  if (rules.kind === 'policies') {
    return new Map([...rules.policyOf].map(([repository, { policy }]) => [repository, policy]));
  }
  const policy = policyOlderThan(rules.age, repositoryGlobs(repositories));
  return new Map(repositories.map((repository) => [repository, policy]));
}

/**
 * What a journal says of the rules of its run: with policies also where each is written, since what is written there later counts when the run is
 * resumed. An age is written nowhere.
 */
export function recordedRules(rules: PruneRules): Pick<RunHead, 'policy' | 'sourceOf'> {
  if (rules.kind === 'age') {
    const policy: RunPolicy = { kind: 'olderThan', age: formatAge(rules.age) };
    return { policy };
  }
  const sources = new Map(
    [...rules.policyOf].map(([repository, { sourceKey, source }]) => [
      fullName(repository),
      { key: sourceKey, label: source },
    ]),
  );
  return { policy: { kind: 'policies' }, sourceOf: (repository) => sources.get(fullName(repository)) };
}
