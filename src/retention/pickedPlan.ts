import type { Pick } from './draftPicks.ts';
import { type DeleteReason, type DeleteVerdict, freezePlan, type KeepReason, type KeepVerdict, type Plan } from './plan.ts';
import { eachSliced, type Sliced } from './sliced.ts';
import type { Tag } from './tag.ts';

const BY_HAND: KeepReason = Object.freeze({ kind: 'byHand' });
const PICKED: DeleteReason = Object.freeze({ kind: 'picked' });

/**
 * A plan in which decisions by hand go before those of the rule. Whether a tag may be picked at all is the caller's to know.
 *
 * With `keepAliases` also those tags stay, not picked themselves, that share a digest with one that is kept by hand. A tag that stays as an
 * alias of one that is picked for deletion stays nevertheless: a pick deletes no tag but its own. Slots of the rule do not move.
 */
export function* pickedPlan(plan: Plan, pickOf: (tag: Tag) => Pick | undefined, keepAliases: boolean): Sliced<Plan> {
  const aliasReasons = new Map<string, KeepReason>();
  let isTouched = false;
  yield* eachSliced(plan.verdicts, ({ tag }) => {
    const pick = pickOf(tag);
    if (pick === undefined) return;
    isTouched = true;
    if (keepAliases && pick === 'keep' && tag.digest !== undefined && !aliasReasons.has(tag.digest)) aliasReasons.set(tag.digest, Object.freeze({ kind: 'alias', of: tag.name }));
  });
  if (!isTouched) return plan;
  const deleting: DeleteVerdict[] = [];
  const keeping: KeepVerdict[] = [];
  yield* eachSliced(plan.verdicts, (verdict) => {
    const { tag } = verdict;
    const pick = pickOf(tag);
    if (pick === 'keep') keeping.push(Object.freeze({ tag, verdict: 'keep', reason: BY_HAND }));
    else if (pick === 'delete') deleting.push(Object.freeze({ tag, verdict: 'delete', reason: PICKED }));
    else if (verdict.verdict === 'keep') keeping.push(verdict);
    else {
      const alias = tag.digest === undefined ? undefined : aliasReasons.get(tag.digest);
      if (alias) keeping.push(Object.freeze({ tag, verdict: 'keep', reason: alias }));
      else deleting.push(verdict);
    }
  });
  return yield* freezePlan({ ...plan, emptiesRepository: deleting.length > 0 && keeping.length === 0 }, deleting, keeping);
}
