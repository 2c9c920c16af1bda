import { CalendarNames } from '../tags/calendarNames.ts';
import { distinctTags } from '../tags/distinctTags.ts';
import { hexNumber } from '../tags/hexNumber.ts';
import { PartNumbers } from '../tags/partNumbers.ts';
import { holdersOf, type Plan } from './plan.ts';
import type { RepositoryName } from '../tags/repositoryName.ts';
import { type PulledTogether, pulledTogether } from './pulledTogether.ts';
import { eachSliced, sliceSize, sortedSliced, type Sliced } from '../../async/sliced.ts';
import { deletionOrder, findSubjects, type Subject } from './subjects.ts';
import { compareNames, pushedKey, type Tag } from '../tags/tag.ts';
import { digestMark, imageCount, imageKey, imageKeyAt, imageMarkAt, imageSetKey } from '../tags/tagImages.ts';
import { tagKind, type TagKind } from '../tags/tagKind.ts';
import { comparePrereleases, compareReleases, parseVersion, releaseKey, type Version } from '../tags/version.ts';

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

/** Which images of a repository are one platform's of others. Images that no tag names by its digest are none of them. */
export interface Platforms {
  /** The images that are one platform's of others, by their numbers; missing for most. */
  readonly numbers: ReadonlyMap<number, number>;
  /** By index: the numbers of its platforms that tags point at; missing where there are none. */
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
  readonly newestFirst: Int32Array;
  /** All indexes, oldest first, but attachments right behind the last tag that holds their subject; see `deletionOrder`. */
  readonly deletionOrder: Int32Array;
  /** By index: what the tag stands for. */
  readonly kinds: readonly TagKind[];
  /** How many of the tags stand for images. */
  readonly imageCount: number;
  /** What the attachments are attached to, in the order of `findSubjects`. */
  readonly subjects: readonly Subject[];
  /** The tags that hold the subject of each attachment, see `Plan.holders`. */
  readonly holders: Plan['holders'];
  /** By index: the number of its image. Tags of one image have the same (see `imageIdentity`); an attachment, and a tag of an unknown image, has one of its own. */
  readonly images: Int32Array;
  /** Which images are platforms of others. */
  readonly platforms: Platforms;
  /** By index: its name as a version; missing for a name that is none, and for what is no image. */
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
  // Of their length from the start: a list that grows is copied again and again.
  const kinds = new Array<TagKind>(sorted.length);
  const versions = new Array<Version | undefined>(sorted.length);
  let next = 0;
  const calendar = new CalendarNames();
  yield* eachSliced(sorted, (tag) => {
    const kind = tagKind(tag);
    kinds[next++] = kind;
    if (kind === 'image') calendar.add(tag.name);
  });
  const { reading } = calendar;
  let count = 0;
  next = 0;
  yield* eachSliced(sorted, ({ name }) => {
    const isImage = kinds[next] === 'image';
    if (isImage) count++;
    versions[next++] = isImage ? parseVersion(name, reading) : undefined;
  });
  const byName = (a: number, b: number): number => compareNames(sorted[a]!.name, sorted[b]!.name);
  const newestFirst = yield* newestFirstOf(sorted);
  const images = yield* imagesOf(sorted, kinds);
  const together = yield* pulledTogether(sorted);
  const subjects = yield* findSubjects(sorted);
  return Object.freeze({
    repository: Object.freeze({ namespace: repository.namespace, name: repository.name }),
    tags: Object.freeze(sorted),
    newestFirst,
    deletionOrder: yield* deletionOrder(sorted.length, subjects),
    kinds,
    imageCount: count,
    subjects,
    holders: yield* holdersOf(sorted, subjects),
    images,
    platforms: yield* platformsOf(sorted, images, kinds),
    versions,
    lines: yield* linesOf(versions, byName),
    ...(together && { pulledTogether: together }),
  });
}

