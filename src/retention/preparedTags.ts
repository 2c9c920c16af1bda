import { CalendarNames } from './calendarNames.ts';
import { distinctTags } from './distinctTags.ts';
import type { RepositoryName } from './plan.ts';
import { type PulledTogether, pulledTogether } from './pulledTogether.ts';
import { eachSliced, sliceSize, sortedSliced, type Sliced } from './sliced.ts';
import { compareNames, digestKey, digestKeySpan, pushedKey, type Tag } from './tag.ts';
import { comparePrereleases, compareReleases, parseVersion, releaseKey, type Version } from './version.ts';

/** The versions of one line (see `Version`), as indexes of tags, the highest first, ties by name. */
export interface VersionLine {
  readonly line: string;
  /**
   * What the line is made of: `versions`, dotted ones with the floating major versions (`2`) of these; `numbers`, bare ones such as `812`, which
   * count builds and say nothing of versions; `dates`, names that may be dates (see `Version.mayBeDate`). No kind takes slots of another.
   */
  readonly kind: 'versions' | 'numbers' | 'dates';
  /** Those of one major version stand together, the floating ones first, and in it those of one minor version, too. */
  readonly releases: readonly number[];
  readonly prereleases: readonly number[];
  /**
   * Those `releases` of a line of numbers that are also in the line of versions: where a repository has `812`, `2` and `2.1.0`, its `2` may be a build
   * or a floating version. Either keeps it, and here it takes no slot. Missing where there are none.
   */
  readonly floating?: ReadonlySet<number>;
}

/** Which images of a repository are one platform's of others, by the beginnings of digests (see `digestKey`), which are numbered. */
export interface Platforms {
  /** By number of an image: the number of its digest's beginning, where an index names that as one of its platforms; missing for most. */
  readonly beginnings: ReadonlyMap<number, number>;
  /** By index: the numbers of the beginnings of its platforms' digests that tags point at; missing where there are none. */
  readonly named: ReadonlyMap<number, readonly number[]>;
}

/**
 * All tags of one repository with what every policy needs of them, worked out once: the same for all policies, so that another one is judged in a
 * fraction of the time. An index is a tag's place in `tags`.
 */
export interface PreparedTags {
  readonly repository: RepositoryName;
  /** Each once, frozen: oldest first, an unknown date before all others, ties by name. */
  readonly tags: readonly Tag[];
  /** All indexes, newest first, unknown dates last, ties by name. */
  readonly newestFirst: readonly number[];
  /** By index: the number of its image. Tags of one digest have the same; a tag without a digest has one of its own. */
  readonly images: readonly number[];
  /** Which images are platforms of others. */
  readonly platforms: Platforms;
  /** By index: its name as a version; missing for a name that is none. */
  readonly versions: readonly (Version | undefined)[];
  readonly lines: readonly VersionLine[];
  /** Missing where pulls are spread over more than a day, as they should be. */
  readonly pulledTogether?: PulledTogether;
}

/**
 * Makes a whole listing ready to be judged by `judge`, in slices.
 *
 * @param tags all tags of the repository (invariant 4), in any order
 * @throws Error when a name comes twice
 */
export function* prepareTags(repository: RepositoryName, tags: readonly Tag[]): Sliced<PreparedTags> {
  const sorted = yield* distinctTags(repository, tags);
  const calendar = new CalendarNames();
  yield* eachSliced(sorted, ({ name }) => calendar.add(name));
  const { reading } = calendar;
  const versions: (Version | undefined)[] = [];
  yield* eachSliced(sorted, ({ name }) => {
    versions.push(parseVersion(name, reading));
  });
  const byName = (a: number, b: number): number => compareNames(sorted[a]!.name, sorted[b]!.name);
  const newestFirst = yield* newestFirstOf(sorted);
  const images = yield* imagesOf(sorted);
  const together = yield* pulledTogether(sorted);
  return Object.freeze({
    repository: Object.freeze({ namespace: repository.namespace, name: repository.name }),
    tags: Object.freeze(sorted),
    newestFirst,
    images,
    platforms: yield* platformsOf(sorted, images),
    versions,
    lines: yield* linesOf(versions, byName),
    ...(together && { pulledTogether: together }),
  });
}

