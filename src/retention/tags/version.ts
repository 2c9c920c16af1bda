import { type CalendarReading, mayBeDottedDate } from './calendarNames.ts';

/**
 * The name of a tag read as a version: `1.2.3`, `v1.2`, `1.2.3-alpine3.19`, `3.14.0rc1`.
 *
 * `semver` is not used: it refuses `1.2`, `8.3.0RC1` and `3.14.0a2`, and takes `-alpine3.19` for a prerelease.
 */
export interface Version {
  /** Major, minor, patch and what follows them, as many as are written, at least one. Fewer than three float: `1.2` is whatever patch of 1.2 is the last. */
  readonly numbers: readonly number[];
  /** Missing for a release. How far along the prerelease is (alpha before beta before rc), then its numbers. */
  readonly prerelease?: readonly number[];
  /**
   * What is written after the version, such as `fpm-alpine3.20`; empty without it. Versions are compared within one line only. The text counts as it
   * is written: `alpine3.19` and `alpine3.20` are two lines, since whoever pulls one does not get the other, and more lines keep more tags.
   */
  readonly line: string;
  /**
   * Only where the repository's calendar names are doubtful: it may as well be a date. It is compared with others of this kind only, so that it takes
   * no slot of a version, and is kept as no version where a rule keeps those.
   */
  readonly mayBeDate?: true;
}

const NUMBERS = /^v?(\d{1,15}(?:\.\d{1,15})*)/i;
/** `2025-01-31`, `2025-01`: a year and a dash are the beginning of a date, not a version 2025 of a line `01`. */
const YEAR_AND_DASH = /^v?(?:19|20)\d\d[-_]\d/i;
/** What `git describe` calls a commit after 3.10.0: `v3.10.0-169-gfe040d3`. */
const DESCRIBED = /-\d+-g[0-9a-f]{4,40}(?![0-9a-z])/i;
/** `1234-fe040d3`: a build and its commit. Letters and digits both, since `1234-deadbee` may be a word and `1234-1234567` anything. */
const BUILD_OF_COMMIT = /^[-_.](?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}$/i;
/** Longer words first. `-dev` and `-nightly` without a number are lines, as those who publish images with compilers use them. */
const PRERELEASE_WORD =
  /^[-_.]?(alpha|beta|milestone|preview|pre|snapshot|rc|cr)(?:[-_.]?(\d{1,15}(?:\.\d{1,15})*))?(?=$|[-_.])/i;
/** As Python writes them: `3.14.0a2`, `3.14.0.dev5`; and Spring: `2.0.0-M1`. */
const PRERELEASE_LETTER = /^(?:(a|b|c)|[-_.]?(dev)|[-_.](m))(\d{1,15})(?=$|[-_.])/i;
const RANKS: Readonly<Record<string, number>> = {
  dev: 0,
  snapshot: 1,
  alpha: 2,
  a: 2,
  beta: 3,
  b: 3,
  milestone: 4,
  m: 4,
  preview: 5,
  pre: 5,
  rc: 6,
  cr: 6,
  c: 6,
};
const SUFFIX = /^[-_.](.+)$/;
/** `1.0.2k`, `1.2.3final`. */
const ATTACHED = /^[a-z].*$/i;
const HIGHEST_MAJOR = 9_999;

/**
 * Reads the name of a tag as a person would read a version; a `v` before it is only spelling. Gives `undefined` for what is none: words, dates
 * (`20250101`, `2025-01-01`), a first number above 9999, hashes, what `git describe` writes, a build number with its commit. A calendar version
 * such as `2025.1` or `2024.12.3` is one; what may be a dotted date, such as `2025.01.01`, is read as the whole repository is.
 *
 * @param calendar how the repository's calendar names are read (see `CalendarNames`); by default `dates`, as befits a name without a repository
 */
export function parseVersion(name: string, calendar: CalendarReading = 'dates'): Version | undefined {
  if (calendar === 'versions' || !mayBeDottedDate(name)) return readVersion(name);
  const version = calendar === 'dates' ? undefined : readVersion(name);
  return version && { ...version, mayBeDate: true };
}

function readVersion(name: string): Version | undefined {
  const start = NUMBERS.exec(name);
  if (!start || YEAR_AND_DASH.test(name)) return undefined;
  const numbers = start[1]!.split('.').map(Number);
  if (numbers[0]! > HIGHEST_MAJOR) return undefined;
  let rest = name.slice(start[0].length);
  if (rest === '') return { numbers, line: '' };
  if (DESCRIBED.test(rest)) return undefined;
  const isBare = numbers.length === 1;
  if (isBare && BUILD_OF_COMMIT.test(rest)) return undefined;

  let prerelease: readonly number[] | undefined;
  const word = PRERELEASE_WORD.exec(rest);
  const letter = word || isBare ? null : PRERELEASE_LETTER.exec(rest);
  if (word) prerelease = [RANKS[word[1]!.toLowerCase()]!, ...(word[2]?.split('.').map(Number) ?? [])];
  else if (letter) prerelease = [RANKS[(letter[1] ?? letter[2] ?? letter[3])!.toLowerCase()]!, Number(letter[4])];
  rest = rest.slice((word ?? letter)?.[0].length ?? 0);

  const line =
    rest === '' ? '' : (SUFFIX.exec(rest)?.[1] ?? (prerelease || isBare ? undefined : ATTACHED.exec(rest)?.[0]));
  if (line === undefined) return undefined;
  return prerelease ? { numbers, prerelease, line } : { numbers, line };
}

const MINOR_LIMIT = 2 ** 19 - 1;
const PATCH_LIMIT = 2 ** 20 - 1;

/** A number that is never greater for the lower of two releases; equal where only `compareReleases` can tell them apart. */
export function releaseKey({ numbers: [major = 0, minor = MINOR_LIMIT, patch = PATCH_LIMIT] }: Version): number {
  if (minor >= MINOR_LIMIT) return (major + 1) * (MINOR_LIMIT + 1) * (PATCH_LIMIT + 1) - 1;
  return (major * (MINOR_LIMIT + 1) + minor) * (PATCH_LIMIT + 1) + Math.min(patch, PATCH_LIMIT);
}

/**
 * Orders releases, the lower first, whatever their lines. A floating version is higher than all that it may stand for, so that those of one major,
 * and in it those of one minor version, stand together. `1.2.3` and `1.2.3.0` are the same.
 */
export function compareReleases(a: Version, b: Version): number {
  for (let at = 0; at < a.numbers.length || at < b.numbers.length; at++) {
    const missing = at < 3 ? Infinity : 0;
    const [left, right] = [a.numbers[at] ?? missing, b.numbers[at] ?? missing];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** Orders prereleases, the lower first, whatever their lines. A missing number counts as 0: `1.2-rc` comes before `1.2.0-rc1`. */
export function comparePrereleases(a: Version, b: Version): number {
  return compareNumbers(a.numbers, b.numbers) || compareNumbers(a.prerelease ?? [], b.prerelease ?? []);
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length || at < b.length; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
