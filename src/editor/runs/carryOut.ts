import * as vscode from 'vscode';
import { tagsText } from '../../text/countText.ts';
import { batchPlaceText } from '../../text/planText.ts';
import { outcomeText, stopText } from '../../text/reasonText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { runLines, runSummary } from '../../text/runReport.ts';
import { runWithProgress } from './runProgress.ts';
import { SettingError } from '../../text/settingError.ts';
import { readKeepRuns } from '../settings/settings.ts';
import { StorageError } from '../../runs/storageError.ts';
import type { Account } from '../../hub/wire/account.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { inSlices } from '../../async/inSlices.ts';
import { Journal, type RunHead } from '../../runs/journal/journal.ts';
import { newRunId, type OpenJournal } from '../../runs/journal/journalFolder.ts';
import type { RunPolicy } from '../../runs/journal/journalLine.ts';
import type { RunEvent } from '../../runs/outcome/runEvent.ts';
import { Tally } from '../../runs/outcome/tally.ts';
import type { Batch } from '../../retention/plan/batch.ts';
import { eachSliced } from '../../async/sliced.ts';
import type { StillDeletable } from '../../retention/recheck/stillDeletable.ts';
import type { RunServices } from './runServices.ts';
import { withLateProgress } from '../ui/withLateProgress.ts';

/** A run that a person confirmed. */
export interface ConfirmedRun {
  readonly account: Account;
  readonly batch: Batch;
  readonly policy: RunPolicy;
  /** See `RunHead`. */
  readonly sourceOf?: RunHead['sourceOf'];
  /**
   * Checks what was confirmed once nobody else works on the repositories, right before the run begins; gives what of the batch may still be deleted.
   * @throws what must keep the run from beginning
   */
  readonly check: () => Promise<StillDeletable>;
}

/**
 * Carries out a batch that the user confirmed, with a journal of its own, as far as a last check leaves it; refreshes the tree, and accounts for every
 * planned tag (invariants 1 and 6).
 */
export async function carryOut(
  services: RunServices,
  { account, batch, policy, sourceOf, check }: ConfirmedRun,
): Promise<void> {
  const { runs, connections } = services;
  const { clock } = connections;
  const repositories = batch.plans.filter(({ going }) => going.length > 0).map(({ repository }) => repository);
  const id = newRunId(clock.now());
  const place = batchPlaceText(batch);
  const tally = await runs.withRepositories(
    account,
    repositories,
    async (lost) => {
      const { batch: checked, moved } = await check();
      // All that was confirmed is taken down, so that what was pushed again meanwhile is accounted for as well.
      const { file, journal } = await beginJournal(
        services,
        { id, account, policy, ...(sourceOf && { sourceOf }) },
        batch,
      );
      const settled = moved.map(({ repository, tag, reason }): RunEvent => ({
        type: 'outcome',
        repository,
        tag,
        outcome: { kind: 'spared', ...(reason && { reason }) },
      }));
      await takeDown(journal, file, settled);
      return conduct(services, { id, account, batch: checked, journal, file, lost, place, settled });
    },
    id,
  );
  void tellSummary(services, id, tally, place);
}

/** Takes down how tags ended before a run begins. @throws StorageError when the journal cannot be written */
async function takeDown(journal: Journal, file: OpenJournal, settled: readonly RunEvent[]): Promise<void> {
  try {
    await journal.noteAll(settled);
  } catch (error) {
    await file.close(false).catch(() => undefined);
    throw new StorageError(error);
  }
}

/** Begins the journal of a run. @throws StorageError when it cannot be written, so that the run must not begin; an AbortError when the user leaves it */
export async function beginJournal(
  services: RunServices,
  head: RunHead,
  batch: Batch,
): Promise<{ readonly file: OpenJournal; readonly journal: Journal }> {
  let file: OpenJournal | undefined;
  let cancelled: AbortSignal | undefined;
  try {
    await services.runs.journals.trim(readKeepRuns() - 1);
    file = await services.runs.journals.create(head.id);
    const journal = new Journal(file, services.connections.clock);
    await withLateProgress(
      vscode.l10n.t('Writing down what is going to be deleted in {0}', batchPlaceText(batch)),
      (signal) => {
        cancelled = signal;
        return journal.begin(head, batch, signal);
      },
    );
    return { file, journal };
  } catch (error) {
    await file?.discard().catch(() => undefined);
    cancelled?.throwIfAborted();
    throw error instanceof SettingError ? error : new StorageError(error);
  }
}