/** The indexes of tags that are oldest first, newest first, those of one date still by name. */
function* newestFirstOf(oldestFirst: readonly Tag[]): Sliced<readonly number[]> {
  const order: number[] = [];
  for (let end = oldestFirst.length; end > 0; ) {
    const key = pushedKey(oldestFirst[end - 1]!);
    let start = end - 1;
    while (start > 0 && pushedKey(oldestFirst[start - 1]!) === key) start--;
    for (let index = start; index < end; index++) {
      order.push(index);
      if (order.length % sliceSize === 0) yield;
    }
    end = start;
  }
  return order;
}

function* imagesOf(tags: readonly Tag[]): Sliced<readonly number[]> {
  const numbers = new Map<string, number>();
  const images: number[] = [];
  let next = 0;
  yield* eachSliced(tags, ({ digest }) => {
    const known = digest === undefined ? undefined : numbers.get(digest);
    images.push(known ?? next);
    if (known !== undefined) return;
    if (digest !== undefined) numbers.set(digest, next);
    next++;
  });
  return images;
}

/** Digits of a key that its mark is made of, and bits of a mark at most. */
const [markDigits, mostMarkBits] = [6, 24];

/**
 * What keys of digests that are the same have in common, a number of 24 bits: nearly all that differ are told apart by it, without a text for each
 * of some hundred thousand.
 */
function markOf(text: string, from: number, end: number): number {
  let mark = 0;
  for (let at = from; at < end && at < from + markDigits; at++) {
    const code = text.charCodeAt(at);
    mark = (mark << 4) ^ ((code & 15) + (code >> 6) * 9);
  }
  return mark;
}

function* platformsOf(tags: readonly Tag[], images: readonly number[]): Sliced<Platforms> {
  const beginnings = new Map<number, number>();
  const named = new Map<number, readonly number[]>();
  if (!tags.some(({ platformKeys }) => platformKeys !== undefined)) return { beginnings, named };
  // So many that two digests seldom have the same, and few where there are few tags.
  const bits = Math.min(mostMarkBits, Math.ceil(Math.log2(tags.length)) + 8);
  const marks = new Uint8Array(2 ** bits / 8);
  const within = 2 ** bits - 1;
  yield* eachSliced(tags, ({ digest }) => {
    if (digest === undefined) return;
    const { start, end } = digestKeySpan(digest);
    const mark = markOf(digest, start, end) & within;
    marks[mark >> 3]! |= 1 << (mark & 7);
  });
  /** Keys of platforms that may be those of a tag's digest. */
  const candidates = new Map<string, number>();
  let index = -1;
  yield* eachSliced(tags, ({ platformKeys }) => {
    index++;
    if (platformKeys === undefined) return;
    let found: number[] | undefined;
    for (let from = 0; from < platformKeys.length; ) {
      const blank = platformKeys.indexOf(' ', from);
      const end = blank < 0 ? platformKeys.length : blank;
      const mark = markOf(platformKeys, from, end) & within;
      if (marks[mark >> 3]! & (1 << (mark & 7))) {
        const key = platformKeys.slice(from, end);
        const number = candidates.get(key) ?? candidates.size;
        candidates.set(key, number);
        if (found) found.push(number);
        else named.set(index, (found = [number]));
      }
      from = end + 1;
    }
  });
  if (candidates.size === 0) return { beginnings, named };
  const used = new Set<number>();
  index = 0;
  yield* eachSliced(tags, ({ digest }) => {
    const image = images[index++]!;
    const number = digest === undefined || beginnings.has(image) ? undefined : candidates.get(digestKey(digest));
    if (number === undefined) return;
    used.add(number);
    beginnings.set(image, number);
  });
  const rows = [...named];
  yield* eachSliced(rows, ([row, numbers]) => {
    const known = numbers.filter((number) => used.has(number));
    if (known.length === 0) named.delete(row);
    else if (known.length < numbers.length) named.set(row, known);
  });
  return { beginnings, named };
}

