import type { Age } from '../tags/age.ts';

/** How many versions of a line stay, level by level: "the last patch of the last 3 minors of the last 2 majors". */
export interface KeepVersions {
  /** Major versions that stay, the highest ones; missing: all. A whole number, at least 1. */
  readonly majors?: number;
  /** Minor versions that stay of each of these; missing: all. At least 1. */
  readonly minors?: number;
  /** Patches that stay of each of these, several tags of one digest counted once; missing: all. At least 1. */
  readonly patches?: number;
  /** Prereleases that stay of each line, the highest ones; they count for no other level. Missing: all; 0: none. */
  readonly prereleases?: number;
}

/** What the user says may go, checked and with its defaults: plain data, that `JSON.stringify` writes whole. */
export interface Policy {
  /** Globs over `namespace/name`; `!` excludes. At least one. */
  readonly repositories: readonly string[];
  /** A tag younger than this stays. Missing: age decides nothing. */
  readonly olderThan?: Age;
  /**
   * What its age counts from: its last push (default), or the later of last push and last pull. A pull that is missing counts as never; where
   * the push is unknown, the age is (invariant 2).
   */
  readonly agedBy: 'pushed' | 'used';
  /** Globs of the tags that the policy speaks of; every other tag stays. Default `["*"]`. */
  readonly tags: readonly string[];
  /** Globs of tags that always stay, added to those of the settings (invariant 12). Default none. */
  readonly protect: readonly string[];
  /** So many of the newest digests that the policy speaks of stay, whatever their age. Default 0. */
  readonly keepNewest: number;
  /** Versions that stay, whatever their age. Missing: none for their version. */
  readonly keepVersions?: KeepVersions;
  /** Whether a tag stays that has the digest of a tag that stays, or that of one of its platforms. Default true. */
  readonly keepAliases: boolean;
  /** Whether a tag stays that the open workspace refers to, by name or by digest. Default true. */
  readonly keepReferenced: boolean;
  /** Whether signatures and the like whose image no tag has are deleted by `olderThan`, whatever `tags` says. Default false. */
  readonly orphanedAttachments: boolean;
  /** Most tags that go in one batch by this policy, the oldest first, not counting what is attached to their images; 0 (default): no cap. */
  readonly maxDeletions: number;
  /** A plan that deletes a larger share of a repository's images, counted by their tags, is refused: more than 0, at most 1 (default). */
  readonly maxShare: number;
}

/** The policy of `Prune Old Tags…` by age alone: everything else has its default. */
export function policyOlderThan(olderThan: Age, repositories: readonly string[] = ['*/*']): Policy {
  return Object.freeze({
    repositories,
    olderThan,
    agedBy: 'pushed',
    tags: ['*'],
    protect: [],
    keepNewest: 0,
    keepAliases: true,
    keepReferenced: true,
    orphanedAttachments: false,
    maxDeletions: 0,
    maxShare: 1,
  });
}
