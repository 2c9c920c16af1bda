import * as l10n from '@vscode/l10n';
import type { PolicySourceProblem, PolicySource, PolicySources } from './policySources.ts';

/** Policies cannot be used, since a source has an error. The message is for people and says where; `openPolicies` goes there. */
export class PolicySourcesError extends Error {
  override readonly name = 'PolicySourcesError';
  /** The first of them. */
  readonly problem: PolicySourceProblem;

  /** @param afterQuestion whether that has come up while the person was asked, so that nothing is done */
  constructor(problem: PolicySourceProblem, { afterQuestion = false }: { readonly afterQuestion?: boolean } = {}) {
    const place = problemPlaceText(problem);
    super(
      afterQuestion
        ? l10n.t(
            'The policies were changed in the meantime and are turned off until this is fixed: {0} Nothing was deleted. Create a new plan.',
            place,
          )
        : l10n.t('Policies are turned off until this is fixed: {0}', place),
    );
    this.problem = problem;
  }
}

/** "api, .docker-hub-prune.jsonc line 3: …": an error with its place. */
export function problemPlaceText({ source, uri, range, message }: PolicySourceProblem): string {
  if (!uri) return l10n.t('{0}: {1}', source, message);
  const file = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  return range
    ? l10n.t('{0}, {1} line {2}: {3}', source, file, range.start.line + 1, message)
    : l10n.t('{0}, {1}: {2}', source, file, message);
}

/** The sources that count. @throws PolicySourcesError where one of them has an error: a broken policy never lets a broader one through */
export function usableSources({ sources, errors }: PolicySources): readonly PolicySource[] {
  if (errors[0]) throw new PolicySourcesError(errors[0]);
  return sources;
}
