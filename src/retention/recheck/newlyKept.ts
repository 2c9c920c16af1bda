import type { Batch, BatchTag } from '../plan/batch.ts';
import type { KeepReason } from '../plan/plan.ts';
import type { RepositoryName } from '../tags/repositoryName.ts';
import type { Protection } from '../policy/protect.ts';
import { eachSliced, globSliceSize, type Sliced } from '../../async/sliced.ts';
import { usePlaceOf } from '../plan/usePlace.ts';
import type { Uses } from '../plan/uses.ts';

/** What keeps tags beside their policy, at one instant. */
export interface Keeping {
  /** The protection of the settings. */
  readonly protect: Protection;
  readonly usesOf: (repository: RepositoryName) => Uses;
}

/** Tags of a batch that are to stay by now. */
export interface NewlyKept {
  /** How many, at least one. */
  readonly count: number;
  /** The first of them, and why it is to stay. */
  readonly first: BatchTag & { readonly reason: KeepReason };
}

/**
 * Finds what goes by a batch although it has come to be protected or in use since its plans were made. What was so then already was picked by hand
 * in spite of it. Uses count where the plan's policy keeps what is in use, and for picked tags, whose dialog names uses; protection counts everywhere.
 * @returns `undefined` when there is nothing of that
 */
export function* newlyKept({ plans }: Batch, then: Keeping, now: Keeping): Sliced<NewlyKept | undefined> {
  let [count, first]: [number, NewlyKept['first'] | undefined] = [0, undefined];
  for (const { repository, policy, going } of plans) {
    const [before, after] = [then.usesOf(repository), now.usesOf(repository)];
    const ofUses =
      (policy?.keepReferenced ?? true) && before !== after
        ? { before: yield* usePlaceOf(before), after: yield* usePlaceOf(after) }
        : undefined;
    yield* eachSliced(
      going,
      (tag) => {
        const pattern = now.protect.protectedBy(tag.name);
        const place = ofUses?.after(tag);
        let reason: KeepReason | undefined;
        if (pattern !== undefined && then.protect.protectedBy(tag.name) === undefined) {
          reason = { kind: 'protected', pattern };
        } else if (place !== undefined && ofUses?.before(tag) === undefined) {
          reason = { kind: 'referenced', place };
        }
        if (!reason) return;
        count++;
        first ??= { repository, tag, reason };
      },
      globSliceSize,
    );
    yield;
  }
  return first && { count, first };
}
