import { compileGlob } from '../../../src/retention/glob.ts';
import type { Policy } from '../../../src/retention/policy.ts';
import type { Tag } from '../../../src/retention/tag.ts';
import { type NaiveVersion, readNames } from './naiveVersion.ts';

/** What a tag is judged by, all of it: the cutoff is worked out by whoever asks. */
export interface NaiveRules {
  readonly policy: Policy;
  readonly asOf: number;
  readonly cutoff: number | undefined;
  /** Patterns of the setting. */
  readonly protect: readonly string[];
  readonly usedTags: ReadonlyMap<string, string>;
  readonly usedDigests: ReadonlyMap<string, string>;
  readonly immutable: ReadonlySet<string>;
}

/**
 * Why each tag stays, all reasons, the strongest first, as short texts: `protected v*`, `newest`, `alias 1.2`; none for a tag that goes.
 *
 * Written from the words of the policy, for clearness and not for speed: each tag asks all others. It shares nothing with the real judging but types
 * and globs.
 */
export function judgeNaively(tags: readonly Tag[], rules: NaiveRules): Map<string, string[]> {
  const versions = readNames(tags.map(({ name }) => name));
  const own = new Map(tags.map((tag) => [tag, ownReasons(tag, tags, versions, rules)]));
  return new Map(
    tags.map((tag) => {
      const staying = tags.filter((other) => own.get(other)!.length > 0 && holdsImageOf(other, tag));
      const strongest = staying.sort((a, b) => strength(own.get(a)![0]!) - strength(own.get(b)![0]!) || byText(a.name, b.name))[0];
      const alias = rules.policy.keepAliases && strongest && strongest !== tag ? [`alias ${strongest.name}`] : [];
      return [tag.name, [...own.get(tag)!, ...alias]];
    }),
  );
}

const order = ['immutable', 'protected', 'referenced', 'notCovered', 'unknownAge', 'newest', 'version', 'younger', 'notVersion'];

