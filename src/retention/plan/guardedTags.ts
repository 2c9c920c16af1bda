import type { Protection } from '../policy/protect.ts';
import { eachSliced, globSliceSize, type Sliced } from '../../async/sliced.ts';
import type { Tag } from '../tags/tag.ts';
import { usePlaceOf } from './usePlace.ts';
import type { Uses } from './uses.ts';

/** What speaks against deleting tags of a repository, all of them together. */
export interface GuardedTags {
  /** Tags that are in use, by name, each with the first place. */
  readonly used: ReadonlyMap<string, string>;
  /** Protected tags, by name, each with the first pattern that protects it. */
  readonly guarded: ReadonlyMap<string, string>;
  /** Immutable tags. */
  readonly immutable: number;
  /** Tags whose digest nobody knows, so that they can never be restored. */
  readonly withoutDigest: number;
}

/** Finds what speaks against deleting these tags. @param rules.protections a tag that any of them protects is protected */
export function* guardedTags(
  tags: readonly Tag[],
  rules: {
    readonly protections: readonly Protection[];
    readonly uses: Uses;
    readonly isImmutable?: ((name: string) => boolean) | undefined;
  },
): Sliced<GuardedTags> {
  const placeOf = yield* usePlaceOf(rules.uses);
  const [used, guarded] = [new Map<string, string>(), new Map<string, string>()];
  let [immutable, withoutDigest] = [0, 0];
  yield* eachSliced(
    tags,
    (tag) => {
      const place = placeOf(tag);
      if (place !== undefined) used.set(tag.name, place);
      for (const protection of rules.protections) {
        const pattern = protection.protectedBy(tag.name);
        if (pattern === undefined) continue;
        guarded.set(tag.name, pattern);
        break;
      }
      if (rules.isImmutable?.(tag.name)) immutable++;
      if (tag.digest === undefined) withoutDigest++;
    },
    globSliceSize,
  );
  return { used, guarded, immutable, withoutDigest };
}
