import * as vscode from 'vscode';
import type { Wait } from '../../hub/pacing/pacer.ts';
import type { Account } from '../../hub/wire/account.ts';
import { isHubError } from '../../hub/wire/hubError.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { absentRepositories, executeRestore, repositoriesOf } from '../../prune/restoreRun.ts';
import { isRestorable } from '../../prune/runEntry.ts';
import type { BatchTag } from '../../retention/plan/batch.ts';
import type { JournalRecord } from '../../runs/journal/journalRecord.ts';
import { lookBeforeRestore, type Restorable, type RestoreEvent } from '../../runs/restore.ts';
import { numberText, tagsAndAttachmentsText } from '../../text/countText.ts';
import { errorText } from '../../text/errorText.ts';
import { repositoryNamesText } from '../../text/placeText.ts';
import { recordPlaceText } from '../../text/recordReport.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { countAttachments, restoreLines, restoreOutcomeText, restoreSummary } from '../../text/restoreReport.ts';
import { timeText } from '../../text/timeText.ts';
import { abortSignal } from '../ui/abortSignal.ts';
import { throttledProgress } from '../ui/throttledProgress.ts';
import { confirmRestore } from './confirmRestore.ts';
import { pickDeletedTags } from './pickDeletedTags.ts';
import { pickRun } from './pickRun.ts';
import { runAccount } from './runAccount.ts';
import { refreshRows } from './runPorts.ts';
import type { RunServices } from './runServices.ts';

/**
 * `Restore Deleted Tags…`: puts tags that a run deleted back under their names, where the registry still stores what they pointed to. Says
 * beforehand which can be restored, asks before a name is taken from another image, and says afterwards which were.
 */
export async function restoreTags(services: RunServices, argument?: unknown): Promise<void> {
  const entry = await pickRun(
    services,
    argument,
    vscode.l10n.t('Restore Deleted Tags'),
    isRestorable,
    vscode.l10n.t('No ended run has deleted tags.'),
  );
  if (!entry) return;
  const record = await services.runs.journals.read(entry.id);
  const account = await runAccount(services, record);
  if (!account) return;
  const chosen = await pickDeletedTags(record);
  if (!chosen || chosen.length === 0) return;
  const place = recordPlaceText(record);
  const found = await lookOrSay(services, account, place, chosen);
  const confirmed = await confirmRestore({
    account,
    found,
    place,
    absent: await absentRepositories(
      services.connections.client(account),
      found.filter(({ state }) => state.kind === 'ready'),
    ),
    pullsLeft: services.connections.registry(account).pullsLeft,
  });
  if (!confirmed) return;
  // The journal records those that are back already, too, so that no run that is resumed deletes them again.
  const wanted = [...found.filter(({ state }) => state.kind === 'there'), ...confirmed];
  if (wanted.length === 0) return;
  const repositories = repositoriesOf(record, wanted);
  const events: RestoreEvent[] = [];
  try {
    await services.runs.claims.withRepositories(
      account,
      repositories,
      (lost) => restore(services, { account, record, tags: wanted, lost, onEvent: (event) => events.push(event) }),
      record.id,
    );
  } finally {
    refreshRows(services, account, { plans: repositories.map((repository) => ({ repository })) });
    // Also of what was restored before something went wrong, which the error reports.
    if (confirmed.length > 0 && events.length > 0) void showRestored(services, events, found, place);
  }
}

function look(
  services: RunServices,
  account: Account,
  place: string,
  tags: readonly BatchTag[],
): Thenable<Restorable[]> {
  const title = vscode.l10n.t('Checking what can be restored in {0}', place);
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      using cancel = abortSignal(token);
      let message = '';
      using reporter = throttledProgress(progress, () => message);
      const tell = (text: string) => {
        message = text;
        reporter.report();
      };
      return await lookBeforeRestore(tags, {
        restorer: services.connections.registry(account),
        admission: { lane: 'background', signal: cancel.signal, onWait: (wait) => tell(waitText(wait)) },
        onLook: (done) => tell(vscode.l10n.t('{0} of {1}', numberText(done), numberText(tags.length))),
      });
    },
  );
}

/** As `look`; where the registry refuses what is about a repository that is gone, says that. */
async function lookOrSay(
  services: RunServices,
  account: Account,
  place: string,
  tags: readonly BatchTag[],
): Promise<Restorable[]> {
  try {
    return await look(services, account, place, tags);
  } catch (error) {
    const absent = isHubError(error, 'forbidden', 'notFound')
      ? await absentRepositories(services.connections.client(account), tags)
      : [];
    if (absent.length === 0) throw error;
    throw new Error(
      vscode.l10n.t(
        "{0} no longer exists, and {1} doesn't have permission to read what was in it or to create it. {2}",
        repositoryNamesText(absent),
        plainText(account.name),
        errorText(error).message,
      ),
      { cause: error },
    );
  }
}

interface Restoring {
  readonly account: Account;
  readonly record: JournalRecord;
  readonly tags: readonly Restorable[];
  /** Aborted when another process has taken the claims away. */
  readonly lost: AbortSignal;
  readonly onEvent: (event: RestoreEvent) => void;
}

/** Restores under a progress notification, see `executeRestore`. */
function restore(services: RunServices, { account, record, tags, lost, onEvent }: Restoring): Promise<void> {
  const { runs, connections, log } = services;
  const place = recordPlaceText(record);
  const title = vscode.l10n.t(
    'Restoring {0} in {1}',
    tagsAndAttachmentsText(tags.length, countAttachments(tags)),
    place,
  );
  return executeRestore(record, tags, lost, {
    journals: runs.journals,
    clock: connections.clock,
    restorer: connections.registry(account),
    whileRestoring: (execute) =>
      runs.track({ id: record.id, account, place }, (outer) =>
        vscode.window.withProgress(
          { location: vscode.ProgressLocation.Notification, title, cancellable: true },
          async (progress, token) => {
            using cancel = abortSignal(token);
            let done = 0;
            await execute({
              admission: {
                lane: 'background',
                signal: AbortSignal.any([cancel.signal, outer]),
                onWait: (wait) => progress.report({ message: waitText(wait) }),
              },
              onEvent(event) {
                onEvent(event);
                const name = `${repositoryText(event.repository)}:${plainText(event.tag.name)}`;
                log.info(`${name} ${restoreOutcomeText(event)}`);
                progress.report({
                  increment: 100 / tags.length,
                  message: vscode.l10n.t('{0} of {1}', numberText(++done), numberText(tags.length)),
                });
              },
            });
          },
        ),
      ),
  });
}

function waitText({ until }: Wait): string {
  return vscode.l10n.t('waiting until {0}', timeText(until));
}

async function showRestored(
  services: RunServices,
  events: readonly RestoreEvent[],
  found: readonly Restorable[],
  place: string,
): Promise<void> {
  const summary = restoreSummary(events, found, place);
  services.log.info(summary);
  const isComplete = events.filter(({ outcome }) => outcome.kind === 'restored').length === found.length;
  const show = isComplete ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const details = vscode.l10n.t('Show Details');
  if ((await show(summary, details)) === details) {
    await services.documents.show(vscode.l10n.t('Restore report.txt'), restoreLines(events, found, summary));
  }
}