function* linesOf(versions: readonly (Version | undefined)[], byName: (a: number, b: number) => number): Sliced<readonly VersionLine[]> {
  const [releases, prereleases]: [number[], number[]] = [[], []];
  let next = 0;
  let hasBare = false;
  yield* eachSliced(versions, (version) => {
    const index = next++;
    if (!version) return;
    (version.prerelease ? prereleases : releases).push(index);
    hasBare ||= version.numbers.length === 1;
  });
  const majors = hasBare ? yield* dottedMajors(versions) : undefined;
  // A reason comes from the first line that keeps a tag, so lines of versions come before those of numbers.
  const lines = { versions: new Map<string, GrowingLine>(), dates: new Map<string, GrowingLine>(), numbers: new Map<string, GrowingLine>() };
  const lineOf = (kind: VersionLine['kind'], line: string): GrowingLine => {
    const known = lines[kind].get(line) ?? { kind, line, releases: [], prereleases: [] };
    lines[kind].set(line, known);
    return known;
  };
  const sortedReleases = yield* sortedSliced(releases, (index) => -releaseKey(versions[index]!), (a, b) => compareReleases(versions[b]!, versions[a]!) || byName(a, b));
  yield* eachSliced(sortedReleases, (index) => {
    const { line, numbers, mayBeDate } = versions[index]!;
    const isBare = numbers.length === 1;
    const isFloating = isBare && majors?.get(line)?.get(numbers[0]!) === 'release';
    if (!isBare || isFloating) lineOf(mayBeDate ? 'dates' : 'versions', line).releases.push(index);
    if (!isBare) return;
    const ofNumbers = lineOf('numbers', line);
    ofNumbers.releases.push(index);
    if (isFloating) (ofNumbers.floating ??= new Set()).add(index);
  });
  const sortedPrereleases = yield* sortedSliced(prereleases, (index) => -versions[index]!.numbers[0]!, (a, b) => comparePrereleases(versions[b]!, versions[a]!) || byName(a, b));
  yield* eachSliced(sortedPrereleases, (index) => {
    const { line, numbers, mayBeDate } = versions[index]!;
    const isNumber = numbers.length === 1 && !majors?.get(line)?.has(numbers[0]!);
    lineOf(isNumber ? 'numbers' : mayBeDate ? 'dates' : 'versions', line).prereleases.push(index);
  });
  for (const each of lines.numbers.values()) {
    // Without a number that can be nothing else, there are no builds, and floating versions are no more than that.
    if (each.floating?.size === each.releases.length) each.releases.length = 0;
  }
  return [...lines.versions.values(), ...lines.dates.values(), ...lines.numbers.values()];
}

interface GrowingLine extends VersionLine {
  readonly releases: number[];
  readonly prereleases: number[];
  floating?: Set<number>;
}

/** By line, the first numbers of its dotted versions, and whether one of these is a release. */
type DottedMajors = ReadonlyMap<string, ReadonlyMap<number, 'release' | 'prerelease'>>;

function* dottedMajors(versions: readonly (Version | undefined)[]): Sliced<DottedMajors> {
  const majors = new Map<string, Map<number, 'release' | 'prerelease'>>();
  yield* eachSliced(versions, (version) => {
    if (!version || version.numbers.length === 1 || version.mayBeDate) return;
    const { line, numbers, prerelease } = version;
    let ofLine = majors.get(line);
    if (!ofLine) majors.set(line, (ofLine = new Map<number, 'release' | 'prerelease'>()));
    if (!prerelease) ofLine.set(numbers[0]!, 'release');
    else if (!ofLine.has(numbers[0]!)) ofLine.set(numbers[0]!, 'prerelease');
  });
  return majors;
}
