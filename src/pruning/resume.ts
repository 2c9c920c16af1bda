import pLimit from 'p-limit';
import { isHubError } from '../hub/hubError.ts';
import type { Admission } from '../hub/pacer.ts';
import type { TagListing } from '../hub/tagListing.ts';
import { makeBatch, type Batch } from '../retention/batch.ts';
import { hasMoved } from '../retention/moved.ts';
import { planByAge, planPicked, sparing, withoutEmptying, type KeepReason, type Plan, type RepositoryName } from '../retention/plan.ts';
import type { Protection } from '../retention/protect.ts';
import type { Tag } from '../retention/tag.ts';
import { outcomeOf, recordedTags, type JournalRecord, type RecordedPlan, type RecordedTag } from './journalRecord.ts';
import type { Outcome, Stop } from './outcome.ts';
import { lookUpTag } from './lookUpTag.ts';
import type { RunEvent } from './runEvent.ts';
import type { TagRemover } from './tagRemover.ts';

/** What it takes to go on with an interrupted run. */
export interface ResumeParts {
  readonly remover: Pick<TagRemover, 'tag' | 'repository'>;
  /** Reads a repository's whole list. @throws HubError */
  readonly list: (repository: RepositoryName) => Promise<TagListing>;
  readonly admission: Admission;
  /** What protects tags today. */
  readonly protect: Protection;
  /** The most tags that a batch deletes today; 0: no cap. */
  readonly maxDeletions: number;
}

/** A confirmation is good for so long (ms). */
const confirmedFor = 60 * 60_000;

/** What a look-up says of a tag that may have been deleted. */
type Found = 'gone' | 'moved' | 'same' | 'repositoryGone';

/** What is left of a run, and what became of the rest of it. */
export interface Resumption {
  /** What is still to be deleted: never more than the user confirmed. */
  readonly batch: Batch;
  /**
   * What was learned since the interruption: an outcome for each tag that is not to be deleted any more, and a stop for a repository that is gone.
   * Taken down in the journal behind its `resume`.
   */
  readonly settled: readonly RunEvent[];
}

const lookUps = 4;
const UNCONFIRMED: KeepReason = Object.freeze({ kind: 'unconfirmed' });

/**
 * Prepares to go on with a run. Sends no DELETE. Tags whose DELETE may have come through are looked up first; then the lists are read anew
 * and judged again by today's rules. Of the tags that the user confirmed those stay that were pushed again, or that a rule now keeps.
 * Each tag that had not come to its end is in the batch afterwards, or has exactly one outcome.
 * @throws HubError when a tag or a list cannot be read, so that the run cannot go on yet; the signal's reason
 */
export async function prepareResume(record: JournalRecord, parts: ResumeParts): Promise<Resumption> {
  const settled: RunEvent[] = [];
  const settle = ({ repository, tag }: RecordedTag, outcome: Outcome) => settled.push({ type: 'outcome', repository, tag, outcome });

  const open = new Map(record.plans.map((plan) => [plan, [...plan.tags.values()].filter(isOpen)]));
  const limit = pLimit(lookUps);
  const found = new Map<RecordedTag, Found>();
  try {
    await limit.map([...open.values()].flat().filter(isUncertain), async (recorded) => found.set(recorded, await lookUp(recorded, parts)));
  } finally {
    // After a failure nothing more is asked.
    limit.clearQueue();
  }

  const judged: { readonly plan: Plan; readonly listed: ReadonlyMap<string, Tag>; readonly left: ReadonlyMap<string, RecordedTag> }[] = [];
  for (const [plan, tags] of open) {
    const left = new Map<string, RecordedTag>();
    for (const recorded of tags) {
      const state = found.get(recorded);
      if (state === 'gone') settle(recorded, { kind: 'removed' });
      // What the user has put back is not deleted again, also where its date does not tell.
      else if (state === 'moved' || (recorded.restored && state !== 'repositoryGone')) settle(recorded, { kind: 'spared' });
      else left.set(recorded.tag.name, recorded);
    }
    if (left.size === 0) continue;
    const listing = [...left.values()].some((recorded) => found.get(recorded) === 'repositoryGone') ? undefined : await listed(plan.repository);
    if (listing) {
      judged.push({ plan: judge(plan, left, listing, parts.protect), listed: new Map(listing.tags.map((tag) => [tag.name, tag])), left });
      continue;
    }
    const stop: Stop = { reason: 'repositoryGone', repository: plan.repository };
    settled.push({ type: 'stopped', stop });
    // Whether it was our DELETE that took a tag, nobody can tell any more.
    for (const recorded of left.values()) settle(recorded, isUncertain(recorded) ? outcomeOf(recorded, []) : { kind: 'notReached', reason: stop.reason });
  }
  const batch = makeBatch(
    judged.map(({ plan }) => plan),
    { maxDeletions: parts.maxDeletions },
  );
  for (const [index, { going, staying }] of batch.plans.entries()) {
    const goes = new Set(going.map(({ name }) => name));
    const reasons = new Map(staying.map(({ tag, reason }) => [tag.name, reason]));
    const { listed, left } = judged[index]!;
    for (const [name, recorded] of left) {
      if (goes.has(name)) continue;
      const now = listed.get(name);
      if (!now) settle(recorded, { kind: isUncertain(recorded) ? 'removed' : 'alreadyGone' });
      else if (hasMoved(recorded.tag, now)) settle(recorded, { kind: 'spared' });
      else settle(recorded, { kind: 'spared', reason: reasons.get(name) ?? UNCONFIRMED });
    }
  }
  return { batch, settled };

  async function listed(repository: RepositoryName): Promise<TagListing | undefined> {
    try {
      return await parts.list(repository);
    } catch (error) {
      if (isHubError(error, 'notFound')) return undefined;
      throw error;
    }
  }
}

