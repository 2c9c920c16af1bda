import type { Batch, BatchTag } from '../plan/batch.ts';
import { type Reason, reasonRank } from './draftOrder.ts';
import type { DraftPicks, Pick } from './draftPicks.ts';
import { type DraftTable, eachVerdict } from './draftTable.ts';
import { countReasons, type GoingSize, goingSize, type ReasonCount } from './draftTotals.ts';
import { pickedPlan } from './pickedPlan.ts';
import type { KeepReason, Plan, Verdict } from '../plan/plan.ts';
import type { RepositoryName } from '../tags/repositoryName.ts';
import type { Policy } from '../policy/policy.ts';
import { makePolicyBatch } from '../plan/policyBatch.ts';
import { exceedsShare, judge, type Judgement, type PlanWarning } from '../plan/policyPlan.ts';
import type { Protection } from '../policy/protect.ts';
import { mapSliced } from '../../async/mapSliced.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';
import type { Tag } from '../tags/tag.ts';

/** What the verdicts of a draft depend on beside its tags, its policy and its picks. */
export interface DraftRules {
  /** What the settings protect (invariant 12). */
  readonly protect: Protection;
  /** The setting's cap: most tags that the batch deletes; 0: no cap. */
  readonly maxDeletions: number;
  /** The *now* that ages count from, milliseconds since the epoch (invariant 2). */
  readonly now: number;
}

/** One tag as it is shown. */
export interface DraftRow {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly verdict: 'keep' | 'delete';
  /** The one reason of the verdict. */
  readonly reason: Reason;
  /** What the user decided about it; missing where the rule decides. A tag that was picked for deletion may stay: over the cap. */
  readonly byHand?: Pick;
  /** All reasons, that of the verdict first; then the rule's to keep it, strongest first, also where a pick goes before them. */
  readonly reasons: () => readonly Reason[];
}

/** A draft in numbers. */
export interface DraftTotals extends GoingSize {
  readonly all: number;
  readonly going: number;
  readonly staying: number;
  /** Of all, of those that go and of those that stay, how many are attachments. */
  readonly attachments: { readonly all: number; readonly going: number };
  /** The first to go and the last, see `Batch`; missing when nothing goes. */
  readonly oldest?: BatchTag;
  readonly newest?: BatchTag;
  /** How many tags each kind of reason decides, the most frequent first. */
  readonly reasons: readonly ReasonCount[];
  /** How many of the tags that go were picked by hand. */
  readonly pickedToDelete: number;
  /** How many of the tags that stay were kept by hand. */
  readonly pickedToKeep: number;
  /** Repositories of whose tags a larger share would go than the policy allows, before caps: while there is one, the batch must not run. */
  readonly overShare: readonly RepositoryName[];
}

/** What picks for deletion go before: how many of these tags have a reason of this kind to stay, and one of the reasons. */
export interface OverriddenReason {
  readonly kind: KeepReason['kind'];
  readonly count: number;
  readonly example: KeepReason;
}

/** A warning about one repository's list. */
export interface DraftWarning {
  readonly repository: RepositoryName;
  readonly warning: PlanWarning;
}

/** A draft at one instant: later changes make a new one and leave this one as it is. */
export interface SettledDraft extends DraftRules {
  /** Rises with each change of verdicts. */
  readonly revision: number;
  readonly policy: Policy;
  /** What runs when the user confirms it (invariant 1): the verdicts of all rows, caps included. */
  readonly batch: Batch;
  readonly totals: DraftTotals;
  readonly warnings: readonly DraftWarning[];
  /** Every tag, whatever is shown: repository by repository, newest first. */
  allRows(): Generator<DraftRow, void>;
  /** What the hand-picked deletions of the batch go before, each tag counted for each of its reasons, the most frequent first. */
  overridden(): Sliced<readonly OverriddenReason[]>;
}

/** What a rule says of every repository. */
export interface Judged extends DraftRules {
  readonly table: DraftTable;
  readonly policy: Policy;
  readonly judgements: readonly Judgement[];
  /** By row: what the rule says of it. */
  readonly ruled: readonly Verdict[];
}

/** The verdicts by row, picks and caps included. */
export interface Decided {
  readonly judged: Judged;
  readonly picks: DraftPicks;
  readonly goes: Uint8Array;
  readonly reasons: readonly Reason[];
  readonly settled: SettledDraft;
}

