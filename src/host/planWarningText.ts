import * as vscode from 'vscode';
import type { RepositoryName } from '../retention/plan.ts';
import type { PlanWarning } from '../retention/policyPlan.ts';
import { repositoryText } from './repositoryText.ts';

/** What makes the plan of a repository doubtful, as a sentence. */
export function planWarningText({ repository, warning }: { readonly repository: RepositoryName; readonly warning: PlanWarning }): string {
  const { t } = vscode.l10n;
  switch (warning.kind) {
    case 'pulledTogether':
      return t('{0}: nearly all tags were last pulled within the same day, as scanners and mirrors do. Pulls say little about use here.', repositoryText(repository));
  }
}
