import * as vscode from 'vscode';
import { JournalError } from '../pruning/journalLine.ts';
import type { JournalRecord } from '../pruning/journalRecord.ts';
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
    const record = await readOrRemove(services, id);
    if (!record) return undefined;
    if (canResume(record) && !record.ended) return interruptedText(record);
    // Its plans were not yet all written down, so that no DELETE was sent; or it had just come to its end.
    if (record.ready) await endInterrupted(services, id);
    else await services.runs.withRun(id, () => services.runs.journals.remove(id));
  } catch (error) {
    // Another window may be about to do the same; the other runs are offered all the same.
    services.log.warn(`${id}: ${String(error)}`);
  }
  return undefined;
}

/** The journal of a run. Without its first line nothing was announced, and so nothing deleted: it is removed. */
async function readOrRemove({ runs }: Services, id: string): Promise<JournalRecord | undefined> {
  try {
    return await runs.journals.read(id);
  } catch (error) {
    if (!(error instanceof JournalError) || error.reason !== 'missing') throw error;
    await runs.withRun(id, () => runs.journals.remove(id));
    return undefined;
  }
}