/** Judges every repository of a table by one policy. */
export function* judgeAll(table: DraftTable, rules: DraftRules & { readonly policy: Policy }): Sliced<Judged> {
  const { policy, now, protect } = rules;
  const ruled = new Array<Verdict>(table.tags.length);
  const judgements = yield* mapSliced(table.sources, function* (source): Sliced<Judgement> {
    const { prepared, asOf, uses, isImmutable, inDateOrder, storageSize } = source;
    const judgement = yield* judge(prepared, {
      policy,
      now,
      asOf,
      protect,
      uses,
      isImmutable,
      inDateOrder,
      storageSize,
    });
    yield* eachVerdict(table, source, judgement.plan, (row, verdict) => (ruled[row] = verdict));
    return judgement;
  });
  return { ...rules, table, judgements, ruled };
}

/** Lets picks go before what the rule says, under the caps. @param revision of the result; picks must not change later */
export function* decide(judged: Judged, picks: DraftPicks, revision: number): Sliced<Decided> {
  const { table, policy, judgements, ruled, protect, maxDeletions, now } = judged;
  const plans: readonly Plan[] = yield* mapSliced(judgements, ({ plan }, index) =>
    pickedPlan(plan, { table, source: table.sources[index]!, ruled, picks, keepAliases: policy.keepAliases }),
  );
  const batch = yield* makePolicyBatch(
    plans.map((plan) => ({ plan, policy })),
    { maxDeletions },
  );
  const goes = new Uint8Array(table.tags.length);
  const reasons = new Array<Reason>(table.tags.length);
  let [pickedToDelete, pickedToKeep] = [0, 0];
  yield* mapSliced(batch.plans, (plan, index) =>
    eachVerdict(table, table.sources[index]!, plan, (row, { verdict, reason }) => {
      if (verdict === 'delete') goes[row] = 1;
      reasons[row] = reason;
      if (reason.kind === 'picked') pickedToDelete++;
      if (reason.kind === 'byHand') pickedToKeep++;
    }),
  );
  const { oldest, newest, total } = batch;
  const all = table.tags.length;
  const totals: DraftTotals = Object.freeze({
    all,
    going: total,
    staying: all - total,
    attachments: {
      all: batch.plans.reduce((sum, { attachments }) => sum + attachments.all, 0),
      going: batch.attachments,
    },
    ...(yield* goingSize(table, goes)),
    ...(oldest && newest ? { oldest, newest } : {}),
    reasons: yield* countReasons(reasons, goes),
    pickedToDelete,
    pickedToKeep,
    overShare: Object.freeze(plans.filter((plan) => exceedsShare(plan, policy)).map(({ repository }) => repository)),
  });
  const warnings = Object.freeze(
    judgements.flatMap(({ warnings }, index) =>
      warnings.map((warning) => Object.freeze({ repository: table.sources[index]!.repository, warning })),
    ),
  );
  const settled: SettledDraft = Object.freeze({
    revision,
    policy,
    protect,
    maxDeletions,
    now,
    batch,
    totals,
    warnings,
    *allRows() {
      for (const row of table.tags.keys()) yield rowAt(decided, row);
    },
    overridden: () => overridden(decided),
  });
  const decided: Decided = { judged, picks, goes, reasons, settled };
  return decided;
}

/** One row as it is shown. */
export function rowAt({ judged, picks, goes, reasons }: Decided, row: number): DraftRow {
  const source = judged.table.sourceOf[row]!;
  const tag = judged.table.tags[row]!;
  const reason = reasons[row]!;
  const byHand = picks.of(row);
  return {
    repository: judged.table.sources[source]!.repository,
    tag,
    verdict: goes[row] ? 'delete' : 'keep',
    reason,
    ...(byHand && { byHand }),
    reasons: () => [
      reason,
      ...judged.judgements[source]!.reasonsOf(tag).filter((other) => !isSameReason(other, reason)),
    ],
  };
}

function* overridden({ judged, reasons }: Decided): Sliced<readonly OverriddenReason[]> {
  const { tags, sourceOf } = judged.table;
  const counts = new Map<KeepReason['kind'], { kind: KeepReason['kind']; count: number; example: KeepReason }>();
  yield* eachSliced(tags.keys(), (row) => {
    if (reasons[row]!.kind !== 'picked') return;
    for (const reason of judged.judgements[sourceOf[row]!]!.reasonsOf(tags[row]!)) {
      const known = counts.get(reason.kind);
      if (known) known.count++;
      else counts.set(reason.kind, { kind: reason.kind, count: 1, example: reason });
    }
  });
  return [...counts.values()].sort((a, b) => b.count - a.count || reasonRank(a.kind) - reasonRank(b.kind));
}

/** Whether two reasons say the same: they are flat objects with properties in one order. */
function isSameReason(a: Reason, b: Reason): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
