import * as l10n from '@vscode/l10n';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import type { PlanWarning } from '../retention/plan/policyPlan.ts';
import { repositoryText } from './repositoryText.ts';

/** What makes the plan of a repository doubtful, as a sentence. */
export function planWarningText({
  repository,
  warning,
}: {
  readonly repository: RepositoryName;
  readonly warning: PlanWarning;
}): string {
  return planWarningsText(warning.kind, repositoryText(repository));
}

/** What makes the plans of repositories doubtful, as a sentence. @param repositories their names, as they are shown */
export function planWarningsText(kind: PlanWarning['kind'], repositories: string): string {
  switch (kind) {
    case 'pulledTogether':
      return l10n.t(
        '{0}: nearly all tags were last pulled on the same day, which suggests a scanner or mirror. Pulls say little about use here.',
        repositories,
      );
  }
}
