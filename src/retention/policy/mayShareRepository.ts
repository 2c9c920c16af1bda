import { compileGlob, type Glob } from '../globs/glob.ts';
import { isSpecial, mayShareName } from '../globs/globCover.ts';

/**
 * Whether two lists of globs of repositories may match the same one. `false` is certain; `true` is not.
 *
 * Names that are written out, of which a policy may have hundreds, are looked up in the other list; only globs that may match several names are compared in pairs.
 * @param a,b globs, checked; exclusions (`!`) count only for names that are written out
 */
export function mayShareRepository(a: readonly string[], b: readonly string[]): boolean {
  const [one, other] = [partsOf(a), partsOf(b)];
  const excluded = [...one.excluded, ...other.excluded];
  const isShared = (name: string, { names, globs }: Parts): boolean =>
    (names.has(name) || globs.some((glob) => glob.matches(name))) && !excluded.some((glob) => glob.matches(name));
  return (
    [...one.names].some((name) => isShared(name, other)) ||
    [...other.names].some((name) => isShared(name, one)) ||
    one.globs.some(({ pattern }) => other.globs.some((glob) => mayShareName(pattern, glob.pattern)))
  );
}

/** A list of globs, apart. */
interface Parts {
  /** Names that are written out. */
  readonly names: ReadonlySet<string>;
  /** Globs that may match several names. */
  readonly globs: readonly Glob[];
  readonly excluded: readonly Glob[];
}

function partsOf(patterns: readonly string[]): Parts {
  const names = new Set<string>();
  const globs: Glob[] = [];
  const excluded: Glob[] = [];
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) excluded.push(compileGlob(pattern.slice(1)));
    else if (isSpecial(pattern)) globs.push(compileGlob(pattern));
    else names.add(pattern);
  }
  return { names, globs, excluded };
}
