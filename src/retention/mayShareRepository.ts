import { compileGlob } from './glob.ts';
import { differAtStart, isSpecial } from './globCover.ts';

/**
 * Whether two lists of globs of repositories may match the same one. `false` is certain; `true` is not.
 * @param a,b globs, checked; exclusions (`!`) count only for names that are written out
 */
export function mayShareRepository(a: readonly string[], b: readonly string[]): boolean {
  return included(a).some((one) => included(b).some((other) => mayShare(one, other) && !isExcluded(one, other, [...a, ...b])));
}

function included(patterns: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => !pattern.startsWith('!'));
}

function mayShare(a: string, b: string): boolean {
  if (!isSpecial(a)) return compileGlob(b).matches(a);
  if (!isSpecial(b)) return compileGlob(a).matches(b);
  return !differAtStart(a, b);
}

/** Whether the one name that both can share is excluded by either list. */
function isExcluded(a: string, b: string, all: readonly string[]): boolean {
  const name = [a, b].find((pattern) => !isSpecial(pattern));
  return name !== undefined && all.some((pattern) => pattern.startsWith('!') && compileGlob(pattern.slice(1)).matches(name));
}