/** The indexes of tags that are oldest first, newest first, those of one date still by name. */
function* newestFirstOf(oldestFirst: readonly Tag[]): Sliced<Int32Array> {
  const order = new Int32Array(oldestFirst.length);
  let next = 0;
  for (let end = oldestFirst.length; end > 0;) {
    const key = pushedKey(oldestFirst[end - 1]!);
    let start = end - 1;
    while (start > 0 && pushedKey(oldestFirst[start - 1]!) === key) start--;
    for (let index = start; index < end; index++) {
      order[next++] = index;
      if (next % sliceSize === 0) yield;
    }
    end = start;
  }
  return order;
}

function* imagesOf(tags: readonly Tag[], kinds: readonly TagKind[]): Sliced<Int32Array> {
  const images = new Int32Array(tags.length);
  const knownImageOf = imageByDigest(tags, images);
  /** Tags that nothing but the set of their images tells apart; hardly ever any. */
  const bySet: [index: number, set: string][] = [];
  let next = 0;
  let index = -1;
  yield* eachSliced(tags, ({ digest, images: ofTag }) => {
    index++;
    const isAttachment = kinds[index] === 'attachment';
    const known = digest === undefined || isAttachment ? undefined : knownImageOf(index, digest);
    images[index] = known ?? next;
    if (known !== undefined) return;
    next++;
    if (digest !== undefined || ofTag === undefined || isAttachment) return;
    const set = imageSetKey(ofTag);
    if (set !== undefined) bySet.push([index, set]);
  });
  if (bySet.length === 0) return images;
  const wanted = new Set(bySet.map(([, set]) => set));
  const numberOf = new Map<string, number>();
  index = 0;
  yield* eachSliced(tags, ({ digest, images: ofTag }) => {
    const image = images[index]!;
    const isAttachment = kinds[index++] === 'attachment';
    const set = digest === undefined || ofTag === undefined || isAttachment ? undefined : imageSetKey(ofTag);
    if (set !== undefined && wanted.has(set) && !numberOf.has(set)) numberOf.set(set, image);
  });
  yield* eachSliced(bySet, ([at, set]) => {
    const known = numberOf.get(set);
    if (known === undefined) numberOf.set(set, images[at]!);
    else images[at] = known;
  });
  return images;
}

/** Digits of the halves of a digest's beginning, see `PartNumbers`. */
const halfDigits = 8;

/**
 * Tells the number of the image that an earlier tag of the same digest has; `undefined` for the first tag of a digest. To be asked once for each tag, in order.
 * A map by digest takes three times as long. @param images by index, filled in meanwhile
 */
function imageByDigest(
  tags: readonly Tag[],
  images: Int32Array,
): (index: number, digest: string) => number | undefined {
  const beginnings = new PartNumbers(tags.length);
  /** By number of its beginning: the first tag with such a digest. */
  const firsts = new Int32Array(tags.length);
  /** Of digests that begin like another one, which hardly ever happens: the first tag of each. */
  const others = new Map<string, number>();
  return (index, digest) => {
    const at = digest.indexOf(':') + 1;
    const count = beginnings.count;
    const number = beginnings.numberOf(
      hexNumber(digest, at, halfDigits) >>> 0,
      hexNumber(digest, at + halfDigits, halfDigits) >>> 0,
    );
    if (number === count) {
      firsts[number] = index;
      return undefined;
    }
    const first = tags[firsts[number]!]!.digest === digest ? firsts[number]! : others.get(digest);
    if (first !== undefined) return images[first];
    others.set(digest, index);
    return undefined;
  };
}

const maxMarkBits = 24;