/** A run whose journal is begun and whose repositories are claimed. */
export interface ConductedRun {
  readonly id: string;
  readonly account: Account;
  readonly batch: Batch;
  readonly journal: Journal;
  readonly file: OpenJournal;
  /** Aborted when another process has taken the claims away. */
  readonly lost: AbortSignal;
  /** "acme/web": what it is about. */
  readonly place: string;
  /** How tags of the run ended before that, which the summary accounts for too; none of them is in the batch. */
  readonly settled?: Iterable<RunEvent>;
}

/** Conducts a run to its end and refreshes the tree. @returns what became of every planned tag */
export async function conduct(
  services: RunServices,
  { id, account, batch, journal, file, lost, place, settled = [] }: ConductedRun,
): Promise<Tally> {
  const { runs, connections } = services;
  let tally = new Tally();
  let ended = false;
  try {
    const carriedOut = () =>
      runs.track({ id, account, place }, (signal) =>
        runWithProgress({
          batch,
          remover: connections.client(account),
          clock: connections.clock,
          journal,
          signal: AbortSignal.any([signal, lost]),
          onEvent: (event) => logEvent(services, event),
        }),
      );
    if (batch.total > 0) tally = await carriedOut();
    await inSlices(eachSliced(settled, (event) => tally.add(event)));
    // The journal of a run that was taken over is another window's.
    if (!lost.aborted) {
      await orLog(services, async () => {
        await journal.end(tally.counts);
        ended = true;
      });
    }
  } finally {
    await orLog(services, () => file.close(ended));
  }
  for (const { repository } of batch.plans) {
    const node = services.model.findRepository(account, repository);
    if (node) services.model.refresh(node);
  }
  return tally;
}

/** Where the end of a run cannot be written down, its journal stays that of an interrupted one; the summary says what it came to all the same. */
export async function orLog({ log }: RunServices, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    log.error(`The end of the run could not be written down: ${String(error)}`);
  }
}

/** What a run did stands in the log, tag by tag; of tags that were not reached there may be 200,000 at once, of which the summary has the count. */
function logEvent({ log }: RunServices, event: RunEvent): void {
  switch (event.type) {
    case 'repository':
      log.info(`${repositoryText(event.repository)}: ${tagsText(event.planned)} to delete`);
      return;
    case 'waiting':
      log.info(`waiting until ${new Date(event.wait.until).toISOString()} (${event.wait.why})`);
      return;
    case 'outcome':
      if (event.outcome.kind === 'notReached') return;
      log.info(`${repositoryText(event.repository)}:${plainText(event.tag.name)} ${outcomeText(event.outcome)}`);
      return;
    case 'stopped':
      log.warn(stopText([event.stop]));
  }
}

/** Tells how a run ended, once it is over in every way and others may do something with it. */
export async function tellSummary(services: RunServices, id: string, tally: Tally, place: string): Promise<void> {
  const [details, restore] = [vscode.l10n.t('Show Details'), vscode.l10n.t('Restore…')];
  const summary = runSummary(tally, place);
  services.log.info(summary);
  const tell = tally.clean ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const picked = await tell(summary, details, ...(tally.removed.length > 0 ? [restore] : []));
  if (picked === restore) await vscode.commands.executeCommand('dockerHubPruner.restoreTags', { id });
  // What the journal could not take is known here only.
  if (picked === details && tally.stops.some(({ reason }) => reason === 'storage')) {
    await services.documents.show(vscode.l10n.t('Run report.txt'), runLines(tally, place));
  } else if (picked === details) {
    await vscode.commands.executeCommand('dockerHubPruner.showRun', { id });
  }
}