/** Whether a run has tags that did not come to an end of their own, so that there is something to go on with. */
export function canResume(record: JournalRecord): boolean {
  return record.ready && [...recordedTags(record)].some(isOpen);
}

/**
 * Whether what the user confirmed still counts at the instant `now` (ms since the epoch): for an hour, and not once the user has cancelled the
 * run or let it be. A confirmation in the future proves nothing, since the clock was set back.
 */
export function isConfirmed({ confirmedAt, left, stops }: Pick<JournalRecord, 'confirmedAt' | 'left' | 'stops'>, now: number): boolean {
  return confirmedAt <= now && now - confirmedAt <= confirmedFor && !left && !stops.some(({ reason }) => reason === 'cancelled');
}

/** Whether a tag did not come to an end of its own. */
export function isOpen({ outcome }: RecordedTag): boolean {
  return !outcome || outcome.kind === 'uncertain' || outcome.kind === 'notReached';
}

function isUncertain({ intended, outcome }: RecordedTag): boolean {
  return outcome ? outcome.kind === 'uncertain' : intended;
}

async function lookUp({ repository, tag }: RecordedTag, { remover, admission }: ResumeParts): Promise<Found> {
  const found = await lookUpTag(remover, repository, tag.name, admission);
  return typeof found === 'string' ? found : hasMoved(tag, found) ? 'moved' : 'same';
}

/** Today's plan for one repository, in which nothing goes but what is left of what was confirmed, and is still the same. */
function judge(recorded: RecordedPlan, left: ReadonlyMap<string, RecordedTag>, listing: TagListing, protect: Protection): Plan {
  const { repository, tags, asOf, inDateOrder } = listing;
  const isSame = (tag: Tag) => {
    const planned = left.get(tag.name)?.tag;
    return planned !== undefined && !hasMoved(planned, tag);
  };
  const { cutoff } = recorded;
  const today =
    cutoff === undefined
      ? planPicked({ repository, tags: tags.filter(isSame), asOf, remaining: tags.length })
      : planByAge({ repository, tags, cutoff, asOf, protect, inDateOrder });
  const confirmed = sparing(today, new Set(today.going.filter((tag) => !isSame(tag))), UNCONFIRMED);
  const guarded = [...new Set(confirmed.going.flatMap((tag) => protect.protectedBy(tag.name) ?? []))].reduce(
    (plan, pattern) => sparing(plan, new Set(plan.going.filter((tag) => protect.protectedBy(tag.name) === pattern)), { kind: 'protected', pattern }),
    confirmed,
  );
  // Last, when it is known what else stays. Going on must not empty a repository that the user did not agree to empty.
  return recorded.emptiesRepository ? guarded : withoutEmptying(guarded);
}
