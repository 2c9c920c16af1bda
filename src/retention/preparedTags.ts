import { distinctTags } from './distinctTags.ts';
import type { RepositoryName } from './plan.ts';
import { type PulledTogether, pulledTogether } from './pulledTogether.ts';
import { eachSliced, sortedSliced, type Sliced } from './sliced.ts';
import { compareNames, digestKey, pushedKey, type Tag } from './tag.ts';
import { comparePrereleases, compareReleases, parseVersion, releaseKey, type Version } from './version.ts';

/** The versions of one line (see `Version`), as indexes of tags, the highest first, ties by name. */
export interface VersionLine {
  readonly line: string;
  /** Those of one major version stand together, the floating ones first, and in it those of one minor version, too. */
  readonly releases: readonly number[];
  readonly prereleases: readonly number[];
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
  /** By number of an image that is an index: those of its platforms that tags point at, too; none for most. */
  readonly platforms: ReadonlyMap<number, readonly number[]>;
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
  const indexes: number[] = [];
  const versions: (Version | undefined)[] = [];
  yield* eachSliced(sorted, ({ name }) => {
    indexes.push(indexes.length);
    versions.push(parseVersion(name));
  });
  const byName = (a: number, b: number): number => compareNames(sorted[a]!.name, sorted[b]!.name);
  const newestFirst = yield* sortedSliced(indexes, (index) => -pushedKey(sorted[index]!), byName);
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

function* platformsOf(tags: readonly Tag[], images: readonly number[]): Sliced<ReadonlyMap<number, readonly number[]>> {
  const found = new Map<number, readonly number[]>();
  if (!tags.some(({ platformKeys }) => platformKeys !== undefined)) return found;
  const byKey = new Map<string, Set<number>>();
  let index = 0;
  yield* eachSliced(tags, ({ digest }) => {
    const image = images[index++]!;
    if (digest === undefined) return;
    const key = digestKey(digest);
    const known = byKey.get(key);
    if (known) known.add(image);
    else byKey.set(key, new Set([image]));
  });
  index = 0;
  yield* eachSliced(tags, ({ platformKeys }) => {
    const image = images[index++]!;
    if (platformKeys === undefined || found.has(image)) return;
    const others = platformKeys.split(' ').flatMap((key) => [...(byKey.get(key) ?? [])]).filter((other) => other !== image);
    if (others.length > 0) found.set(image, others);
  });
  return found;
}

function* linesOf(versions: readonly (Version | undefined)[], byName: (a: number, b: number) => number): Sliced<readonly VersionLine[]> {
  const [releases, prereleases]: [number[], number[]] = [[], []];
  let next = 0;
  yield* eachSliced(versions, (version) => {
    const index = next++;
    if (version) (version.prerelease ? prereleases : releases).push(index);
  });
  const lines = new Map<string, { line: string; releases: number[]; prereleases: number[] }>();
  const lineOf = (index: number) => {
    const { line } = versions[index]!;
    const known = lines.get(line) ?? { line, releases: [], prereleases: [] };
    lines.set(line, known);
    return known;
  };
  const sortedReleases = yield* sortedSliced(releases, (index) => -releaseKey(versions[index]!), (a, b) => compareReleases(versions[b]!, versions[a]!) || byName(a, b));
  yield* eachSliced(sortedReleases, (index) => lineOf(index).releases.push(index));
  const sortedPrereleases = yield* sortedSliced(prereleases, (index) => -versions[index]!.numbers[0]!, (a, b) => comparePrereleases(versions[b]!, versions[a]!) || byName(a, b));
  yield* eachSliced(sortedPrereleases, (index) => lineOf(index).prereleases.push(index));
  return [...lines.values()];
}
