import * as vscode from 'vscode';
import { summaryPlaceText } from '../../text/summaryPlaceText.ts';
import { pickRun } from './pickRun.ts';
import type { RunServices } from './runServices.ts';

/** `Remove Run…`: forgets a run with its journal; the only way to be rid of one that cannot be read. Nothing on Docker Hub changes. */
export async function removeRun(services: RunServices, argument?: unknown): Promise<void> {
  const entry = await pickRun(
    services,
    argument,
    vscode.l10n.t('Remove Run'),
    ({ state }) => state !== 'running',
    vscode.l10n.t('No run has ended yet.'),
  );
  if (!entry) return;
  const remove = vscode.l10n.t('Remove');
  const detail = vscode.l10n.t(
    "You'll lose its report and can no longer resume it or restore its tags. Docker Hub isn't changed.",
  );
  const question = entry.summary
    ? vscode.l10n.t('Remove the record of the run in {0}?', summaryPlaceText(entry.summary))
    : vscode.l10n.t("Remove the record of a run that can't be read?");
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove) return;
  await services.runs.claims.withRun(entry.id, () => services.runs.journals.remove(entry.id));
  services.runs.changed();
}
