import { isOfSource, type LocatedPolicy, type PolicySource, type PolicySources } from '../policies/policySources.ts';
import { PolicySourcesError } from '../policies/policySourcesError.ts';
import type { Policy } from '../retention/policy/policy.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import { PolicyGoneError } from './policyGoneError.ts';

/**
 * What the sources of policies say now of repositories that were planned by them: for each the policy of its source that matches first, even where
 * another one has come before the former.
 * @param planned the policies of the plans
 * @returns by the keys given
 * @throws PolicySourcesError where a source has an error; PolicyGoneError where a source has no policy for one of them any more, or its workspace
 *   isn't trusted
 */
export function currentPolicies(
  planned: ReadonlyMap<RepositoryName, LocatedPolicy>,
  { sources, untrusted, errors }: PolicySources,
): ReadonlyMap<RepositoryName, Policy> {
  if (errors[0]) throw new PolicySourcesError(errors[0], { afterQuestion: true });
  const current = new Map<RepositoryName, Policy>();
  for (const [repository, before] of planned) {
    const isIts = (source: PolicySource) => isOfSource(before, source);
    const found = sources.find(isIts)?.policyOf(repository);
    if (!found) throw new PolicyGoneError(repository, untrusted.some(isIts) ? 'untrusted' : 'removed');
    current.set(repository, found.policy);
  }
  return current;
}
