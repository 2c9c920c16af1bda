import pLimit from 'p-limit';
import { HubError, isHubError } from '../hub/wire/hubError.ts';
import type { DeletionRules } from '../hub/deletionRules.ts';
import type { Admission } from '../hub/pacing/pacer.ts';
import type { TagListing } from '../hub/listing/tagListing.ts';
import { makeBatchSliced, underCap, type Batch } from '../retention/plan/batch.ts';
import { hasMoved } from '../retention/tags/moved.ts';
import type { KeepReason, Plan } from '../retention/plan/plan.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import type { Policy } from '../retention/policy/policy.ts';
import type { Protection } from '../retention/policy/protect.ts';
import { eachSliced, type Sliced } from '../async/sliced.ts';
import type { Tag } from '../retention/tags/tag.ts';
import { tagKind } from '../retention/tags/tagKind.ts';
import type { Uses } from '../retention/plan/uses.ts';
import { toFailure } from './outcome/toFailure.ts';
import { inSlices } from '../async/inSlices.ts';
import {
  outcomeOf,
  recordedTags,
  type JournalRecord,
  type RecordedPlan,
  type RecordedTag,
} from './journal/journalRecord.ts';
import { judgeAgain } from './judgeAgain.ts';
import { lookUpAbsent, type Absence } from './lookUpAbsent.ts';
import { lookUpTag } from './run/lookUpTag.ts';
import type { Outcome, Stop } from './outcome/outcome.ts';
import { recordedPolicy } from './journal/recordedPolicy.ts';
import type { RunEvent } from './outcome/runEvent.ts';
import type { TagRemover } from './run/tagRemover.ts';

/** What it takes to resume a run. */
export interface ResumeParts {
  readonly remover: Pick<TagRemover, 'tag' | 'repository'>;
  /** Reads a repository's whole list. @throws HubError */
  readonly list: (repository: RepositoryName) => Promise<TagListing>;
  readonly admission: Admission;
  /** Which tags of a repository are immutable today, and what it stores. @throws HubError */
  readonly deletionRules: (repository: RepositoryName) => Promise<DeletionRules>;
  /** What of a repository is in use today. */
  readonly usesOf: (repository: RepositoryName) => Uses;
  /**
   * The policies that hold today for a repository of a run by policies; not asked for any other run. A tag is kept that any of them keeps. Repositories
   * of one policy get the same object, which caps count by.
   */
  readonly policiesOf: (plan: RecordedPlan) => readonly Policy[];
  /** What protects tags today. */
  readonly protect: Protection;
  /** The most tags that a batch deletes today; 0: no cap. */
  readonly maxDeletions: number;
}

/** What a look-up says of a tag that may have been deleted. */
type Found = 'gone' | 'moved' | 'same' | 'repositoryGone';

/** What is left of a run, and what became of the rest of it. */
export interface Resumption {
  /** What is still to be deleted: never more than the user confirmed. */
  readonly batch: Batch;
  /**
   * What was learned since the run stopped: an outcome for each tag that is not to be deleted any more, and a stop for a repository that is gone.
   * Taken down in the journal behind its `resume`.
   */
  readonly settled: readonly RunEvent[];
}

/** How a tag ended that is not to be deleted any more. */
export type SettledTag = Extract<RunEvent, { readonly type: 'outcome' }>;

/** What is left of a resumption once the user has confirmed it. */
export interface ConfirmedResumption extends Resumption {
  /** Tags that were to be deleted when the user was asked and are not any more, for another reason than a push since. While there are any, the run must not start. */
  readonly changed: readonly SettledTag[];
}

const lookUps = 4;
const UNCONFIRMED: KeepReason = Object.freeze({ kind: 'unconfirmed' });

/**
 * Prepares to resume a run. Sends no DELETE. Tags whose DELETE may have come through are looked up first; then the lists are read anew, what they
 * lack is looked up as well, and everything is judged again (see `judgeAgain`). Each tag that had not come to its end is in the batch afterwards, or has
 * exactly one outcome.
 * @throws HubError when a tag or a list cannot be read, or a list lacks a tag that is there (`incomplete`), so that the run cannot be resumed yet; the
 * signal's reason
 */
export async function prepareResume(record: JournalRecord, parts: ResumeParts): Promise<Resumption> {
  // Its DELETE was for the repository; none for a tag was ever confirmed (invariant 1).
  if (record.policy.kind === 'repository') throw new Error('The deletion of a repository does not go on tag by tag.');
  const settled: RunEvent[] = [];
  const settle: Settle = ({ repository, tag }, outcome) => settled.push({ type: 'outcome', repository, tag, outcome });
  const sliced = <T>(work: Sliced<T>) => inSlices(work, parts.admission.signal);

  const { open, uncertain } = await sliced(openTags(record));
  const limit = pLimit(lookUps);
  const found = new Map<RecordedTag, Found>();
  try {
    await limit.map(uncertain, async (recorded) => found.set(recorded, await lookUp(recorded, parts)));
  } finally {
    // After a failure nothing more is asked.
    limit.clearQueue();
  }

  const rest: Rest[] = [];
  for (const [plan, tags] of open) {
    const { left, isGone } = await sliced(leftOf(tags, found, settle));
    if (left.size > 0) rest.push({ plan, left, isGone });
  }
  const batch = await judgeRest(record, rest, settled, parts);
  return { batch, settled };
}