function strength(reason: string): number {
  return order.indexOf(reason.split(' ')[0]!);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function start(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** Whether a tag's digest is that of another tag, or of one of its platforms. */
function holdsImageOf(holder: Tag, tag: Tag): boolean {
  if (holder === tag) return true;
  if (tag.digest === undefined) return false;
  return holder.digest === tag.digest || (holder.platformKeys ?? '').split(' ').includes(start(tag.digest));
}

type Versions = ReadonlyMap<string, NaiveVersion>;

function ownReasons(tag: Tag, tags: readonly Tag[], versions: Versions, rules: NaiveRules): string[] {
  const { policy, asOf, cutoff } = rules;
  const reasons: string[] = [];
  if (rules.immutable.has(tag.name)) reasons.push('immutable');
  const pattern = [...rules.protect, ...policy.protect].find((each) => compileGlob(each, { ignoreCase: true }).matches(tag.name));
  if (pattern !== undefined) reasons.push(`protected ${pattern}`);
  const place = policy.keepReferenced ? placeOf(tag, rules) : undefined;
  if (place !== undefined) reasons.push(`referenced ${place}`);
  if (!isCovered(tag, rules)) reasons.push('notCovered');
  if (!isDated(tag)) reasons.push('unknownAge');
  if (needsSlot(tag, rules)) {
    if (imagesBefore(tag, tags, rules, newerFirst) < policy.keepNewest) reasons.push('newest');
    if (policy.keepVersions && isKeptForVersion(tag, tags, versions, rules)) reasons.push('version');
  }
  if (isDated(tag)) {
    const usedAt = policy.agedBy === 'used' && Number.isFinite(tag.pulledAt) ? Math.max(tag.pushedAt!, tag.pulledAt!) : tag.pushedAt!;
    if (tag.pushedAt! > asOf) reasons.push('younger');
    else if (cutoff !== undefined && usedAt >= cutoff) reasons.push('younger than');
  }
  if (policy.keepVersions && !policy.olderThan && (versions.get(tag.name)?.kind ?? 'date') === 'date') reasons.push('notVersion');
  return reasons;
}

function placeOf(tag: Tag, { usedTags, usedDigests }: NaiveRules): string | undefined {
  if (usedTags.has(tag.name)) return usedTags.get(tag.name);
  if (tag.digest !== undefined && usedDigests.has(tag.digest)) return usedDigests.get(tag.digest);
  for (const key of (tag.platformKeys ?? '').split(' ')) {
    for (const [digest, place] of usedDigests) if (start(digest) === key) return place;
  }
  return undefined;
}

function isCovered(tag: Tag, { policy }: NaiveRules): boolean {
  return policy.tags.some((pattern) => compileGlob(pattern).matches(tag.name));
}

function isDated(tag: Tag): boolean {
  return Number.isFinite(tag.pushedAt);
}

/** Whether it says where its image stands. */
function counts(tag: Tag, rules: NaiveRules): boolean {
  return isCovered(tag, rules) && isDated(tag);
}

function needsSlot(tag: Tag, rules: NaiveRules): boolean {
  const isProtected = [...rules.protect, ...rules.policy.protect].some((each) => compileGlob(each, { ignoreCase: true }).matches(tag.name));
  return counts(tag, rules) && !isProtected && !rules.immutable.has(tag.name);
}

function imageOf(tag: Tag): string {
  return tag.digest ?? `none, of ${tag.name}`;
}

function newerFirst(a: Tag, b: Tag): number {
  return b.pushedAt! - a.pushedAt! || byText(a.name, b.name);
}

/** How many other images among these tags take a slot before the image of this one. */
function imagesBefore(tag: Tag, tags: readonly Tag[], rules: NaiveRules, compare: (a: Tag, b: Tag) => number): number {
  const first = (image: string): Tag => tags.filter((each) => imageOf(each) === image && counts(each, rules)).sort(compare)[0]!;
  const mine = first(imageOf(tag));
  const taking = new Set(tags.filter((each) => needsSlot(each, rules)).map(imageOf));
  return [...taking].filter((image) => image !== imageOf(tag) && compare(first(image), mine) < 0).length;
}

function isKeptForVersion(tag: Tag, tags: readonly Tag[], versions: Versions, rules: NaiveRules): boolean {
  const { majors = Infinity, minors = Infinity, patches = Infinity, prereleases = Infinity } = rules.policy.keepVersions!;
  const version = versions.get(tag.name);
  if (!version) return false;
  const [major, minor] = version.numbers;
  const alike = (more: (other: NaiveVersion) => boolean): Tag[] =>
    tags.filter((each) => {
      const other = versions.get(each.name);
      return other !== undefined && other.line === version.line && (other.word === undefined) === (version.word === undefined) && more(other);
    });
  const sameLine = (more: (other: NaiveVersion) => boolean): Tag[] => alike((other) => other.kind === version.kind && more(other));
  const different = (some: readonly Tag[], at: number): number[] => [
    ...new Set(some.filter((each) => needsSlot(each, rules)).flatMap((each) => versions.get(each.name)!.numbers[at] ?? [])),
  ];
  const higherFirst = byVersion(versions);
  if (version.word !== undefined) return imagesBefore(tag, sameLine(() => true), rules, higherFirst) < prereleases;

  // Where some bare numbers count builds, one that floats may do so as well.
  const bare = alike(({ numbers }) => numbers.length === 1);
  const mayCount = version.numbers.length === 1 && bare.some(({ name }) => versions.get(name)!.kind === 'number');
  if (mayCount && version.kind === 'version' && different(bare, 0).filter((other) => other > major!).length < majors) return true;

  if (different(sameLine(() => true), 0).filter((other) => other > major!).length >= majors) return false;
  if (minor === undefined) return true;
  const ofMajor = sameLine((other) => other.numbers[0] === major);
  if (different(ofMajor, 1).filter((other) => other > minor).length >= minors) return false;
  if (version.numbers.length === 2) return true;
  const ofMinor = sameLine((other) => other.numbers[0] === major && other.numbers[1] === minor && other.numbers.length > 2);
  return imagesBefore(tag, ofMinor, rules, higherFirst) < patches;
}

function byVersion(versions: Versions): (a: Tag, b: Tag) => number {
  return (a, b) => {
    const [left, right] = [versions.get(a.name)!, versions.get(b.name)!];
    const key = ({ numbers, word, counts: after }: NaiveVersion): number[] => [...pad(numbers), kinds.indexOf(word ?? ''), ...pad(after)];
    const [leftKey, rightKey] = [key(left), key(right)];
    const differing = leftKey.findIndex((number, at) => number !== rightKey[at]);
    return differing < 0 ? byText(a.name, b.name) : rightKey[differing]! - leftKey[differing]!;
  };
}

const kinds = ['dev', 'a', 'b', 'rc', ''];

function pad(numbers: readonly number[]): number[] {
  return [...numbers, 0, 0, 0, 0, 0, 0].slice(0, 6);
}
