import * as vscode from 'vscode';
import { abortSignal } from '../host/abortSignal.ts';
import { calmReporter } from '../host/calmReporter.ts';
import { tagsText } from '../host/countText.ts';
import { referenceFacts } from '../host/referenceFacts.ts';
import { recordPlaceText, tallyOf } from '../host/recordReport.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { isResumable } from '../host/runEntry.ts';
import { runSummary } from '../host/runReport.ts';
import { readMaxDeletions, readProtection } from '../host/settings.ts';
import { StorageError } from '../host/storageError.ts';
import { timeText } from '../host/timeText.ts';
import type { Account } from '../hub/account.ts';
import type { Wait } from '../hub/pacer.ts';
import { listTags } from '../hub/tagListing.ts';
import { inSlices } from '../pruning/inSlices.ts';
import { Journal } from '../pruning/journal.ts';
import { recordedTags, type JournalRecord } from '../pruning/journalRecord.ts';
import { canResume, isConfirmed, isOpen, prepareResume, type Resumption } from '../pruning/resume.ts';
import type { RunEvent } from '../pruning/runEvent.ts';
import type { Tally } from '../pruning/tally.ts';
import { formatInstant } from '../retention/instant.ts';
import type { Keeping } from '../retention/newlyKept.ts';
import type { RepositoryName } from '../retention/plan.ts';
import { conduct, tellSummary } from './carryOut.ts';
import { confirmBatch } from './confirmBatch.ts';
import { lookUpRepositoryRun } from './lookUpRepositoryRun.ts';
import { pickRun } from './pickRun.ts';
import { keepingNow, refuseNewlyKept } from './refuseNewlyKept.ts';
import { runAccount } from './runAccount.ts';
import type { Services } from './services.ts';

/**
 * `Resume Interrupted Run…`: reads the lists again, judges again by today's rules, and deletes what is left of what was confirmed. Only the
 * account that began a run can go on with it, at the same servers. Where the confirmation does not count any more (see `isConfirmed`), the user
 * is asked again, with the new count.
 */
export async function resumeRun(services: Services, argument?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const entry = await pickRun(services, argument, t('Resume Interrupted Run'), isResumable, t('There is no run to go on with.'));
  if (!entry) return;
  const record = await services.runs.journals.read(entry.id);
  const account = await runAccount(services, record);
  if (!account) return;
  if (record.policy.kind === 'repository') return lookUpRepositoryRun(services, account, record);
  // Settings that are wrong are told before anything else.
  const limits = { protect: readProtection(), maxDeletions: readMaxDeletions() };
  const repositories = record.plans.map(({ repository }) => repository);
  const place = recordPlaceText(record);
  const tally = await services.runs.withRepositories(
    account,
    repositories,
    async (lost) => {
      // Another window may have gone on with it meanwhile.
      const now = await services.runs.journals.read(entry.id);
      if (!canResume(now)) throw new Error(t('There is nothing left of this run to go on with.'));
      const { resumption, keeping } = await prepare(services, account, now, limits);
      const { batch } = resumption;
      await refuseNewlyKept(services, batch, keeping);
      const asks = batch.total > 0 && !isConfirmed(now, services.connections.clock.now());
      if (asks && !(await confirmBatch(batch, [...askingFacts(now, resumption), ...referenceFacts(services.references.unsure(repositories))]))) return undefined;
      if (asks) await refuseNewlyKept(services, batch, keeping);
      // Who holds the claim writes the journal, and this window does not any more.
      if (lost.aborted) throw new Error(t('Another window has taken this run while this one stood still. Look at the view Runs, then try again.'));
      return goOn(services, { account, record: now, resumption, confirmed: asks, lost });
    },
    entry.id,
  );
  if (tally) void tellSummary(services, entry.id, tally, place);
}

function prepare(services: Services, account: Account, record: JournalRecord, limits: Pick<Parameters<typeof prepareResume>[1], 'protect' | 'maxDeletions'>): Thenable<{ readonly resumption: Resumption; readonly keeping: Keeping }> {
  const { t } = vscode.l10n;
  const { references } = services;
  const client = services.connections.client(account);
  const title = t('Going on in {0}: reading what is there now', recordPlaceText(record));
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
    using cancel = abortSignal(token);
    let message = '';
    using reporter = calmReporter(progress, () => message);
    const tell = (text: string) => {
      message = text;
      reporter.tell();
    };
    const onWait = (wait: Wait) => tell(t('waiting until {0}', timeText(wait.until)));
    const admission = { lane: 'background', signal: cancel.signal, onWait } as const;
    const list = (repository: Parameters<typeof listTags>[1]) => listTags(client, repository, admission, (read) => tell(`${repositoryText(repository)}: ${tagsText(read)}`));
    await references.ready(cancel.signal);
    const keeping = keepingNow(services, record.plans.map(({ repository }) => repository), limits.protect);
    const immutableTags = (repository: RepositoryName) => client.immutableTags(repository, admission);
    return { keeping, resumption: await prepareResume(record, { remover: client, list, immutableTags, admission, ...limits, ...keeping }) };
  });
}

function askingFacts(record: JournalRecord, { batch, settled }: Resumption): string[] {
  const { t } = vscode.l10n;
  const kept = settled.filter((event) => event.type === 'outcome' && event.outcome.kind === 'spared').length;
  return [
    t('This is what is left of a run of {0}. Confirmed for it then: {1}.', formatInstant(record.startedAt), tagsText(record.planned)),
    ...(kept > 0 ? [t('Stay after all, pushed again since or kept by the rules of today: {0}.', tagsText(kept))] : []),
    ...(batch.plans.some(({ emptiesRepository }) => emptiesRepository) ? [t('A repository loses its last tag by it, as was agreed then.')] : []),
  ];
}

interface GoingOn {
  readonly account: Account;
  readonly record: JournalRecord;
  readonly resumption: Resumption;
  /** Whether the user was asked anew. */
  readonly confirmed: boolean;
  readonly lost: AbortSignal;
}

async function goOn(services: Services, { account, record, resumption, confirmed, lost }: GoingOn): Promise<Tally> {
  const { runs, connections } = services;
  const { id } = record;
  const { batch, settled } = resumption;
  let file;
  let journal: Journal;
  try {
    file = await runs.journals.reopen(id);
    journal = new Journal(file, connections.clock);
    await journal.resume(batch.total, confirmed);
    await journal.noteAll(settled);
  } catch (error) {
    await file?.close(false).catch(() => undefined);
    throw new StorageError(error);
  }
  return conduct(services, { id, account, batch, journal, file, lost, place: recordPlaceText(record), settled: endings(record, settled) });
}

/** How tags of a run ended before it went on: those of its journal, and those that were settled now. */
function* endings(record: JournalRecord, settled: Iterable<RunEvent>): Generator<RunEvent, void> {
  for (const recorded of recordedTags(record)) {
    const { repository, tag, outcome } = recorded;
    if (outcome && !isOpen(recorded)) yield { type: 'outcome', repository, tag, outcome };
  }
  yield* settled;
}

/** What became of a run so far, in a sentence or two. */
export async function interruptedText(record: JournalRecord): Promise<string> {
  return vscode.l10n.t('A run was interrupted. {0}', runSummary(await inSlices(tallyOf(record)), recordPlaceText(record)));
}
