import { type Age, AgeSyntaxError, formatAge, parseAge } from '../tags/age.ts';
import { closestName } from './closestName.ts';
import { compileGlob, compileRepositoryGlobs, GlobSyntaxError } from '../globs/glob.ts';
import type { KeepVersions, Policy } from './policy.ts';
import { compileProtect, ProtectionSizeError } from './protect.ts';
import { firstImpossibleCharacter, isFullNameGlob } from '../globs/globProblems.ts';

/**
 * What is wrong: not an object; a key that no policy has; a key that is missing; a value of another type; a number out of its bounds; a word that is
 * none of those to choose from; nothing inside; not a glob; globs that are too many or too long; not an age; no rule at all.
 */
export type PolicyProblemReason =
  'notObject' | 'unknownKey' | 'missing' | 'type' | 'range' | 'choice' | 'empty' | 'glob' | 'size' | 'age' | 'noRule';

/** One thing that is wrong with a policy. */
export interface PolicyProblem {
  /** Where, from the policy's value inwards: `['keepVersions', 'majors']`, `['tags', 2]`; empty for the policy itself. */
  readonly path: readonly (string | number)[];
  readonly reason: PolicyProblemReason;
  /** In English, one or two sentences. */
  readonly message: string;
}

/** A value that is no policy. The message has all problems in English, each with its place. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  /** All that is wrong, at least one, in the order of the value's keys; what is missing comes last. */
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    super(
      problems.map(({ path, message }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`)).join('\n'),
    );
    this.problems = problems;
  }
}

/**
 * Reads a policy as people write it (see `Policy`; `olderThan` is a text that `parseAge` reads) and fills in the defaults. Everything that is not
 * understood is an error, since a rule that is dropped in silence would let more go.
 *
 * Globs are bounded as in `compileProtect`, each list by itself. A glob of repositories without a `/` is an error: it can match none, and as an
 * exclusion would exclude none; so is a glob with a character that no name holds.
 *
 * @param value data, such as `JSON.parse` gives it; a key whose value is `undefined` counts as missing
 * @param now milliseconds since the epoch
 * @throws PolicyError with everything that is wrong
 */
export function checkPolicy(value: unknown, now: number): Policy {
  const problems: PolicyProblem[] = [];
  const add: Add = (path, reason, message) => {
    problems.push(Object.freeze({ path: Object.freeze(path), reason, message }));
    return undefined;
  };
  if (!isObject(value)) {
    add([], 'notObject', 'A policy is an object such as {"repositories": ["acme/*"], "olderThan": "90 days"}.');
    throw new PolicyError(Object.freeze(problems));
  }
  const read: { -readonly [Key in keyof Policy]?: Policy[Key] } = {};
  for (const [key, given] of Object.entries(value)) {
    if (given === undefined) continue;
    const reader = Object.hasOwn(readers, key) ? readers[key as keyof Policy] : undefined;
    if (!reader) add([key], 'unknownKey', unknownKey(key, Object.keys(readers)));
    else Object.assign(read, { [key]: reader(given, [key], add, now) });
  }
  if (value['repositories'] === undefined) add([], 'missing', 'A policy needs "repositories", such as ["acme/*"].');
  if (
    value['olderThan'] === undefined &&
    value['keepVersions'] === undefined &&
    (value['keepNewest'] === undefined || value['keepNewest'] === 0)
  ) {
    add([], 'noRule', 'A policy needs at least one of "olderThan", "keepNewest" (above 0) and "keepVersions".');
  }
  if (problems.length > 0) throw new PolicyError(Object.freeze(problems));
  return Object.freeze({
    repositories: read.repositories ?? [],
    ...(read.olderThan && { olderThan: read.olderThan }),
    agedBy: read.agedBy ?? 'pushed',
    tags: read.tags ?? Object.freeze(['*']),
    protect: read.protect ?? Object.freeze([]),
    keepNewest: read.keepNewest ?? 0,
    ...(read.keepVersions && { keepVersions: read.keepVersions }),
    keepAliases: read.keepAliases ?? true,
    keepReferenced: read.keepReferenced ?? true,
    orphanedAttachments: read.orphanedAttachments ?? false,
    maxDeletions: read.maxDeletions ?? 0,
    maxShare: read.maxShare ?? 1,
  });
}

/** The shortest object that `checkPolicy` reads as this policy: ages as text, what has its default left out. Plain data, the caller's own. */
export function policyData(policy: Policy): Record<string, unknown> {
  const {
    repositories,
    olderThan,
    agedBy,
    tags,
    protect,
    keepNewest,
    keepVersions,
    keepAliases,
    keepReferenced,
    orphanedAttachments,
    maxDeletions,
    maxShare,
  } = policy;
  return {
    repositories: [...repositories],
    ...(olderThan && { olderThan: formatAge(olderThan) }),
    ...(agedBy !== 'pushed' && { agedBy }),
    ...((tags.length !== 1 || tags[0] !== '*') && { tags: [...tags] }),
    ...(protect.length > 0 && { protect: [...protect] }),
    ...(keepNewest !== 0 && { keepNewest }),
    ...(keepVersions && { keepVersions: { ...keepVersions } }),
    ...(!keepAliases && { keepAliases }),
    ...(!keepReferenced && { keepReferenced }),
    ...(orphanedAttachments && { orphanedAttachments }),
    ...(maxDeletions !== 0 && { maxDeletions }),
    ...(maxShare !== 1 && { maxShare }),
  };
}

type Path = readonly (string | number)[];
type Add = (path: Path, reason: PolicyProblemReason, message: string) => undefined;
type Reader<T> = (given: unknown, path: Path, add: Add, now: number) => T | undefined;

const readers: { readonly [Key in keyof Policy]-?: Reader<NonNullable<Policy[Key]>> } = {
  repositories: globs(
    (pattern) => {
      compileRepositoryGlobs([pattern]);
      if (!isFullNameGlob(pattern)) {
        return `The pattern "${shortened(pattern)}" matches no repository: write namespace/name, such as acme/*.`;
      }
      const strange = firstImpossibleCharacter(pattern.replace(/^!/, ''), 'repository');
      return strange === undefined
        ? undefined
        : `The pattern "${shortened(pattern)}" matches no repository: no name of one has "${strange}".`;
    },
    'at least one of them without "!"',
    (patterns) => patterns.some((pattern) => !pattern.startsWith('!')),
  ),
  olderThan: readAge,
  agedBy: (given, path, add) =>
    given === 'pushed' || given === 'used' ? given : add(path, 'choice', 'It must be "pushed" or "used".'),
  tags: globs(
    (pattern) => tagGlobProblem(pattern, false),
    'at least one',
    (patterns) => patterns.length > 0,
  ),
  protect: globs(
    (pattern) => tagGlobProblem(pattern, true),
    '',
    () => true,
  ),
  keepNewest: wholeNumber(0),
  keepVersions: readKeepVersions,
  keepAliases: readBoolean,
  keepReferenced: readBoolean,
  orphanedAttachments: readBoolean,
  maxDeletions: wholeNumber(0),
  maxShare: (given, path, add) => {
    if (typeof given !== 'number') return add(path, 'type', 'It must be a number above 0 and at most 1, such as 0.5.');
    return given > 0 && given <= 1 ? given : add(path, 'range', 'It must be above 0 and at most 1, such as 0.5.');
  },
};

const levels: { readonly [Key in keyof KeepVersions]-?: Reader<number> } = {
  majors: wholeNumber(1),
  minors: wholeNumber(1),
  patches: wholeNumber(1),
  prereleases: wholeNumber(0),
};

function readAge(given: unknown, path: Path, add: Add, now: number): Age | undefined {
  if (typeof given !== 'string') {
    return add(path, 'type', 'It must be an age as text, such as "90 days" or "2025-01-01".');
  }
  try {
    return parseAge(given, now);
  } catch (error) {
    if (error instanceof AgeSyntaxError) return add(path, 'age', error.message);
    throw error;
  }
}

function readKeepVersions(given: unknown, path: Path, add: Add, now: number): KeepVersions | undefined {
  const example = 'such as {"majors": 2, "minors": 3, "patches": 1}';
  if (!isObject(given)) return add(path, 'type', `It must be an object ${example}.`);
  const read: Record<string, number | undefined> = {};
  for (const [key, count] of Object.entries(given)) {
    if (count === undefined) continue;
    const reader = Object.hasOwn(levels, key) ? levels[key as keyof KeepVersions] : undefined;
    if (reader) read[key] = reader(count, [...path, key], add, now);
    else add([...path, key], 'unknownKey', unknownKey(key, Object.keys(levels)));
  }
  if (Object.values(given).every((count) => count === undefined)) {
    return add(path, 'empty', `It must say what stays, ${example}.`);
  }
  return Object.freeze(read);
}

function readBoolean(given: unknown, path: Path, add: Add): boolean | undefined {
  return typeof given === 'boolean' ? given : add(path, 'type', 'It must be true or false.');
}

function wholeNumber(least: number): Reader<number> {
  return (given, path, add) => {
    if (typeof given !== 'number') return add(path, 'type', `It must be a whole number, at least ${least}.`);
    return Number.isSafeInteger(given) && given >= least
      ? given
      : add(path, 'range', `It must be a whole number, at least ${least}.`);
  };
}

/**
 * Reads a list of globs.
 *
 * @param check throws GlobSyntaxError, or gives what else is wrong with one
 * @param needed what the list must hold, in words; `hasNeeded`: whether it does
 */
function globs(
  check: (pattern: string) => string | undefined,
  needed: string,
  hasNeeded: (patterns: readonly string[]) => boolean,
): Reader<readonly string[]> {
  return (given, path, add) => {
    if (!Array.isArray(given)) return add(path, 'type', 'It must be a list of patterns, such as ["release-*"].');
    const list = given as readonly unknown[];
    const patterns: string[] = [];
    for (const [at, pattern] of list.entries()) {
      if (typeof pattern !== 'string') {
        add([...path, at], 'type', 'It must be a pattern as text.');
        continue;
      }
      patterns.push(pattern);
      const wrong = globProblem(pattern, check);
      if (wrong !== undefined) add([...path, at], 'glob', wrong);
    }
    if (patterns.length < list.length) return undefined;
    if (!hasNeeded(patterns)) return add(path, 'empty', `It needs patterns, ${needed}.`);
    return isTooMuch(patterns) ? add(path, 'size', new ProtectionSizeError().message) : Object.freeze(patterns);
  };
}

function globProblem(pattern: string, check: (pattern: string) => string | undefined): string | undefined {
  try {
    return check(pattern);
  } catch (error) {
    if (error instanceof GlobSyntaxError) return error.message;
    throw error;
  }
}

function tagGlobProblem(pattern: string, ignoreCase: boolean): string | undefined {
  compileGlob(pattern, { ignoreCase });
  const strange = firstImpossibleCharacter(pattern, 'tag');
  return strange === undefined
    ? undefined
    : `The pattern "${shortened(pattern)}" matches no tag: no name of one has "${strange}".`;
}

function isTooMuch(patterns: readonly string[]): boolean {
  try {
    compileProtect(patterns);
    return false;
  } catch (error) {
    return error instanceof ProtectionSizeError;
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = closestName(key, known);
  const shown = JSON.stringify(shortened(key));
  return meant === undefined
    ? `${shown} is not known here. Known are ${known.join(', ')}.`
    : `${shown} is not known here. Did you mean "${meant}"?`;
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function pathText(path: Path): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at > 0 ? '.' : ''}${shortened(part)}`))
    .join('');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
