import * as vscode from 'vscode';
import { calmReporter } from '../ui/calmReporter.ts';
import { numberText, tagsText } from '../../text/countText.ts';
import { policiesToday, type PoliciesToday } from '../../text/policiesToday.ts';
import { referenceFacts } from '../../text/referenceFacts.ts';
import { recordPlaceText, tallyOf } from '../../text/recordReport.ts';
import { outcomeText } from '../../text/reasonText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { resumeFacts, resumeRules } from '../../text/resumeFacts.ts';
import { isResumable } from '../../prune/runEntry.ts';
import { runSummary } from '../../text/runReport.ts';
import { readMaxDeletions, readProtection } from '../settings/settings.ts';
import { StorageError } from '../../runs/storageError.ts';
import { timeText } from '../../text/timeText.ts';
import type { Account } from '../../hub/wire/account.ts';
import type { Admission, Wait } from '../../hub/pacing/pacer.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { listTags, type TagListing } from '../../hub/listing/tagListing.ts';
import { inSlices } from '../../async/inSlices.ts';
import { Journal } from '../../runs/journal/journal.ts';
import { recordedTags, type JournalRecord } from '../../runs/journal/journalRecord.ts';
import {
  canResume,
  checkConfirmed,
  isOpen,
  prepareResume,
  type ConfirmedResumption,
  type ResumeParts,
  type Resumption,
} from '../../runs/resume.ts';
import type { RunEvent } from '../../runs/outcome/runEvent.ts';
import type { Tally } from '../../runs/outcome/tally.ts';
import { fullName, type RepositoryName } from '../../retention/tags/repositoryName.ts';
import { conduct, tellSummary } from './carryOut.ts';
import { confirmBatch } from '../dialogs/confirmBatch.ts';
import { lookUpRepositoryRun } from './lookUpRepositoryRun.ts';
import { pickRun } from './pickRun.ts';
import { runAccount } from './runAccount.ts';
import type { RunServices } from './runServices.ts';
import { withLateProgress } from '../ui/withLateProgress.ts';
import { withProgress } from '../ui/withProgress.ts';

/**
 * `Resume Interrupted Run…`: reads the lists again, judges again by the rules of the run and by those of today, and deletes what is left of what was
 * confirmed. Only the account that began a run can resume it, at the same servers. It always asks, once, with what is left (invariant 1); what changed
 * while the question stood is found, and then nothing is deleted. Where nothing is left, it says so and asks nothing.
 */
export async function resumeRun(services: RunServices, argument?: unknown): Promise<void> {
  const entry = await pickRun(
    services,
    argument,
    vscode.l10n.t('Resume Interrupted Run'),
    isResumable,
    vscode.l10n.t('There is no run to go on with.'),
  );
  if (!entry) return;
  const record = await services.runs.journals.read(entry.id);
  const account = await runAccount(services, record);
  if (!account) return;
  if (record.policy.kind === 'repository') return lookUpRepositoryRun(services, account, record);
  const place = recordPlaceText(record);
  const tally = await services.runs.withRepositories(
    account,
    record.plans.map(({ repository }) => repository),
    async (lost) => {
      // Another window may have resumed it meanwhile.
      const now = await services.runs.journals.read(entry.id);
      if (!canResume(now)) throw new Error(vscode.l10n.t('There is nothing left of this run to go on with.'));
      const resumption = await askedResumption(services, account, now);
      if (!resumption) return undefined;
      // Who holds the claim writes the journal, and this window does not any more.
      if (lost.aborted) {
        throw new Error(
          vscode.l10n.t(
            'Another window has taken this run while this one stood still. Look at the view Runs, then try again.',
          ),
        );
      }
      return goOn(services, { account, record: now, resumption, lost });
    },
    entry.id,
  );
  if (tally) void tellSummary(services, entry.id, tally, place);
}

/**
 * What is left of a run, once the user has agreed to it; where that is nothing, says so.
 * @returns `undefined` when the user did not agree
 * @throws Error when something changed while the user was asked; HubError; SettingError
 */
async function askedResumption(
  services: RunServices,
  account: Account,
  record: JournalRecord,
): Promise<Resumption | undefined> {
  const lists = new Map<string, TagListing>();
  const asked = await reading(
    services,
    account,
    record,
    lists,
    vscode.l10n.t('Going on in {0}: reading what is there now', recordPlaceText(record)),
    (parts) => prepareResume(record, parts),
  );
  const { batch } = asked.resumption;
  if (batch.total === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing is left to delete in {0}.', recordPlaceText(record)),
    );
    return asked.resumption;
  }
  const repositories = record.plans.map(({ repository }) => repository);
  const facts = [
    ...resumeFacts(record, asked.resumption, asked.today),
    ...referenceFacts(await services.references.unsure(repositories)),
  ];
  if (!(await confirmBatch(batch, facts))) return undefined;
  const title = vscode.l10n.t('Looking once more at what is there in {0}', recordPlaceText(record));
  const now = await reading(
    services,
    account,
    record,
    lists,
    title,
    (parts) => checkConfirmed(record, asked.resumption, parts),
    withLateProgress,
  );
  refuseChanged(record, asked.today, now.today, now.resumption);
  return now.resumption;
}

