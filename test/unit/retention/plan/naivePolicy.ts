import { compileGlob } from '../../../../src/retention/globs/glob.ts';
import type { Policy } from '../../../../src/retention/policy/policy.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { imageDigits } from '../../../../src/retention/tags/tagImages.ts';
import { type NaiveVersion, readNames } from '../tags/naiveVersion.ts';

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

/** The rules with what is asked of each tag again and again: each tag asks all others, and takes no word for it but this. */
interface Known extends NaiveRules {
  /** See `imageOf`; of images and build caches. */
  readonly imageNames: ReadonlyMap<Tag, string>;
  /** See `imageDigitsOf`. */
  readonly imageDigits: ReadonlyMap<Tag, readonly string[]>;
  readonly taking: Map<Tag, { readonly counts: boolean; readonly needsSlot: boolean }>;
}

/**
 * Why each tag stays, all reasons, the strongest first, as short texts: `protected v*`, `newest`, `alias 1.2`; none for a tag that goes.
 *
 * Written from the words of the policy, for clearness and not for speed: each tag asks all others. It shares nothing with the real judging but types
 * and globs.
 */
export function judgeNaively(tags: readonly Tag[], given: NaiveRules): Map<string, string[]> {
  const images = tags.filter((tag) => subjectOf(tag) === undefined);
  const rules: Known = {
    ...given,
    imageNames: new Map(images.map((tag) => [tag, imageOf(tag, images)])),
    imageDigits: new Map(tags.map((tag) => [tag, imageDigitsOf(tag)])),
    taking: new Map(),
  };
  for (const tag of images) rules.taking.set(tag, { counts: counts(tag, rules), needsSlot: needsSlot(tag, rules) });
  const versions = readNames(images.filter((tag) => !isCache(tag)).map(({ name }) => name));
  const own = new Map(images.map((tag) => [tag, ownReasons(tag, images, versions, rules)]));
  const found = new Map(
    images.map((tag) => {
      const staying = images.filter((other) => own.get(other)!.length > 0 && holdsImageOf(other, tag, rules));
      const strongest = staying.sort(
        (a, b) => strength(own.get(a)![0]!) - strength(own.get(b)![0]!) || byText(a.name, b.name),
      )[0];
      const alias = rules.policy.keepAliases && strongest && strongest !== tag ? [`alias ${strongest.name}`] : [];
      return [tag, [...own.get(tag)!, ...alias]];
    }),
  );
  for (const tag of tags) attachmentReasons(tag, tags, rules, found);
  return new Map(tags.map((tag) => [tag.name, found.get(tag)!]));
}

/** Whether it has an image that the list does not name, so that anything may be attached to it. */
function hasUnknownImage({ digest, images }: Tag): boolean {
  return digest === undefined || (images !== undefined && imageDigits(images) === undefined);
}

/** Why an attachment stays; worked out for those that it is attached to first. */
function attachmentReasons(tag: Tag, tags: readonly Tag[], rules: Known, found: Map<Tag, string[]>): string[] {
  const known = found.get(tag);
  if (known) return known;
  const subject = subjectOf(tag)!;
  const { policy } = rules;
  const reasons = keptForItself(tag, rules);
  const place = policy.keepReferenced ? rules.usedDigests.get(`sha256:${subject}`) : undefined;
  if (place !== undefined) reasons.push(`referenced ${place}`);
  const holders = tags.filter(
    (other) => other !== tag && (digitsOf(other) === subject || rules.imageDigits.get(other)!.includes(subject)),
  );
  const kept = holders.filter((holder) => attachmentReasons(holder, tags, rules, found).length > 0);
  const strongest = kept.sort(
    (a, b) => strength(found.get(a)![0]!) - strength(found.get(b)![0]!) || byText(a.name, b.name),
  )[0];
  if (strongest) {
    reasons.push(`attachedTo ${strongest.name}`);
  } else if (holders.length === 0) {
    const age = ageReason(tag, rules);
    if (!policy.orphanedAttachments || rules.cutoff === undefined || tags.some(hasUnknownImage)) {
      reasons.push('untaggedSubject');
    } else if (age !== undefined) {
      reasons.push(age);
    }
  }
  found.set(tag, reasons);
  return reasons;
}

/** The digits that an attachment is attached to; undefined for every other tag. */
function subjectOf(tag: Tag): string | undefined {
  const digits = /^sha256-([0-9a-f]{64})(\.[a-zA-Z]+)?$/.exec(tag.name)?.[1];
  return digits === digitsOf(tag) ? undefined : digits;
}

function digitsOf({ digest }: Tag): string | undefined {
  return digest?.replace('sha256:', '').padEnd(64, '0');
}

function imageDigitsOf({ images }: Tag): readonly string[] {
  return images === undefined ? [] : imageDigits(images)!;
}

