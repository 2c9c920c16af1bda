import * as vscode from 'vscode';
import { inSlices } from '../../async/inSlices.ts';
import type { TagListing } from '../../hub/listing/tagListing.ts';
import type { Account } from '../../hub/wire/account.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import type { PoliciesOfRun } from '../../prune/policiesOfRun.ts';
import { executeResumption, judgeRunAgain, type RejudgedRun } from '../../prune/resumeRun.ts';
import { isResumable } from '../../prune/runEntry.ts';
import type { JournalRecord } from '../../runs/journal/journalRecord.ts';
import {
  canResume,
  checkConfirmed,
  prepareResume,
  type ConfirmedResumption,
  type ResumeParts,
  type Resumption,
} from '../../runs/resume.ts';
import { numberText, tagsText } from '../../text/countText.ts';
import { policyDoubtText } from '../../text/policyDoubtText.ts';
import { outcomeText } from '../../text/reasonText.ts';
import { recordPlaceText, tallyOf } from '../../text/recordReport.ts';
import { referenceFacts } from '../../text/referenceFacts.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { resumeFacts, resumeRules } from '../../text/resumeFacts.ts';
import { runSummary } from '../../text/runReport.ts';
import { timeText } from '../../text/timeText.ts';
import { confirmBatch } from '../dialogs/confirmBatch.ts';
import { readLimits } from '../settings/settings.ts';
import { throttledProgress } from '../ui/throttledProgress.ts';
import { withDelayedProgress } from '../ui/withDelayedProgress.ts';
import { withProgress } from '../ui/withProgress.ts';
import { lookUpRepositoryRun } from './lookUpRepositoryRun.ts';
import { pickRun } from './pickRun.ts';
import { runAccount } from './runAccount.ts';
import { refreshRows, runPorts } from './runPorts.ts';
import type { RunServices } from './runServices.ts';
import { showSummary } from './showSummary.ts';

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
    vscode.l10n.t('There is no run to resume.'),
  );
  if (!entry) return;
  const record = await services.runs.journals.read(entry.id);
  const account = await runAccount(services, record);
  if (!account) return;
  if (record.policy.kind === 'repository') return lookUpRepositoryRun(services, account, record);
  const place = recordPlaceText(record);
  const tally = await services.runs.claims.withRepositories(
    account,
    record.plans.map(({ repository }) => repository),
    async (lost) => {
      // Another window may have resumed it meanwhile.
      const now = await services.runs.journals.read(entry.id);
      if (!canResume(now)) throw new Error(vscode.l10n.t('Nothing is left of this run to resume.'));
      const resumption = await askedResumption(services, account, now);
      if (!resumption) return undefined;
      // Who holds the claim writes the journal, and this window does not any more.
      if (lost.aborted) {
        throw new Error(
          vscode.l10n.t(
            'Another window took over this run while this one was suspended. Check the Runs view, then try again.',
          ),
        );
      }
      const { whileRunning, ...ports } = runPorts(services, account, place);
      return executeResumption(
        { record: now, resumption, lost },
        { ...ports, whileRunning: (...run) => whileRunning(entry.id, ...run) },
      );
    },
    entry.id,
  );
  if (!tally) return;
  refreshRows(services, account, record);
  void showSummary(services, entry.id, tally, place);
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
  const title = vscode.l10n.t('Resuming {0}: reading tags', recordPlaceText(record));
  const asked = await judgeAgain(services, account, record, lists, { title }, (parts) => prepareResume(record, parts));
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
  const again = vscode.l10n.t('Checking {0} once more', recordPlaceText(record));
  const now = await judgeAgain(services, account, record, lists, { title: again, show: withDelayedProgress }, (parts) =>
    checkConfirmed(record, asked.resumption, parts),
  );
  refuseChanged(record, asked.today, now.today, now.resumption);
  return now.resumption;
}

/** @throws Error that says what changed since the user was asked */
function refuseChanged(
  record: JournalRecord,
  then: PoliciesOfRun,
  now: PoliciesOfRun,
  { changed }: ConfirmedResumption,
): void {
  const [first] = changed;
  if (first) {
    const name = `${repositoryText(first.repository)}:${plainText(first.tag.name)}`;
    const what = outcomeText(first.outcome);
    throw new Error(
      changed.length === 1
        ? vscode.l10n.t(
            "{0} changed in the meantime: {1}. Nothing was deleted. Resume the run again to see what's left.",
            name,
            what,
          )
        : vscode.l10n.t(
            "{0} and {1} more changed in the meantime: {2}. Nothing was deleted. Resume the run again to see what's left.",
            name,
            numberText(changed.length - 1),
            what,
          ),
    );
  }
  const rulesOf = (today: PoliciesOfRun) => [...today.doubts.map(policyDoubtText), ...resumeRules(record, today)];
  const [before, after] = [rulesOf(then), rulesOf(now)];
  const news = after.find((line) => !before.includes(line)) ?? before.find((line) => !after.includes(line));
  if (news === undefined) return;
  throw new Error(
    after.includes(news)
      ? vscode.l10n.t(
          "The rules changed in the meantime. Now: {0} Nothing was deleted. Resume the run again to see what's left.",
          news,
        )
      : vscode.l10n.t(
          "The rules changed in the meantime. No longer: {0} Nothing was deleted. Resume the run again to see what's left.",
          news,
        ),
  );
}

/**
 * Does what needs the server and everything that applies today, under a notification.
 * @param lists what was read before, see `judgeRunAgain`
 */
function judgeAgain<T>(
  services: RunServices,
  account: Account,
  record: JournalRecord,
  lists: Map<string, TagListing>,
  { title, show = withProgress }: { readonly title: string; readonly show?: typeof withProgress },
  judge: (parts: ResumeParts) => Promise<T>,
): Promise<RejudgedRun<T>> {
  return show(title, async (signal, progress) => {
    let message = '';
    using reporter = throttledProgress(progress, () => message);
    const tell = (text: string) => {
      message = text;
      reporter.report();
    };
    return judgeRunAgain(record, lists, judge, {
      client: services.connections.client(account),
      uses: services.references,
      readLimits,
      readPolicies: () => services.policies.current(),
      admission: {
        lane: 'background',
        signal,
        onWait: ({ until }) => tell(vscode.l10n.t('waiting until {0}', timeText(until))),
      },
      onTags: (repository, read) => tell(`${repositoryText(repository)}: ${tagsText(read)}`),
    });
  });
}

/** What became of a run so far that came to no end, in a sentence or two. */
export async function interruptedText(record: JournalRecord): Promise<string> {
  const summary = runSummary(await inSlices(tallyOf(record)), recordPlaceText(record));
  return record.stops.some(({ reason }) => reason === 'cancelled')
    ? vscode.l10n.t('A run was canceled, and its window closed before every answer arrived. {0}', summary)
    : vscode.l10n.t('A run was interrupted. {0}', summary);
}