/**
 * Looks again, right before a run is resumed, at what the user has just confirmed: people leave dialogs open. Sends no DELETE. What is left is never
 * more than was asked about, and tells what is less.
 * @param asked what the user was asked about
 * @throws as `prepareResume`
 */
export async function checkConfirmed(
  record: JournalRecord,
  asked: Resumption,
  parts: ResumeParts,
): Promise<ConfirmedResumption> {
  const settled = [...asked.settled];
  const plans = new Map(record.plans.map((plan) => [keyOf(plan.repository), plan]));
  const rest: Rest[] = [];
  for (const { repository, going } of asked.batch.plans) {
    const plan = plans.get(keyOf(repository))!;
    const left = new Map<string, RecordedTag>();
    await inSlices(
      eachSliced(going, ({ name }) => left.set(name, plan.tags.get(name)!)),
      parts.admission.signal,
    );
    if (left.size > 0) rest.push({ plan, left, isGone: false });
  }
  const batch = await judgeRest(record, rest, settled, parts);
  // What is attached to the image of a tag that was pushed again, or pushed now, is kept with it.
  const isPush = ({ outcome }: SettledTag) =>
    outcome.kind === 'spared' && (!outcome.reason || outcome.reason.kind === 'attachedTo');
  const changed = settled
    .slice(asked.settled.length)
    .filter((event) => event.type === 'outcome')
    .filter((event) => !isPush(event));
  return { batch, settled, changed };
}

/** Whether a run has tags that did not come to an end of their own, so that there is something to resume. */
export function canResume(record: JournalRecord): boolean {
  if (!record.ready) return false;
  for (const recorded of recordedTags(record)) if (isOpen(recorded)) return true;
  return false;
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
  if (typeof found === 'string') return found;
  return hasMoved(tag, found) ? 'moved' : 'same';
}

type Settle = (recorded: RecordedTag, outcome: Outcome) => void;

/** The tags that did not come to an end of their own, by plan, and those of them whose DELETE may have come through. */
function* openTags({ plans }: JournalRecord): Sliced<{
  readonly open: ReadonlyMap<RecordedPlan, readonly RecordedTag[]>;
  readonly uncertain: readonly RecordedTag[];
}> {
  const open = new Map<RecordedPlan, RecordedTag[]>();
  const uncertain: RecordedTag[] = [];
  for (const plan of plans) {
    const tags: RecordedTag[] = [];
    open.set(plan, tags);
    yield* eachSliced(plan.tags.values(), (recorded) => {
      if (!isOpen(recorded)) return;
      tags.push(recorded);
      if (isUncertain(recorded)) uncertain.push(recorded);
    });
  }
  return { open, uncertain };
}

/** Those of the open tags of a plan, by name, that no look-up has settled, and whether one has found that the repository is gone. */
function* leftOf(
  open: readonly RecordedTag[],
  found: ReadonlyMap<RecordedTag, Found>,
  settle: Settle,
): Sliced<Pick<Rest, 'left' | 'isGone'>> {
  const left = new Map<string, RecordedTag>();
  let isGone = false;
  yield* eachSliced(open, (recorded) => {
    const state = found.get(recorded);
    if (state === 'gone') {
      settle(recorded, { kind: 'removed' });
    }
    // What the user has put back is not deleted again, also where its date does not tell.
    else if (state === 'moved' || (recorded.restored && state !== 'repositoryGone')) {
      settle(recorded, { kind: 'spared' });
    } else {
      left.set(recorded.tag.name, recorded);
      isGone ||= state === 'repositoryGone';
    }
  });
  return { left, isGone };
}

/** What is left of a plan, by name. */
interface Rest {
  readonly plan: RecordedPlan;
  readonly left: ReadonlyMap<string, RecordedTag>;
  /** Whether the repository is known to be gone. */
  readonly isGone: boolean;
}

/** A repository of which something is left, and as it is today. */
interface Judged {
  readonly plan: Plan;
  readonly policies: readonly Policy[];
  readonly left: ReadonlyMap<string, RecordedTag>;
  /** Those of them that are in the list, as they are now. */
  readonly there: ReadonlyMap<string, Tag>;
}

