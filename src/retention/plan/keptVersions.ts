import type { KeepReason } from './plan.ts';
import type { KeepVersions } from '../policy/policy.ts';
import type { PreparedTags, VersionLine } from './preparedTags.ts';
import { sliceSize, type Sliced } from '../../async/sliced.ts';
import { takeSlots, type SlotEligibility } from './slots.ts';
import type { Version } from '../tags/version.ts';

/**
 * The tags that stay for their version, with the reason, by index; those that need no slot get none.
 *
 * In each line: of the highest major versions that have a tag which needs a slot, the highest minor versions that have one, and of each of these the
 * highest patches, tags of one digest counted once. A floating version (`1.2`) makes its minor and major version exist, takes no patch's slot and
 * stays with its minor version; `1` stays with its major version. Prereleases have slots of their own, over the whole line.
 *
 * Bare numbers that count builds have lines of their own, where each is a major version; one that may be a floating version as well is kept by either
 * line, and takes no slot of a build.
 */
export function* keptVersions(
  { tags, versions, lines }: PreparedTags,
  keep: KeepVersions,
  standing: SlotEligibility,
): Sliced<readonly (KeepReason | undefined)[]> {
  const kept = new Array<KeepReason | undefined>(tags.length).fill(undefined);
  const work: Work = { versions, keep, standing, kept, steps: 0 };
  for (const line of lines) {
    yield* keepReleases(work, line);
    yield* keepPrereleases(work, line);
    if (++work.steps % sliceSize === 0) yield;
  }
  return kept;
}

interface Work {
  readonly versions: readonly (Version | undefined)[];
  readonly keep: KeepVersions;
  readonly standing: SlotEligibility;
  readonly kept: (KeepReason | undefined)[];
  steps: number;
}

/** A part of a list, from its first place to the one after its last. */
interface Range {
  readonly from: number;
  readonly to: number;
  /** Whether one of its tags needs a slot. */
  readonly exists: boolean;
}

function* keepReleases(work: Work, { line, releases, floating }: VersionLine): Sliced<void> {
  let majors = work.keep.majors ?? Infinity;
  /** What is left of them when floating versions take slots, too, as these do among themselves. */
  let withFloating = majors;
  for (let from = 0; from < releases.length && majors > 0;) {
    const major = yield* rangeOf(work, releases, from, releases.length, 1);
    from = major.to;
    if (!major.exists) continue;
    withFloating--;
    if (!floating?.has(releases[major.from]!)) majors--;
    else if (withFloating < 0) continue;
    yield* keepMinors(work, line, releases, major);
  }
}

function* keepMinors(work: Work, line: string, releases: readonly number[], major: Range): Sliced<void> {
  let minors = work.keep.minors ?? Infinity;
  const majorText = withLine(work.versions[releases[major.from]!]!.numbers.slice(0, 1), line);
  const ofMajor = reasonForFloating(work.keep, majorText, line);
  for (let from = major.from; from < major.to;) {
    if (work.versions[releases[from]!]!.numbers.length === 1) {
      keepOne(work, releases[from]!, ofMajor);
      from++;
      if (++work.steps % sliceSize === 0) yield;
      continue;
    }
    const minor = yield* rangeOf(work, releases, from, major.to, 2);
    from = minor.to;
    if (!minor.exists || minors === 0) continue;
    minors--;
    yield* keepPatches(work, line, releases, minor, majorText);
  }
}

function* keepPatches(
  work: Work,
  line: string,
  releases: readonly number[],
  minor: Range,
  majorText: string,
): Sliced<void> {
  const { versions, keep, standing } = work;
  let fulls = minor.from;
  while (fulls < minor.to && versions[releases[fulls]!]!.numbers.length === 2) fulls++;
  const reason = reasonForPatch(
    keep,
    withLine(versions[releases[minor.from]!]!.numbers.slice(0, 2), line),
    majorText,
    line,
  );
  const taken =
    keep.patches === undefined ? undefined : yield* takeSlots(releases, fulls, minor.to, keep.patches, standing);
  for (let at = minor.from; at < minor.to; at++) {
    const index = releases[at]!;
    if (at < fulls || !taken || taken.has(standing.images[index]!)) keepOne(work, index, reason);
    if (++work.steps % sliceSize === 0) yield;
  }
}

function* keepPrereleases(work: Work, { line, prereleases }: VersionLine): Sliced<void> {
  if (prereleases.length === 0) return;
  const { keep, standing } = work;
  const reason: KeepReason = Object.freeze({ kind: 'version', level: 'prerelease', ...(line !== '' && { of: line }) });
  const taken =
    keep.prereleases === undefined
      ? undefined
      : yield* takeSlots(prereleases, 0, prereleases.length, keep.prereleases, standing);
  for (const index of prereleases) {
    if (!taken || taken.has(standing.images[index]!)) keepOne(work, index, reason);
    if (++work.steps % sliceSize === 0) yield;
  }
}

/** The releases from a place on that have the same first numbers. */
function* rangeOf(work: Work, releases: readonly number[], from: number, end: number, depth: 1 | 2): Sliced<Range> {
  const first = work.versions[releases[from]!]!.numbers;
  let to = from;
  let exists = false;
  for (; to < end; to++) {
    const { numbers } = work.versions[releases[to]!]!;
    if (numbers[0] !== first[0] || (depth === 2 && numbers[1] !== first[1])) break;
    exists ||= work.standing.needsSlot(releases[to]!);
    if (++work.steps % sliceSize === 0) yield;
  }
  return { from, to, exists };
}

function keepOne({ standing, kept }: Work, index: number, reason: KeepReason): void {
  if (standing.needsSlot(index)) kept[index] ??= reason;
}

/** The finest level that the policy bounds, since that is what a person means by "last". */
function reasonForPatch(
  { majors, minors, patches }: KeepVersions,
  minor: string,
  major: string,
  line: string,
): KeepReason {
  if (patches !== undefined || (minors === undefined && majors === undefined)) {
    return Object.freeze({ kind: 'version', level: 'patch', of: minor });
  }
  return minors !== undefined ? Object.freeze({ kind: 'version', level: 'minor', of: major }) : majorReason(line);
}

/** A floating major version is the last of its minor versions. */
function reasonForFloating({ majors, minors, patches }: KeepVersions, major: string, line: string): KeepReason {
  const isFiner = minors !== undefined || patches !== undefined || majors === undefined;
  return isFiner ? Object.freeze({ kind: 'version', level: 'minor', of: major }) : majorReason(line);
}

function majorReason(line: string): KeepReason {
  return Object.freeze({ kind: 'version', level: 'major', ...(line !== '' && { of: line }) });
}

function withLine(numbers: readonly number[], line: string): string {
  return line === '' ? numbers.join('.') : `${numbers.join('.')}-${line}`;
}