function isCache({ name, isCache: isSaid }: Tag): boolean {
  return (
    isSaid === true || name === 'buildcache' || name === 'cache' || name.endsWith('-cache') || name.startsWith('cache-')
  );
}

const order = [
  'immutable',
  'protected',
  'referenced',
  'notCovered',
  'unknownAge',
  'newest',
  'version',
  'younger',
  'buildCache',
  'notVersion',
  'alias',
  'attachedTo',
  'untaggedSubject',
];

/** Reasons to keep a tag that does not stand by itself are no stronger than one another. */
function strength(reason: string): number {
  return Math.min(order.indexOf(reason.split(' ')[0]!), order.indexOf('alias'));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a tag's image is that of another tag, or one of its platforms. */
function holdsImageOf(holder: Tag, tag: Tag, { imageNames, imageDigits }: Known): boolean {
  const image = imageNames.get(tag)!;
  return (
    holder === tag ||
    imageNames.get(holder) === image ||
    imageDigits.get(holder)!.some((digits) => image.startsWith(`sha256:${digits}`))
  );
}

type Versions = ReadonlyMap<string, NaiveVersion>;

function keptForItself(tag: Tag, rules: NaiveRules): string[] {
  const { policy } = rules;
  const reasons: string[] = [];
  if (rules.immutable.has(tag.name)) reasons.push('immutable');
  const pattern = [...rules.protect, ...policy.protect].find((each) =>
    compileGlob(each, { ignoreCase: true }).matches(tag.name),
  );
  if (pattern !== undefined) reasons.push(`protected ${pattern}`);
  const place = policy.keepReferenced ? placeOf(tag, rules) : undefined;
  if (place !== undefined) reasons.push(`referenced ${place}`);
  return reasons;
}

/** Why the age of a tag keeps it, if it does. */
function ageReason(tag: Tag, { policy, asOf, cutoff }: NaiveRules): string | undefined {
  if (!isDated(tag)) return 'unknownAge';
  const byUse = policy.agedBy === 'used' && cutoff !== undefined && tag.pulledAt !== undefined;
  if (byUse && !Number.isFinite(tag.pulledAt)) return 'unknownAge';
  if (tag.pushedAt! > asOf) return 'younger';
  return cutoff !== undefined && Math.max(tag.pushedAt!, byUse ? tag.pulledAt : -Infinity) >= cutoff
    ? 'younger than'
    : undefined;
}

function ownReasons(tag: Tag, tags: readonly Tag[], versions: Versions, rules: Known): string[] {
  const { policy } = rules;
  const reasons = keptForItself(tag, rules);
  if (!isCovered(tag, rules)) reasons.push('notCovered');
  const isUndated = ageReason(tag, rules) === 'unknownAge';
  if (isUndated) reasons.push('unknownAge');
  if (rules.taking.get(tag)!.needsSlot) {
    if (imagesBefore(tag, tags, rules, newerFirst) < policy.keepNewest) reasons.push('newest');
    if (policy.keepVersions && isKeptForVersion(tag, tags, versions, rules)) reasons.push('version');
  }
  // A tag whose pull nobody knows may be young all the same.
  const age = ageReason(isUndated && isDated(tag) ? { ...tag, pulledAt: undefined } : tag, rules);
  if (age !== undefined && age !== 'unknownAge') reasons.push(age);
  if (isCache(tag)) return policy.olderThan ? reasons : [...reasons, 'buildCache'];
  if (policy.keepVersions && !policy.olderThan && (versions.get(tag.name)?.kind ?? 'date') === 'date') {
    reasons.push('notVersion');
  }
  return reasons;
}

function placeOf(tag: Tag, { usedTags, usedDigests }: NaiveRules): string | undefined {
  if (usedTags.has(tag.name)) return usedTags.get(tag.name);
  if (tag.digest !== undefined && usedDigests.has(tag.digest)) return usedDigests.get(tag.digest);
  for (const digits of imageDigitsOf(tag)) {
    if (usedDigests.has(`sha256:${digits}`)) return usedDigests.get(`sha256:${digits}`);
  }
  return undefined;
}

function isCovered(tag: Tag, { policy }: NaiveRules): boolean {
  return policy.tags.some((pattern) => compileGlob(pattern).matches(tag.name));
}

function isDated(tag: Tag): boolean {
  return Number.isFinite(tag.pushedAt);
}

/** Whether it says where its image stands; a build cache is none. */
function counts(tag: Tag, rules: NaiveRules): boolean {
  return !isCache(tag) && isCovered(tag, rules) && isDated(tag);
}

function needsSlot(tag: Tag, rules: NaiveRules): boolean {
  const isProtected = [...rules.protect, ...rules.policy.protect].some((each) =>
    compileGlob(each, { ignoreCase: true }).matches(tag.name),
  );
  return counts(tag, rules) && !isProtected && !rules.immutable.has(tag.name);
}

/** What an image is called: its digest; without one that of the oldest tag that consists of the same images; else these. */
function imageOf(tag: Tag, tags: readonly Tag[]): string {
  if (tag.digest !== undefined) return tag.digest;
  if (tag.images === undefined) return `none, of ${tag.name}`;
  const set = imageDigitsOf(tag).join();
  const isDated = ({ pushedAt }: Tag) => (Number.isFinite(pushedAt) ? pushedAt! : -Infinity);
  const named = tags
    .filter((each) => each.digest !== undefined && imageDigitsOf(each).join() === set)
    .sort((a, b) => (isDated(a) < isDated(b) ? -1 : isDated(a) > isDated(b) ? 1 : byText(a.name, b.name)));
  return named[0]?.digest ?? set;
}

function newerFirst(a: Tag, b: Tag): number {
  return b.pushedAt! - a.pushedAt! || byText(a.name, b.name);
}

/** How many other images among these tags take a slot before the image of this one. */
function imagesBefore(
  tag: Tag,
  tags: readonly Tag[],
  { imageNames, taking: known }: Known,
  compare: (a: Tag, b: Tag) => number,
): number {
  const nameOf = (each: Tag) => imageNames.get(each)!;
  const first = (image: string): Tag =>
    tags.filter((each) => nameOf(each) === image && known.get(each)!.counts).sort(compare)[0]!;
  const mine = first(nameOf(tag));
  const taking = new Set(tags.filter((each) => known.get(each)!.needsSlot).map(nameOf));
  return [...taking].filter((image) => image !== nameOf(tag) && compare(first(image), mine) < 0).length;
}

function isKeptForVersion(tag: Tag, tags: readonly Tag[], versions: Versions, rules: Known): boolean {
  const {
    majors = Infinity,
    minors = Infinity,
    patches = Infinity,
    prereleases = Infinity,
  } = rules.policy.keepVersions!;
  const version = versions.get(tag.name);
  if (!version) return false;
  const [major, minor] = version.numbers;
  const alike = (more: (other: NaiveVersion) => boolean): Tag[] =>
    tags.filter((each) => {
      const other = versions.get(each.name);
      return (
        other !== undefined &&
        other.line === version.line &&
        (other.word === undefined) === (version.word === undefined) &&
        more(other)
      );
    });
  const sameLine = (more: (other: NaiveVersion) => boolean): Tag[] =>
    alike((other) => other.kind === version.kind && more(other));
  const different = (some: readonly Tag[], at: number): number[] => [
    ...new Set(
      some
        .filter((each) => rules.taking.get(each)!.needsSlot)
        .flatMap((each) => versions.get(each.name)!.numbers[at] ?? []),
    ),
  ];
  const higherFirst = byVersion(versions);
  if (version.word !== undefined) {
    return (
      imagesBefore(
        tag,
        sameLine(() => true),
        rules,
        higherFirst,
      ) < prereleases
    );
  }

  // Where some bare numbers count builds, one that floats may do so as well.
  const bare = alike(({ numbers }) => numbers.length === 1);
  const mayCount = version.numbers.length === 1 && bare.some(({ name }) => versions.get(name)!.kind === 'number');
  if (mayCount && version.kind === 'version' && different(bare, 0).filter((other) => other > major!).length < majors) {
    return true;
  }

  if (
    different(
      sameLine(() => true),
      0,
    ).filter((other) => other > major!).length >= majors
  ) {
    return false;
  }
  if (minor === undefined) return true;
  const ofMajor = sameLine((other) => other.numbers[0] === major);
  if (different(ofMajor, 1).filter((other) => other > minor).length >= minors) return false;
  if (version.numbers.length === 2) return true;
  const ofMinor = sameLine(
    (other) => other.numbers[0] === major && other.numbers[1] === minor && other.numbers.length > 2,
  );
  return imagesBefore(tag, ofMinor, rules, higherFirst) < patches;
}

function byVersion(versions: Versions): (a: Tag, b: Tag) => number {
  return (a, b) => {
    const [left, right] = [versions.get(a.name)!, versions.get(b.name)!];
    const key = ({ numbers, word, counts: after }: NaiveVersion): number[] => [
      ...pad(numbers),
      kinds.indexOf(word ?? ''),
      ...pad(after),
    ];
    const [leftKey, rightKey] = [key(left), key(right)];
    const differing = leftKey.findIndex((number, at) => number !== rightKey[at]);
    return differing < 0 ? byText(a.name, b.name) : rightKey[differing]! - leftKey[differing]!;
  };
}

const kinds = ['dev', 'a', 'b', 'rc', ''];

function pad(numbers: readonly number[]): number[] {
  return [...numbers, 0, 0, 0, 0, 0, 0].slice(0, 6);
}
