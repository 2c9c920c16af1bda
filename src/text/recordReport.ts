import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import { outcomeOf, recordedTags, type JournalRecord } from '../runs/journal/journalRecord.ts';
import { Tally } from '../runs/outcome/tally.ts';
import type { BatchTag } from '../retention/plan/batch.ts';
import { formatInstant } from '../retention/tags/instant.ts';
import { eachSliced, type Sliced } from '../async/sliced.ts';
import { numberText, repositoriesText, tagsText } from './countText.ts';
import { keepReasonText } from './reasonText.ts';
import { repositoryRecordText } from './repositoryRunText.ts';
import { repositoryText } from './repositoryText.ts';
import { runLines } from './runReport.ts';
import { spanText } from './timeText.ts';

/** How every planned tag of a recorded run stands. */
export function* tallyOf(record: JournalRecord): Sliced<Tally> {
  const tally = new Tally();
  for (const stop of record.stops) tally.add({ type: 'stopped', stop });
  yield* eachSliced(recordedTags(record), (recorded) => {
    tally.add({
      type: 'outcome',
      repository: recorded.repository,
      tag: recorded.tag,
      outcome: outcomeOf(recorded, record.stops),
    });
  });
  return tally;
}

/** "acme/web", or "3 repositories": where a recorded run deletes. */
export function recordPlaceText({ plans }: JournalRecord): string {
  return plans.length === 1 ? repositoryText(plans[0]!.repository) : repositoriesText(plans.length);
}

/** The name of a tag that a recorded run deletes, or was to delete, and that has the image that an attachment is attached to. */
export function subjectIn({ plans }: Pick<JournalRecord, 'plans'>, { repository, tag }: BatchTag): string | undefined {
  const plan = plans.find(
    (each) => each.repository.namespace === repository.namespace && each.repository.name === repository.name,
  );
  return plan?.attached.get(tag.name)?.[0];
}

/**
 * The whole account of a recorded run as lines of text: who, what and when; every tag by name and how it ended; what stayed and why; what was restored.
 * @param tally see `tallyOf`
 */
export function* recordLines(record: JournalRecord, tally: Tally): Generator<string, void> {
  yield* headLines(record);
  if (record.policy.kind === 'repository' && record.plans.length > 0) yield* ['', repositoryRecordText(record)];
  yield '';
  yield* runLines(tally, recordPlaceText(record), (attachment) => subjectIn(record, attachment));
  yield* stayingLines(record);
  yield* restoredLines(record);
}

function headLines(record: JournalRecord): string[] {
  const { account, startedAt, lastAt, ended, left, resumed, waited } = record;
  const span = spanText(lastAt - startedAt);
  const ending = ended ? l10n.t('Ended after {0}', span) : l10n.t('Not ended; last activity after {0}', span);
  return [
    l10n.t(
      'Run of {0} as {1} at {2}',
      formatInstant(startedAt),
      plainText(account.name),
      plainText(account.origins.api),
    ),
    whatText(record),
    left ? l10n.t('Interrupted and dismissed') : ending,
    ...(waited >= 1000 ? [l10n.t('Waited for Docker Hub: {0}', spanText(waited))] : []),
    // A look at a repository is no resuming of a run.
    ...(resumed > 0 && record.policy.kind !== 'repository'
      ? [resumed === 1 ? l10n.t('Resumed once') : l10n.t('Resumed {0} times', numberText(resumed))]
      : []),
  ];
}

/** What the user said may go. */
function whatText({ policy, plans }: JournalRecord): string {
  switch (policy.kind) {
    case 'picked':
      return l10n.t('Tags selected by hand');
    case 'repository':
      return l10n.t('The entire repository, with all its tags');
    case 'policies':
      return l10n.t('Tags that no policy keeps');
    case 'olderThan': {
      const cutoff = plans.find((plan) => plan.cutoff !== undefined)?.cutoff;
      return cutoff === undefined
        ? l10n.t('Tags older than {0}', plainText(policy.age))
        : l10n.t('Tags last pushed before {0} ({1})', formatInstant(cutoff), plainText(policy.age));
    }
  }
}

function* stayingLines({ plans }: JournalRecord): Generator<string, void> {
  for (const { repository, staying, kept } of plans) {
    if (staying === 0) continue;
    yield* ['', l10n.t('Kept in {0} by the plan: {1}', repositoryText(repository), tagsText(staying))];
    for (const { reason, count, names } of kept) {
      yield* ['', l10n.t('{0} {1}', numberText(count), keepReasonText(reason))];
      for (const name of names) yield `  ${plainText(name)}`;
      if (names.length < count) yield `  ${l10n.t('and {0} more', numberText(count - names.length))}`;
    }
  }
}

function* restoredLines(record: JournalRecord): Generator<string, void> {
  let any = false;
  for (const { repository, tag, restored } of recordedTags(record)) {
    if (!restored) continue;
    if (!any) yield* ['', l10n.t('Restored since:')];
    any = true;
    yield `  ${repositoryText(repository)}:${plainText(tag.name)}`;
  }
}