/** @throws Error that says what changed since the user was asked */
function refuseChanged(
  record: JournalRecord,
  then: PoliciesToday,
  now: PoliciesToday,
  { changed }: ConfirmedResumption,
): void {
  const [first] = changed;
  if (first) {
    const name = `${repositoryText(first.repository)}:${plainText(first.tag.name)}`;
    const what = outcomeText(first.outcome);
    throw new Error(
      changed.length === 1
        ? vscode.l10n.t(
            'While you were asked, {0} changed: {1}. Nothing was deleted; resume the run again to see what is left.',
            name,
            what,
          )
        : vscode.l10n.t(
            'While you were asked, {0} and {1} more changed: {2}. Nothing was deleted; resume the run again to see what is left.',
            name,
            numberText(changed.length - 1),
            what,
          ),
    );
  }
  const [before, after] = [then, now].map((today) => [...today.doubts, ...resumeRules(record, today)]) as [
    string[],
    string[],
  ];
  const news = after.find((line) => !before.includes(line)) ?? before.find((line) => !after.includes(line));
  if (news === undefined) return;
  throw new Error(
    after.includes(news)
      ? vscode.l10n.t(
          'While you were asked, the rules changed. Now: {0} Nothing was deleted; resume the run again to see what is left.',
          news,
        )
      : vscode.l10n.t(
          'While you were asked, the rules changed. No longer: {0} Nothing was deleted; resume the run again to see what is left.',
          news,
        ),
  );
}

/**
 * Does what needs the server and all that holds today, under a notification.
 * @param lists what was read before, which is used again where the server shows that nothing changed; gets what is read now
 */
function reading<T>(
  services: RunServices,
  account: Account,
  record: JournalRecord,
  lists: Map<string, TagListing>,
  title: string,
  work: (parts: ResumeParts) => Promise<T>,
  show = withProgress,
): Promise<{ readonly resumption: T; readonly today: PoliciesToday }> {
  const { references } = services;
  const client = services.connections.client(account);
  return show(title, async (signal, progress) => {
    let message = '';
    using reporter = calmReporter(progress, () => message);
    const tell = (text: string) => {
      message = text;
      reporter.tell();
    };
    const onWait = (wait: Wait) => tell(vscode.l10n.t('waiting until {0}', timeText(wait.until)));
    const admission: Admission = { lane: 'background', signal, onWait };
    const list = async (repository: RepositoryName) => {
      const key = fullName(repository);
      const listing = await listTags(
        client,
        repository,
        admission,
        (read) => tell(`${repositoryText(repository)}: ${tagsText(read)}`),
        { known: lists.get(key), believesEmpty: true },
      );
      lists.set(key, listing);
      return listing;
    };
    // Settings that are wrong are told before anything is read. A file that was saved a moment ago is looked into first.
    const limits = { protect: readProtection(), maxDeletions: readMaxDeletions() };
    const [sources] = await Promise.all([
      services.policies.current(),
      references.ready(
        signal,
        record.plans.map(({ repository }) => repository.namespace),
      ),
    ]);
    const today = policiesToday(record, sources);
    const parts: ResumeParts = {
      remover: client,
      list,
      deletionRules: (repository) => client.deletionRules(repository, admission),
      usesOf: (repository) => references.usesOf(repository),
      policiesOf: (plan) => today.policiesOf(plan).map(({ policy }) => policy),
      admission,
      ...limits,
    };
    return { resumption: await work(parts), today };
  });
}

interface GoingOn {
  readonly account: Account;
  readonly record: JournalRecord;
  /** Confirmed by the user, where anything is to be deleted. */
  readonly resumption: Resumption;
  readonly lost: AbortSignal;
}

async function goOn(services: RunServices, { account, record, resumption, lost }: GoingOn): Promise<Tally> {
  const { runs, connections } = services;
  const { id } = record;
  const { batch, settled } = resumption;
  let file;
  let journal: Journal;
  try {
    file = await runs.journals.reopen(id);
    journal = new Journal(file, connections.clock);
    await journal.resume(batch.total, batch.total > 0);
    await journal.noteAll(settled);
  } catch (error) {
    await file?.close(false).catch(() => undefined);
    throw new StorageError(error);
  }
  return conduct(services, {
    id,
    account,
    batch,
    journal,
    file,
    lost,
    place: recordPlaceText(record),
    settled: endings(record, settled),
  });
}

/** How tags of a run ended before it was resumed: those of its journal, and those that were settled now. */
function* endings(record: JournalRecord, settled: Iterable<RunEvent>): Generator<RunEvent, void> {
  for (const recorded of recordedTags(record)) {
    const { repository, tag, outcome } = recorded;
    if (outcome && !isOpen(recorded)) yield { type: 'outcome', repository, tag, outcome };
  }
  yield* settled;
}

/** What became of a run so far that came to no end, in a sentence or two. */
export async function interruptedText(record: JournalRecord): Promise<string> {
  const summary = runSummary(await inSlices(tallyOf(record)), recordPlaceText(record));
  return record.stops.some(({ reason }) => reason === 'cancelled')
    ? vscode.l10n.t('A run was cancelled, and its window closed before every answer had come. {0}', summary)
    : vscode.l10n.t('A run was interrupted. {0}', summary);
}
