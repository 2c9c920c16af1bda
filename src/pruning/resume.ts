import pLimit from 'p-limit';
import { isHubError } from '../hub/hubError.ts';
import type { Admission } from '../hub/pacer.ts';
import type { TagListing } from '../hub/tagListing.ts';
import { makeBatch, type Batch } from '../retention/batch.ts';
import { hasMoved } from '../retention/moved.ts';
import { planByAge, planPicked, sparing, withoutEmptying, type KeepReason, type Plan, type RepositoryName } from '../retention/plan.ts';
import type { Protection } from '../retention/protect.ts';
import type { Tag } from '../retention/tag.ts';
import { recordedTags, type JournalRecord, type RecordedPlan, type RecordedTag } from './journalRecord.ts';
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

/** What is left of a run, and what became of the rest of it. */
export interface Resumption {
  /** What is still to be deleted: never more than the user confirmed. */
  readonly batch: Batch;
  /** What was learned since the interruption: an outcome for each tag that is not to be deleted any more, and a stop for a repository that is gone. */
  readonly settled: readonly RunEvent[];
}

const lookUps = 4;
const UNCONFIRMED: KeepReason = Object.freeze({ kind: 'unconfirmed' });

/**
 * Prepares to go on with a run. Sends no DELETE. Tags whose DELETE may have come through are looked up first; then the lists are read anew
 * and judged again by today's rules. Of the tags that the user confirmed those stay that were pushed again, or that a rule now keeps.
 * @throws HubError when a tag or a list cannot be read, so that the run cannot go on yet; the signal's reason
 */
export async function prepareResume(record: JournalRecord, parts: ResumeParts): Promise<Resumption> {
  const settled: RunEvent[] = [];
  const settle = (repository: RepositoryName, tag: Tag, outcome: Extract<RunEvent, { type: 'outcome' }>['outcome']) => settled.push({ type: 'outcome', repository, tag, outcome });

  const limit = pLimit(lookUps);
  const open = [...recordedTags(record)].filter(isOpen);
  const found = new Map<RecordedTag, 'gone' | 'moved' | 'same'>();
  await limit.map(open.filter(isUncertain), async (recorded) => found.set(recorded, await lookUp(recorded, parts)));
  const left = new Map<RecordedPlan, Map<string, RecordedTag>>();
  for (const plan of record.plans) left.set(plan, new Map());
  for (const recorded of open) {
    const { repository, tag } = recorded;
    const state = found.get(recorded);
    if (state === 'gone') settle(repository, tag, { kind: 'removed' });
    else if (state === 'moved') settle(repository, tag, { kind: 'spared' });
    else left.get(record.plans.find((plan) => plan.tags.get(tag.name) === recorded)!)!.set(tag.name, recorded);
  }

  const judged: { readonly plan: Plan; readonly listed: ReadonlyMap<string, Tag>; readonly left: ReadonlyMap<string, RecordedTag> }[] = [];
  for (const [plan, tags] of left) {
    if (tags.size === 0) continue;
    const listing = await listed(plan.repository);
    if (listing) judged.push({ plan: judge(plan, tags, listing, parts.protect), listed: new Map(listing.tags.map((tag) => [tag.name, tag])), left: tags });
    else settled.push({ type: 'stopped', stop: { reason: 'repositoryGone', repository: plan.repository } });
  }
  const batch = makeBatch(
    judged.map(({ plan }) => plan),
    { maxDeletions: parts.maxDeletions },
  );
  for (const [index, { repository, going, staying }] of batch.plans.entries()) {
    const goes = new Set(going.map(({ name }) => name));
    const reasons = new Map(staying.map(({ tag, reason }) => [tag.name, reason]));
    const { listed, left } = judged[index]!;
    for (const { tag, intended } of left.values()) {
      if (goes.has(tag.name)) continue;
      const now = listed.get(tag.name);
      if (!now) settle(repository, tag, { kind: intended ? 'removed' : 'alreadyGone' });
      else if (hasMoved(tag, now)) settle(repository, tag, { kind: 'spared' });
      else settle(repository, tag, { kind: 'spared', reason: reasons.get(tag.name) ?? UNCONFIRMED });
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

/** Whether a tag did not come to an end of its own. */
export function isOpen({ outcome }: RecordedTag): boolean {
  return !outcome || outcome.kind === 'uncertain' || outcome.kind === 'notReached';
}

function isUncertain({ intended, outcome }: RecordedTag): boolean {
  return outcome ? outcome.kind === 'uncertain' : intended;
}

/** @throws HubError `notFound` when the repository is gone, which says nothing about the tag */
async function lookUp({ repository, tag }: RecordedTag, { remover, admission }: ResumeParts): Promise<'gone' | 'moved' | 'same'> {
  try {
    return hasMoved(tag, await remover.tag(repository, tag.name, admission)) ? 'moved' : 'same';
  } catch (error) {
    if (!isHubError(error, 'notFound')) throw error;
  }
  await remover.repository(repository, admission);
  return 'gone';
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
  // Going on must not empty a repository that the user did not agree to empty.
  const kept = recorded.emptiesRepository ? today : withoutEmptying(today);
  const confirmed = sparing(kept, new Set(kept.going.filter((tag) => !isSame(tag))), UNCONFIRMED);
  const guarded = confirmed.going.flatMap((tag) => protect.protectedBy(tag.name) ?? []);
  return [...new Set(guarded)].reduce(
    (plan, pattern) => sparing(plan, new Set(plan.going.filter((tag) => protect.protectedBy(tag.name) === pattern)), { kind: 'protected', pattern }),
    confirmed,
  );
}
