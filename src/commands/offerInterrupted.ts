import * as vscode from 'vscode';
import { isHubError } from '../hub/hubError.ts';
import { JournalError } from '../pruning/journalLine.ts';
import { canResume } from '../pruning/resume.ts';
import { interruptedText } from './resumeRun.ts';
import { endInterrupted } from './leaveRun.ts';
import type { Services } from './services.ts';

/**
 * Looks whether a run was interrupted by a reload, a crash or a power cut, and offers to go on with it, to look at it, or to let it be.
 * One look at a folder where there is none.
 */
export async function offerInterrupted(services: Services): Promise<void> {
  const { t } = vscode.l10n;
  const ids = await services.runs.interrupted();
  const offered: { readonly id: string; readonly text: string }[] = [];
  for (const id of ids) {
    const text = await textOf(services, id);
    if (text !== undefined) offered.push({ id, text });
  }
  const [first] = offered;
  if (!first) return;
  const [goOn, show, leave] = [t('Go On'), t('Show Run'), t('Let It Be')];
  if (offered.length > 1) {
    const look = t('Show Runs');
    const picked = await vscode.window.showWarningMessage(t('{0} runs were interrupted. The view Runs lists them, to go on with or to let be.', offered.length), look);
    if (picked === look) await vscode.commands.executeCommand('dockerHubPruner.runs.focus');
    return;
  }
  switch (await vscode.window.showWarningMessage(first.text, goOn, show, leave)) {
    case goOn:
      return vscode.commands.executeCommand('dockerHubPruner.resumeRun', { id: first.id });
    case show:
      return vscode.commands.executeCommand('dockerHubPruner.showRun', { id: first.id });
    case leave:
      return vscode.commands.executeCommand('dockerHubPruner.leaveRun', { id: first.id });
    case undefined:
  }
}

/** What to say of an interrupted run; nothing of one that deleted nothing and has nothing to go on with. */
async function textOf(services: Services, id: string): Promise<string | undefined> {
  try {
    const record = await services.runs.journals.read(id);
    if (canResume(record)) return interruptedText(record);
    // Its plans were not yet all written down, so that no DELETE was sent; or it had just come to its end.
    if (record.ready) await endInterrupted(services, id);
    else await services.runs.withRun(id, () => services.runs.journals.remove(id));
  } catch (error) {
    if (isHubError(error) || !(error instanceof JournalError)) throw error;
    services.log.warn(`${id}: ${error.message}`);
    // Without its first line nothing was announced, and so nothing deleted.
    if (error.reason === 'missing') await services.runs.withRun(id, () => services.runs.journals.remove(id));
  }
  return undefined;
}
