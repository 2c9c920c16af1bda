import pLimit from 'p-limit';
import { isHubError } from '../hub/hubError.ts';
import type { IsImmutable } from '../hub/immutableTags.ts';
import type { Admission } from '../hub/pacer.ts';
import type { TagListing } from '../hub/tagListing.ts';
import { makeBatchSliced, type Batch } from '../retention/batch.ts';
import { hasMoved } from '../retention/moved.ts';
import { picking, planPickedSliced, sparing, withoutEmptying, type KeepReason, type Plan, type RepositoryName } from '../retention/plan.ts';
import type { Policy } from '../retention/policy.ts';
import { planByPolicySliced, type PolicyPlanInput, type PolicyRules } from '../retention/policyPlan.ts';
import type { Protection } from '../retention/protect.ts';
import { eachSliced, type Sliced } from '../retention/sliced.ts';
import type { Tag } from '../retention/tag.ts';
import type { Uses } from '../retention/uses.ts';
import { inSlices } from './inSlices.ts';
import { outcomeOf, recordedTags, type JournalRecord, type RecordedPlan, type RecordedTag } from './journalRecord.ts';
import type { Outcome, Stop } from './outcome.ts';
import { recordedPolicy } from './recordedPolicy.ts';
import { lookUpTag } from './lookUpTag.ts';
import type { RunEvent } from './runEvent.ts';
import type { TagRemover } from './tagRemover.ts';

