/** What the process that plans is told, as JSON in its first argument. It sends a `PlanReport`. */
export interface PlanTask {
  /** How many tags, one pushed each hour up to now. */
  readonly tags: number;
}

/** What it measured: milliseconds until the list was ready and judged for the first time, and of judging it once more. */
export interface PlanReport {
  readonly firstMs: number;
  readonly againMs: number;
  /** The same in time of the processor, which says more on a machine that others use, too. */
  readonly firstCpuMs: number;
  readonly againCpuMs: number;
  /** Tags that go. */
  readonly going: number;
  /** Longest time (ms) that a timer was late. */
  readonly longestStallMs: number;
}

/** Milliseconds between two pushes of its tags. */
export const pushedEvery = 3_600_000;

/** The policy, with every rule on. */
export const everyRule = {
  repositories: ['team/*'],
  olderThan: '90 days',
  agedBy: 'used',
  tags: ['v*', 'build-*', 'stable-*'],
  protect: ['stable-*', 'release-*', '*-keep'],
  keepNewest: 100,
  orphanedAttachments: true,
  keepVersions: { majors: 2, minors: 3, patches: 2, prereleases: 5 },
} as const;

/** The 0 stands for versions; each of the others stays for a reason of its own, in every thousand tags one. */
const kinds = ['version', 'protected', 'referenced', 'alias', 'platform', 'undated', 'pulled', 'uncovered'] as const;
/**
 * What keeps the tag that many pushes ago, if it is old: a `version` may be kept; a `build` is deleted; an attachment is deleted with its subject, see
 * `subjectOf`.
 */
export type Kind = (typeof kinds)[number] | 'build' | 'attachment';

/** @param ago how many pushes ago, from 0 */
export function kindOf(ago: number): Kind {
  if (ago % 10 === 0) return 'version';
  const kind = kinds[ago % 1000];
  return kind ?? (ago % 4 === 1 ? 'attachment' : 'build');
}

/** What an attachment is attached to: the tag pushed an hour before it, that tag's second platform, or a digest that no tag has. */
export function subjectOf(
  ago: number,
): { readonly of: 'tag' | 'platform'; readonly ago: number } | { readonly of: 'nothing' } {
  const number = Math.floor(ago / 4);
  if (number % 10 === 0) return { of: 'nothing' };
  return { of: number % 5 === 1 ? 'platform' : 'tag', ago: ago + 1 };
}

/** Major, minor and patch of the version pushed so many pushes ago: a minor version has 100, a major version 20 minor ones. */
export function versionOf(ago: number, tags: number): readonly [number, number, number] {
  const number = Math.floor((tags - 1 - ago) / 10);
  return [Math.floor(number / 2000), Math.floor(number / 100) % 20, number % 100];
}

/** How many of so many tags go by that policy, counted apart from what is measured. */
export function countGoing(tags: number): number {
  const firstOld = (90 * 86_400_000) / pushedEvery + 1;
  const versions = Array.from({ length: Math.ceil(tags / 10) }, (_, i) => ({
    ago: i * 10,
    version: versionOf(i * 10, tags),
  }));
  /** The highest numbers at one place among the versions. */
  const highest = (some: typeof versions, place: 0 | 1 | 2, most: number) =>
    [...new Set(some.map(({ version }) => version[place]))].sort((a, b) => b - a).slice(0, most);
  const kept = new Set<number>();
  for (const major of highest(versions, 0, 2)) {
    const ofMajor = versions.filter(({ version }) => version[0] === major);
    for (const minor of highest(ofMajor, 1, 3)) {
      const ofMinor = ofMajor.filter(({ version }) => version[1] === minor);
      const patches = highest(ofMinor, 2, 2);
      for (const { ago, version } of ofMinor) if (patches.includes(version[2])) kept.add(ago);
    }
  }
  const isDeleted = (ago: number): boolean => {
    const kind = kindOf(ago);
    const subject = kind === 'attachment' ? subjectOf(ago) : undefined;
    if (subject && subject.of !== 'nothing') return isDeleted(subject.ago);
    return ago >= firstOld && (subject !== undefined || kind === 'build' || (kind === 'version' && !kept.has(ago)));
  };
  let going = 0;
  for (let ago = 0; ago < tags; ago++) if (isDeleted(ago)) going++;
  return going;
}
