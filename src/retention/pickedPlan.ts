import type { DraftPicks } from './draftPicks.ts';
import type { DraftTable, TableSource } from './draftTable.ts';
import { type DeleteReason, type DeleteVerdict, frozenPlan, type KeepReason, type KeepVerdict, type Plan, type Verdict } from './plan.ts';
import { eachSliced, sortedSliced, type Sliced } from './sliced.ts';
import { compareNames, digestKey, type Tag } from './tag.ts';

const BY_HAND: KeepReason = Object.freeze({ kind: 'byHand' });
const PICKED: DeleteReason = Object.freeze({ kind: 'picked' });

/** What decisions by hand are about. */
export interface PickedPlanInput {
  readonly table: DraftTable;
  /** The repository of the plan. */
  readonly source: TableSource;
  /** By row: the verdicts of the plan. */
  readonly ruled: readonly Verdict[];
  readonly picks: DraftPicks;
  /** Whether the policy keeps aliases. */
  readonly keepAliases: boolean;
}

/**
 * A plan in which decisions by hand go before those of the rule. Whether a tag may be picked at all is the caller's to know.
 *
 * With `keepAliases` also those tags stay, not picked themselves, whose digest a tag kept by hand has, its own or one of its platforms. A tag that stays as an
 * alias of one that is picked for deletion stays nevertheless: a pick deletes no tag but its own. Slots of the rule do not move.
 */
export function* pickedPlan(plan: Plan, { table, source, ruled, picks, keepAliases }: PickedPlanInput): Sliced<Plan> {
  const { firstRow, oldestFirst } = source;
  const { tags } = table;
  const kept: Tag[] = [];
  let isTouched = false;
  yield* eachSliced(oldestFirst.keys(), (place) => {
    const pick = picks.of(firstRow + place);
    if (pick !== undefined) isTouched = true;
    if (pick === 'keep') kept.push(tags[firstRow + place]!);
  });
  if (!isTouched) return plan;
  const aliasReason = keepAliases ? yield* aliasReasons(kept) : () => undefined;
  const deleting: DeleteVerdict[] = [];
  const keeping = new Array<KeepVerdict | undefined>(oldestFirst.length);
  const stays = (row: number, tag: Tag, reason: KeepReason): void => void (keeping[row - firstRow] = Object.freeze({ tag, verdict: 'keep', reason }));
  yield* eachSliced(oldestFirst, (row) => {
    const tag = tags[row]!;
    const verdict = ruled[row]!;
    const pick = picks.of(row);
    if (pick === 'delete') deleting.push(Object.freeze({ tag, verdict: 'delete', reason: PICKED }));
    else if (pick === 'keep') stays(row, tag, BY_HAND);
    else if (verdict.verdict === 'keep') keeping[row - firstRow] = verdict;
    else {
      const reason = aliasReason(tag);
      if (reason) stays(row, tag, reason);
      else deleting.push(verdict);
    }
  });
  const newestFirst: KeepVerdict[] = [];
  yield* eachSliced(keeping, (verdict) => verdict && newestFirst.push(verdict));
  return yield* frozenPlan({ ...plan, emptiesRepository: deleting.length > 0 && newestFirst.length === 0 }, deleting, newestFirst);
}

/** The reason of a tag that is the same image as one of these, or one platform of it; the first by name is named. */
export function* aliasReasons(kept: readonly Tag[]): Sliced<(tag: Tag) => KeepReason | undefined> {
  const [byDigest, byPlatform] = [new Map<string, KeepReason>(), new Map<string, KeepReason>()];
  const byName = yield* sortedSliced(kept, () => 0, (a, b) => compareNames(a.name, b.name));
  yield* eachSliced(byName, ({ name, digest, platformKeys }) => {
    const reason: KeepReason = Object.freeze({ kind: 'alias', of: name });
    if (digest !== undefined && !byDigest.has(digest)) byDigest.set(digest, reason);
    for (const key of platformKeys?.split(' ') ?? []) if (!byPlatform.has(key)) byPlatform.set(key, reason);
  });
  return ({ digest }) => (digest === undefined ? undefined : (byDigest.get(digest) ?? byPlatform.get(digestKey(digest))));
}
