import { compileGlobs } from '../globs/glob.ts';

/** Names of tags that are never proposed for deletion. */
export interface Protection {
  /** The first pattern that protects the name, as it was written; `undefined` when none does. */
  protectedBy(name: string): string | undefined;
}

/** Some hundred patterns of people; each of 200,000 tags is held against all of them, and the file of a workspace may be anybody's. */
const MOST_CHARACTERS = 5_000;
/** How many times longer a pattern with braces may take. */
const BRACES_COUNT = 10;

/** The patterns of a protection are too many or too long to be held against every tag. */
export class ProtectionSizeError extends Error {
  override readonly name = 'ProtectionSizeError';

  constructor() {
    super('The patterns have more than 5,000 characters in all, where a pattern with braces counts ten times.');
  }
}

/**
 * Reads the globs of protected tag names; they ignore case. No patterns protect nothing.
 *
 * @throws GlobSyntaxError for the first pattern that is not a glob
 * @throws ProtectionSizeError when they have more than 5,000 characters in all, where a pattern with braces counts ten times
 */
export function compileProtect(patterns: readonly string[]): Protection {
  if (!fitsProtect(patterns)) throw new ProtectionSizeError();
  const globs = compileGlobs(patterns, { ignoreCase: true });
  return Object.freeze({ protectedBy: (name: string) => globs.firstMatch(name) });
}

/** Whether patterns are few and short enough for `compileProtect`. */
export function fitsProtect(patterns: readonly string[]): boolean {
  return (
    patterns.reduce((sum, pattern) => sum + pattern.length * (pattern.includes('{') ? BRACES_COUNT : 1), 0) <=
    MOST_CHARACTERS
  );
}
