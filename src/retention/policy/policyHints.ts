import { compileGlob } from '../globs/glob.ts';
import { globCovers, type CoverBudget } from '../globs/globCover.ts';
import type { Policy } from './policy.ts';

/** Something in a policy that has no effect, although the policy is valid. It never changes what the policy does. */
export interface PolicyHint {
  /**
   * `attachmentPattern`: a pattern of `tags` that can only match attachments, which are judged with their images (invariant 13), so that it selects
   * nothing. `orphansWithoutAge`: `orphanedAttachments` without `olderThan`, by which it would delete.
   */
  readonly kind: 'attachmentPattern' | 'orphansWithoutAge';
  /** The place of the policy in its list, from 0. */
  readonly index: number;
  /** Where in the policy: `['tags', 2]`, `['orphanedAttachments']`. */
  readonly path: readonly (string | number)[];
}

/** Comparisons for one list, some 10 ms; beyond, nothing more is reported. The patterns of eighty policies that name attachments take as many. */
const maxWork = 50_000;

/**
 * Finds what has no effect in the policies of one source. Only what is certain is reported: a pattern that may match an image is left out, and so is
 * one of a policy that deletes orphaned attachments, since there it is the way to select no image.
 * @param policies checked
 */
export function policyHints(
  policies: readonly Pick<Policy, 'tags' | 'olderThan' | 'orphanedAttachments'>[],
): readonly PolicyHint[] {
  const budget = { left: maxWork };
  const known = new Map<string, boolean>();
  const namesAttachments = (pattern: string): boolean => {
    const found = known.get(pattern) ?? isOfAttachments(pattern, budget);
    known.set(pattern, found);
    return found;
  };
  return policies.flatMap(({ tags, olderThan, orphanedAttachments }, index): PolicyHint[] => {
    if (orphanedAttachments) {
      return olderThan ? [] : [{ kind: 'orphansWithoutAge', index, path: ['orphanedAttachments'] }];
    }
    return tags.flatMap((pattern, at): PolicyHint[] =>
      namesAttachments(pattern) ? [{ kind: 'attachmentPattern', index, path: ['tags', at] }] : [],
    );
  });
}

/** What people mean attachments by: the beginning of their names, or an ending that only they have. */
const attachmentForms = '{sha256-*,sha512-*,*.sig,*.att,*.sbom}';

/** Whether a glob matches the names of attachments, and, as far as people name images, nothing else. */
function isOfAttachments(pattern: string, budget: CoverBudget): boolean {
  // Nearly all patterns end here.
  if (!/sha|sig|att|sbom/.test(pattern)) return false;
  return globCovers(attachmentForms, pattern, budget) && matchesAttachment(pattern);
}

/** Tries names of attachments: with the digits that the pattern is written with, and others that a set or a `?` may want. */
function matchesAttachment(pattern: string): boolean {
  const glob = compileGlob(pattern);
  const [, begin = '', end = ''] =
    /^(?:sha(?:256|512)-)?([0-9a-f]{0,64}).*?([0-9a-f]{0,64})(?:\.\w*)?$/.exec(pattern) ?? [];
  return ['0', '9', 'a', 'f'].some((digit) => {
    const digits = [begin.padEnd(64, digit), end.padStart(64, digit)];
    return digits.some((each) =>
      ['sha256-', 'sha512-'].some((prefix) =>
        ['', '.sig', '.att', '.sbom'].some((suffix) => glob.matches(`${prefix}${each}${suffix}`)),
      ),
    );
  });
}
