import * as vscode from 'vscode';
import { valueAt } from '../../policies/policyList.ts';
import { policyItemText } from '../../text/policyProblemText.ts';
import type { PolicyProblem } from '../../retention/policy/checkPolicy.ts';

/** What is wrong with a control: as in a file, where the control takes the same as a file does. @param value see `policyValueOf` */
export function fieldProblemText(problem: PolicyProblem, value: unknown): string {
  const { path, reason } = problem;
  const [field] = path;
  if (reason === 'noRule') {
    return vscode.l10n.t('Enter at least one rule: an age, a number of newest images, or versions.');
  }
  if (field === 'maxShare') return vscode.l10n.t('Enter a number above 0 and at most 100.');
  if (field === 'maxDeletions' || field === 'keepNewest') return vscode.l10n.t('Enter a whole number, 0 or more.');
  if (field === 'keepVersions' && path.length > 1) {
    return path[1] === 'prereleases'
      ? vscode.l10n.t('Enter a whole number, 0 or more.')
      : vscode.l10n.t('Enter a whole number, 1 or more.');
  }
  return policyItemText({ reason: 'policy', path, problem, given: valueAt(value, path) });
}
