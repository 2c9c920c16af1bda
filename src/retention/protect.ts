import { compileGlob } from './glob.ts';

/** Names of tags that are never proposed for deletion. */
export interface Protection {
  /** The first pattern that protects the name, as it was written; `undefined` when none does. */
  protectedBy(name: string): string | undefined;
}

/**
 * Reads the globs of protected tag names; they ignore case. No patterns protect nothing.
 *
 * @throws GlobSyntaxError for the first pattern that is not a glob
 */
export function compileProtect(patterns: readonly string[]): Protection {
  const globs = patterns.map((pattern) => compileGlob(pattern, { ignoreCase: true }));
  return Object.freeze({ protectedBy: (name: string) => globs.find((glob) => glob.matches(name))?.pattern });
}