/** What it takes to go on with an interrupted run. */
export interface ResumeParts {
  readonly remover: Pick<TagRemover, 'tag' | 'repository'>;
  /** Reads a repository's whole list. @throws HubError */
  readonly list: (repository: RepositoryName) => Promise<TagListing>;
  readonly admission: Admission;
  /** Which tags of a repository are immutable today; `undefined`: none. @throws HubError */
  readonly immutableTags: (repository: RepositoryName) => Promise<IsImmutable | undefined>;
  /** What of a repository is in use today. */
  readonly usesOf: (repository: RepositoryName) => Uses;
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
const IMMUTABLE: KeepReason = Object.freeze({ kind: 'immutable' });
const UNCONFIRMED: KeepReason = Object.freeze({ kind: 'unconfirmed' });

/**
 * Prepares to go on with a run. Sends no DELETE. Tags whose DELETE may have come through are looked up first; then the lists are read anew
 * and judged again by today's rules. Of the tags that the user confirmed those stay that were pushed again, or that a rule now keeps.
 * Each tag that had not come to its end is in the batch afterwards, or has exactly one outcome.
 * @throws HubError when a tag or a list cannot be read, so that the run cannot go on yet; the signal's reason
 */
export async function prepareResume(record: JournalRecord, parts: ResumeParts): Promise<Resumption> {
  // Its DELETE was for the repository; none for a tag was ever confirmed (invariant 1).
  if (record.policy.kind === 'repository') throw new Error('The deletion of a repository does not go on tag by tag.');
  const settled: RunEvent[] = [];
  const settle = ({ repository, tag }: RecordedTag, outcome: Outcome) => settled.push({ type: 'outcome', repository, tag, outcome });
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

  const judged: Judged[] = [];
  for (const [plan, tags] of open) {
    const { left, isGone } = await sliced(leftOf(tags, found, settle));
    if (left.size === 0) continue;
    const listing = isGone ? undefined : await listed(plan.repository);
    if (listing) {
      const isImmutable = await parts.immutableTags(plan.repository);
      const rules = { policy: recordedPolicy(record, plan), now: plan.asOf, protect: parts.protect, uses: parts.usesOf(plan.repository), isImmutable };
      judged.push(await sliced(judgeAgain(plan, left, listing, rules)));
      continue;
    }
    const stop: Stop = { reason: 'repositoryGone', repository: plan.repository };
    settled.push({ type: 'stopped', stop });
    // Whether it was our DELETE that took a tag, nobody can tell any more.
    await sliced(eachSliced(left.values(), (recorded) => settle(recorded, isUncertain(recorded) ? outcomeOf(recorded, []) : { kind: 'notReached', reason: stop.reason })));
  }
  const plans = judged.map(({ plan }) => plan);
  const batch = await sliced(makeBatchSliced(plans, { maxDeletions: parts.maxDeletions }));
  for (const [index, plan] of batch.plans.entries()) await sliced(settleStaying(plan, judged[index]!, settle));
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
  if (!record.ready) return false;
  for (const recorded of recordedTags(record)) if (isOpen(recorded)) return true;
  return false;
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

type Settle = (recorded: RecordedTag, outcome: Outcome) => void;

/** The tags that did not come to an end of their own, by plan, and those of them whose DELETE may have come through. */
function* openTags({ plans }: JournalRecord): Sliced<{ readonly open: ReadonlyMap<RecordedPlan, readonly RecordedTag[]>; readonly uncertain: readonly RecordedTag[] }> {
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
function* leftOf(open: readonly RecordedTag[], found: ReadonlyMap<RecordedTag, Found>, settle: Settle): Sliced<{ readonly left: ReadonlyMap<string, RecordedTag>; readonly isGone: boolean }> {
  const left = new Map<string, RecordedTag>();
  let isGone = false;
  yield* eachSliced(open, (recorded) => {
    const state = found.get(recorded);
    if (state === 'gone') settle(recorded, { kind: 'removed' });
    // What the user has put back is not deleted again, also where its date does not tell.
    else if (state === 'moved' || (recorded.restored && state !== 'repositoryGone')) settle(recorded, { kind: 'spared' });
    else {
      left.set(recorded.tag.name, recorded);
      isGone ||= state === 'repositoryGone';
    }
  });
  return { left, isGone };
}

/** A repository of which something is left, and as it is today. */
interface Judged {
  readonly plan: Plan;
  readonly left: ReadonlyMap<string, RecordedTag>;
  /** Those of them that are still there, as they are now. */
  readonly there: ReadonlyMap<string, Tag>;
}

/** What the tags of one repository are judged by. */
interface Rules extends Omit<PolicyRules, 'policy' | 'asOf' | 'inDateOrder'> {
  /** Missing for picked tags. */
  readonly policy?: Policy;
}

/** Today's plan for one repository, in which nothing goes but what is left of what was confirmed, and is still the same. */
function* judgeAgain(recorded: RecordedPlan, left: ReadonlyMap<string, RecordedTag>, listing: TagListing, { policy, ...rules }: Rules): Sliced<Judged> {
  const { repository, tags, asOf, inDateOrder } = listing;
  const there = new Map<string, Tag>();
  const same = new Set<string>();
  const picked: Tag[] = [];
  yield* eachSliced(tags, (tag) => {
    const planned = left.get(tag.name)?.tag;
    if (!planned) return;
    there.set(tag.name, tag);
    if (hasMoved(planned, tag)) return;
    same.add(tag.name);
    picked.push(tag);
  });
  const today = policy
    ? yield* judgedToday({ repository, tags, ...rules, policy, asOf, inDateOrder }, recorded.picked)
    : yield* planPickedSliced({ repository, tags: picked, asOf, remaining: tags.length });
  const unconfirmed = new Set<Tag>();
  const guarded = new Map<string, Set<Tag>>();
  const immutable = new Set<Tag>();
  yield* eachSliced(today.going, (tag) => {
    const pattern = rules.protect.protectedBy(tag.name);
    if (!same.has(tag.name)) unconfirmed.add(tag);
    else if (rules.isImmutable?.(tag.name)) immutable.add(tag);
    else if (pattern !== undefined) guarded.set(pattern, (guarded.get(pattern) ?? new Set()).add(tag));
  });
  let plan = yield* sparing(today, unconfirmed, UNCONFIRMED);
  plan = yield* sparing(plan, immutable, IMMUTABLE);
  for (const [pattern, spared] of guarded) plan = yield* sparing(plan, spared, { kind: 'protected', pattern });
  // Last, when it is known what else stays. Going on must not empty a repository that the user did not agree to empty.
  return { plan: recorded.emptiesRepository ? plan : yield* withoutEmptying(plan), left, there };
}

/** What the policy says today, with what the user had picked by hand then. */
function* judgedToday(input: PolicyPlanInput, picked: ReadonlySet<string>): Sliced<Plan> {
  const { plan } = yield* planByPolicySliced(input);
  return yield* picking(plan, picked);
}

/** Settles what was left of a repository and stays by the batch that goes on. */
function* settleStaying({ going, staying }: Plan, { left, there }: Judged, settle: Settle): Sliced<void> {
  if (left.size === going.length) return;
  const goes = new Set<string>();
  yield* eachSliced(going, ({ name }) => goes.add(name));
  const reasons = new Map<string, KeepReason>();
  yield* eachSliced(staying, ({ tag, reason }) => left.has(tag.name) && reasons.set(tag.name, reason));
  yield* eachSliced(left, ([name, recorded]) => {
    if (goes.has(name)) return;
    const now = there.get(name);
    if (!now) settle(recorded, { kind: isUncertain(recorded) ? 'removed' : 'alreadyGone' });
    else if (hasMoved(recorded.tag, now)) settle(recorded, { kind: 'spared' });
    else settle(recorded, { kind: 'spared', reason: reasons.get(name) ?? UNCONFIRMED });
  });
}