/** Which tags' digests are those of other tags' images. Attachments are left out on both sides: an alias of one is none. */
function* platformsOf(tags: readonly Tag[], images: Int32Array, kinds: readonly TagKind[]): Sliced<Platforms> {
  const numbers = new Map<number, number>();
  const named = new Map<number, readonly number[]>();
  if (!tags.some(({ images: ofTag }) => ofTag !== undefined)) return { numbers, named };
  // So many that two digests seldom have the same, and few where there are few tags.
  const bits = Math.min(maxMarkBits, Math.ceil(Math.log2(tags.length)) + 8);
  const within = 2 ** bits - 1;
  const [ofDigests, ofPlatforms] = [new Uint8Array(2 ** bits / 8), new Uint8Array(2 ** bits / 8)];
  const isMarked = (marks: Uint8Array, mark: number): boolean =>
    (marks[(mark & within) >> 3]! & (1 << (mark & 7))) !== 0;
  const setMark = (marks: Uint8Array, mark: number): void => {
    marks[(mark & within) >> 3]! |= 1 << (mark & 7);
  };
  let index = 0;
  yield* eachSliced(tags, ({ digest }) => {
    const isAttachment = kinds[index++] === 'attachment';
    if (digest !== undefined && !isAttachment) setMark(ofDigests, digestMark(digest));
  });
  /** Keys of platforms that may be those of a tag's digest. */
  const candidates = new Map<string, number>();
  index = -1;
  yield* eachSliced(tags, ({ images: ofTag }) => {
    index++;
    if (ofTag === undefined || kinds[index] === 'attachment') return;
    let found: number[] | undefined;
    for (let at = 0; at < imageCount(ofTag); at++) {
      const mark = imageMarkAt(ofTag, at);
      const key = isMarked(ofDigests, mark) ? imageKeyAt(ofTag, at) : undefined;
      if (key === undefined) continue;
      setMark(ofPlatforms, mark);
      const number = candidates.get(key) ?? candidates.size;
      candidates.set(key, number);
      if (found) found.push(number);
      else named.set(index, (found = [number]));
    }
  });
  if (candidates.size === 0) return { numbers, named };
  const used = new Set<number>();
  index = 0;
  yield* eachSliced(tags, ({ digest }) => {
    const image = images[index]!;
    const isAttachment = kinds[index++] === 'attachment';
    // Nearly all tags end here, before a key is made.
    if (digest === undefined || isAttachment || !isMarked(ofPlatforms, digestMark(digest)) || numbers.has(image)) {
      return;
    }
    const number = candidates.get(imageKey(digest));
    if (number === undefined) return;
    used.add(number);
    numbers.set(image, number);
  });
  const rows = [...named];
  yield* eachSliced(rows, ([row, known]) => {
    const pointedAt = known.filter((number) => used.has(number));
    if (pointedAt.length === 0) named.delete(row);
    else if (pointedAt.length < known.length) named.set(row, pointedAt);
  });
  return { numbers, named };
}

function* linesOf(
  versions: readonly (Version | undefined)[],
  byName: (a: number, b: number) => number,
): Sliced<readonly VersionLine[]> {
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
  const lines = {
    versions: new Map<string, GrowingLine>(),
    dates: new Map<string, GrowingLine>(),
    numbers: new Map<string, GrowingLine>(),
  };
  const lineOf = (kind: VersionLine['kind'], line: string): GrowingLine => {
    const known = lines[kind].get(line) ?? { kind, line, releases: [], prereleases: [] };
    lines[kind].set(line, known);
    return known;
  };
  const sortedReleases = yield* sortedSliced(
    releases,
    (index) => -releaseKey(versions[index]!),
    (a, b) => compareReleases(versions[b]!, versions[a]!) || byName(a, b),
  );
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
  const sortedPrereleases = yield* sortedSliced(
    prereleases,
    (index) => -versions[index]!.numbers[0]!,
    (a, b) => comparePrereleases(versions[b]!, versions[a]!) || byName(a, b),
  );
  yield* eachSliced(sortedPrereleases, (index) => {
    const { line, numbers, mayBeDate } = versions[index]!;
    const isNumber = numbers.length === 1 && !majors?.get(line)?.has(numbers[0]!);
    const ofVersion = mayBeDate ? 'dates' : 'versions';
    lineOf(isNumber ? 'numbers' : ofVersion, line).prereleases.push(index);
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
