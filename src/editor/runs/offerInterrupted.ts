import * as vscode from 'vscode';
import { repositoryRecordText } from '../../text/repositoryRunText.ts';
import { JournalError } from '../../runs/journal/journalLine.ts';
import type { JournalRecord } from '../../runs/journal/journalRecord.ts';
import { canResume } from '../../runs/resume.ts';
import { interruptedText } from './resumeRun.ts';
import { endInterrupted } from './dismissRun.ts';
import type { RunServices } from './runServices.ts';

/** The claims of a window that has just died count for 20 s at most; so long (ms) after that it is looked once more. */
const lookAgainAfter = 30_000;

/**
 * Looks whether a run was interrupted by a reload, a crash or a power cut, be it while it was being cancelled, and offers to go on with it, to look at it, or to let it be.
 * One look at a folder where there is none. The window of before a reload may not be gone yet; then it is looked once more.
 */
export async function offerInterrupted(services: RunServices): Promise<void> {
  const unended = await services.runs.unended();
  if (unended.length > 0) services.runs.changed();
  const [running, interrupted] = [true, false].map((wanted) =>
    unended.filter((run) => run.running === wanted).map(({ id }) => id),
  ) as [string[], string[]];
  await Promise.all([offer(services, interrupted), offerLater(services, running)]);
}

async function offerLater(services: RunServices, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await services.connections.clock.sleep(lookAgainAfter);
  const unended = await services.runs.unended();
  services.runs.changed();
  await offer(
    services,
    unended.flatMap(({ id, running }) => (ids.includes(id) && !running ? [id] : [])),
  );
}

async function offer(services: RunServices, ids: readonly string[]): Promise<void> {
  const offered: ({ readonly id: string } & Offer)[] = [];
  for (const id of ids) {
    const found = await offerOf(services, id);
    if (found) offered.push({ id, ...found });
  }
  const [first] = offered;
  if (!first) return;
  const [goOn, show, leave] = [
    first.isRepository ? vscode.l10n.t('Check') : vscode.l10n.t('Resume'),
    vscode.l10n.t('Show Run'),
    vscode.l10n.t('Dismiss'),
  ];
  if (offered.length > 1) {
    const look = vscode.l10n.t('Show Runs');
    const picked = await vscode.window.showWarningMessage(
      vscode.l10n.t('{0} runs were interrupted. Resume or dismiss them in the Runs view.', offered.length),
      look,
    );
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

/** What is said of an interrupted run, and whether it deletes a whole repository. */
interface Offer {
  readonly text: string;
  readonly isRepository: boolean;
}

/** What to say of an interrupted run; nothing of one that deleted nothing and has nothing to go on with. */
async function offerOf(services: RunServices, id: string): Promise<Offer | undefined> {
  try {
    const record = await readOrRemove(services, id);
    if (!record) return undefined;
    if (record.policy.kind === 'repository') {
      if (record.wholeRepository && !record.wholeRepository.outcome && !record.ended) {
        return { text: vscode.l10n.t('A run was interrupted. {0}', repositoryRecordText(record)), isRepository: true };
      }
    } else if (canResume(record) && !record.ended) {
      return { text: await interruptedText(record), isRepository: false };
    }
    // Its plans were not yet all written down, so that no DELETE was sent; or it had just come to its end.
    if (record.ready) await endInterrupted(services, id);
    else await services.runs.claims.withRun(id, () => services.runs.journals.remove(id));
  } catch (error) {
    // Another window may be about to do the same; the other runs are offered all the same.
    services.log.warn(`${id}: ${String(error)}`);
  }
  return undefined;
}

/** The journal of a run. Without its first line nothing was announced, and so nothing deleted: it is removed. */
async function readOrRemove({ runs }: RunServices, id: string): Promise<JournalRecord | undefined> {
  try {
    return await runs.journals.read(id);
  } catch (error) {
    if (!(error instanceof JournalError) || error.reason !== 'missing') throw error;
    await runs.claims.withRun(id, () => runs.journals.remove(id));
    return undefined;
  }
}