/** Reads and judges what is left of each repository, under today's caps. @param settled gets what is not to be deleted any more */
async function judgeRest(
  record: JournalRecord,
  rest: readonly Rest[],
  settled: RunEvent[],
  parts: ResumeParts,
): Promise<Batch> {
  const settle: Settle = ({ repository, tag }, outcome) => settled.push({ type: 'outcome', repository, tag, outcome });
  const sliced = <T>(work: Sliced<T>) => inSlices(work, parts.admission.signal);
  const judged: Judged[] = [];
  for (const { plan, left, isGone } of rest) {
    const there = isGone ? 'repositoryGone' : await judgeRepository(plan, left);
    if (there !== 'repositoryGone') {
      judged.push(there);
      continue;
    }
    const stop: Stop = { reason: 'repositoryGone', repository: plan.repository };
    settled.push({ type: 'stopped', stop });
    // Whether it was our DELETE that took a tag, nobody can tell any more.
    await sliced(
      eachSliced(left.values(), (recorded) =>
        settle(recorded, isUncertain(recorded) ? outcomeOf(recorded, []) : { kind: 'notReached', reason: stop.reason }),
      ),
    );
  }
  const plans = judged.map(({ plan }) => plan);
  for (const policy of new Set(judged.flatMap(({ policies }) => policies))) {
    const places = judged.flatMap(({ policies }, place) => (policies.includes(policy) ? [place] : []));
    const capped = await sliced(
      underCap(
        places.map((place) => plans[place]!),
        policy.maxDeletions,
      ),
    );
    for (const [at, place] of places.entries()) plans[place] = capped[at]!;
  }
  const batch = await sliced(makeBatchSliced(plans, { maxDeletions: parts.maxDeletions }));
  for (const [index, plan] of batch.plans.entries()) await sliced(settleKept(plan, judged[index]!, settle));
  return batch;

  async function judgeRepository(
    plan: RecordedPlan,
    left: ReadonlyMap<string, RecordedTag>,
  ): Promise<Judged | 'repositoryGone'> {
    const listing = await listed(plan.repository);
    if (!listing) return 'repositoryGone';
    const there = new Map<string, Tag>();
    await sliced(eachSliced(listing.tags, (tag) => left.has(tag.name) && there.set(tag.name, tag)));
    const absent: RecordedTag[] = [];
    await sliced(eachSliced(left.values(), (recorded) => there.has(recorded.tag.name) || absent.push(recorded)));
    const absences = await lookUpAbsent(
      listing,
      absent.map(({ tag }) => tag),
      parts.remover,
      parts.admission,
    );
    if (absences === 'repositoryGone') return absences;
    await sliced(
      eachSliced(absent, (recorded) => settle(recorded, outcomeOfAbsent(recorded, absences.get(recorded.tag.name)!))),
    );
    const ofRepository = await parts.deletionRules(plan.repository);
    const policies = record.policy.kind === 'policies' ? parts.policiesOf(plan) : [];
    const rules = {
      recorded: recordedPolicy(record, plan),
      today: policies,
      protect: parts.protect,
      uses: parts.usesOf(plan.repository),
      ...ofRepository,
      removed: await sliced(countRemoved(plan, settled)),
    };
    return { plan: await sliced(judgeAgain(plan, left, listing, rules)), policies, left, there };
  }

  async function listed(repository: RepositoryName): Promise<TagListing | undefined> {
    try {
      return await parts.list(repository);
    } catch (error) {
      if (isHubError(error, 'notFound')) return undefined;
      throw error;
    }
  }
}

function outcomeOfAbsent(recorded: RecordedTag, absence: Absence): Outcome {
  if (absence === 'moved') return { kind: 'spared' };
  if (absence instanceof HubError) return { kind: 'failed', failure: toFailure(absence) };
  // Without an intent it was not us.
  return { kind: isUncertain(recorded) ? 'removed' : 'alreadyGone' };
}

/** How many tags of images of a plan the run has deleted that were not put back. */
function* countRemoved({ repository, tags }: RecordedPlan, settled: readonly RunEvent[]): Sliced<number> {
  let count = 0;
  const isImage = (tag: Tag): boolean => tagKind(tag) === 'image';
  yield* eachSliced(
    tags.values(),
    ({ tag, outcome, restored }) => outcome?.kind === 'removed' && !restored && isImage(tag) && count++,
  );
  const key = keyOf(repository);
  yield* eachSliced(
    settled,
    (event) =>
      event.type === 'outcome' &&
      event.outcome.kind === 'removed' &&
      keyOf(event.repository) === key &&
      isImage(event.tag) &&
      count++,
  );
  return count;
}

/** Settles what is there of a repository and is kept by the batch. */
function* settleKept({ going, staying }: Plan, { left, there }: Judged, settle: Settle): Sliced<void> {
  if (there.size === going.length) return;
  const goes = new Set<string>();
  yield* eachSliced(going, ({ name }) => goes.add(name));
  const reasons = new Map<string, KeepReason>();
  yield* eachSliced(staying, ({ tag, reason }) => there.has(tag.name) && reasons.set(tag.name, reason));
  yield* eachSliced(there, ([name, now]) => {
    if (goes.has(name)) return;
    const recorded = left.get(name)!;
    settle(
      recorded,
      hasMoved(recorded.tag, now) ? { kind: 'spared' } : { kind: 'spared', reason: reasons.get(name) ?? UNCONFIRMED },
    );
  });
}

// A journal may be a foreign one, whose names hold slashes.
function keyOf({ namespace, name }: RepositoryName): string {
  return JSON.stringify([namespace, name]);
}
