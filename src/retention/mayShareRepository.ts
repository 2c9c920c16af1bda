import { compileGlob } from './glob.ts';
import { isSpecial, mayShareName } from './globCover.ts';

/**
 * Whether two lists of globs of repositories may match the same one. `false` is certain; `true` is not.
 * @param a,b globs, checked; exclusions (`!`) count only for names that are written out
 */
export function mayShareRepository(a: readonly string[], b: readonly string[]): boolean {
  return included(a).some((one) => included(b).some((other) => mayShareName(one, other) && !isExcluded(one, other, [...a, ...b])));
}

function included(patterns: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => !pattern.startsWith('!'));
}

/** Whether the one name that both can share is excluded by either list. */
function isExcluded(a: string, b: string, all: readonly string[]): boolean {
  const name = [a, b].find((pattern) => !isSpecial(pattern));
  return name !== undefined && all.some((pattern) => pattern.startsWith('!') && compileGlob(pattern.slice(1)).matches(name));
}
