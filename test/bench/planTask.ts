/** What the process that plans is told, as JSON in its first argument. It sends a `PlanReport`. */
export interface PlanTask {
  /** How many tags, one pushed each hour up to now. */
  readonly tags: number;
}

/** What it measured: milliseconds until the list was ready and judged for the first time, and of judging it once more. */
export interface PlanReport {
  readonly firstMs: number;
  readonly againMs: number;
  /** Tags that go. */
  readonly going: number;
  /** Longest time (ms) that a timer was late. */
  readonly longestStallMs: number;
}

/** Milliseconds between two pushes of its tags. */
export const pushedEvery = 3_600_000;

/** The policy, with every rule on. */
export const everyRule = {
  repositories: ['team/*'], olderThan: '90 days', agedBy: 'used', tags: ['v*', 'build-*', 'stable-*'], protect: ['stable-*', 'release-*', '*-keep'], keepNewest: 100,
  keepVersions: { majors: 2, minors: 3, patches: 2, prereleases: 5 },
} as const;

/** The 0 stands for versions; each of the others stays for a reason of its own, in every thousand tags one. */
const kinds = ['version', 'protected', 'referenced', 'alias', 'platform', 'undated', 'pulled', 'uncovered'] as const;
/** What keeps the tag that many pushes ago, if it is old: `version`s may; a `build` does not stay. */
export type Kind = (typeof kinds)[number] | 'build';

/** @param ago how many pushes ago, from 0 */
export function kindOf(ago: number): Kind {
  if (ago % 10 === 0) return 'version';
  return kinds[ago % 1000] ?? 'build';
}

/** Major, minor and patch of the version pushed so many pushes ago: a minor version has 100, a major version 20 minor ones. */
export function versionOf(ago: number, tags: number): readonly [number, number, number] {
  const number = Math.floor((tags - 1 - ago) / 10);
  return [Math.floor(number / 2000), Math.floor(number / 100) % 20, number % 100];
}

/** How many of so many tags go by that policy, counted apart from what is measured. */
export function countGoing(tags: number): number {
  const firstOld = (90 * 86_400_000) / pushedEvery + 1;
  const versions = Array.from({ length: Math.ceil(tags / 10) }, (_, i) => ({ ago: i * 10, version: versionOf(i * 10, tags) }));
  /** The highest numbers at one place among the versions. */
  const highest = (some: typeof versions, place: 0 | 1 | 2, most: number) => [...new Set(some.map(({ version }) => version[place]))].sort((a, b) => b - a).slice(0, most);
  const kept = new Set<number>();
  for (const major of highest(versions, 0, 2)) {
    const ofMajor = versions.filter(({ version }) => version[0] === major);
    for (const minor of highest(ofMajor, 1, 3)) {
      const ofMinor = ofMajor.filter(({ version }) => version[1] === minor);
      const patches = highest(ofMinor, 2, 2);
      for (const { ago, version } of ofMinor) if (patches.includes(version[2])) kept.add(ago);
    }
  }
  let going = 0;
  for (let ago = firstOld; ago < tags; ago++) if (kindOf(ago) === 'build' || (kindOf(ago) === 'version' && !kept.has(ago))) going++;
  return going;
}
