import type { HubErrorKind, HubErrorReason } from '../../hub/wire/hubError.ts';
import type { KeepReason } from '../../retention/plan/plan.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';

/**
 * Something that went wrong, as data. Beside what goes wrong with the server and the network: `storage`, this machine could not write the
 * run's journal; `interrupted`, the program ended, or failed by an error of its own, before an answer came; `queued`, Docker Hub accepted the
 * deletion of a repository and still lists it (API-NOTES, 7).
 */
export interface Failure {
  readonly kind: HubErrorKind | 'storage' | 'interrupted' | 'queued';
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** The server's own words, for `storage` the system's, for `interrupted` those of an error in this program; plain text. */
  readonly words?: string;
  /** What this program found wrong, and what it is about; see `HubError`. */
  readonly reason?: HubErrorReason;
  readonly subject?: string;
}

/**
 * Why a run went no further, for all that was left or for one repository:
 * - the whole run: `cancelled`; `takenOver` (another window has, or may have, taken its repositories while this one stood still); `interrupted` (the program ended before the run did); `blocked` by Cloudflare; `account` (the sign-in is not
 *   good any more); `offline` (no answer comes, or while signing in none that can be used); `refused` (rate limited without an end); `routeGone` (Docker Hub deletes nothing under the paths we know); `storage` (the journal cannot
 *   be written)
 * - one repository: `missingRight` (three refusals in a row), `repositoryGone`, `serverTrouble` (failure after failure)
 */
export const stopReasons = [
  'cancelled',
  'takenOver',
  'interrupted',
  'blocked',
  'account',
  'offline',
  'refused',
  'routeGone',
  'storage',
  'missingRight',
  'repositoryGone',
  'serverTrouble',
] as const;

/** One of `stopReasons`. */
export type StopReason = (typeof stopReasons)[number];

/** An early end of a run, or of one repository in it. */
export interface Stop {
  readonly reason: StopReason;
  /** The repository that stopped; absent when the whole run did. */
  readonly repository?: RepositoryName;
  readonly failure?: Failure;
}

/** How one planned tag ended (invariant 6). */
export type Outcome =
  /** The server confirmed the delete, or the tag was gone after a delete that got no answer. */
  | { readonly kind: 'removed' }
  /** Somebody else had deleted it, as a look at this very tag or at the whole list has shown. */
  | { readonly kind: 'alreadyGone' }
  /** Kept: pushed since the plan (invariant 3) or, when an interrupted run went on, for the reason given. */
  | { readonly kind: 'spared'; readonly reason?: KeepReason }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** A delete was sent, no answer came, and the tag could not be looked up. */
  | { readonly kind: 'uncertain'; readonly failure: Failure }
  | { readonly kind: 'notReached'; readonly reason: StopReason };

/** The kinds of outcome, in the order in which a summary names them. */
export const outcomeKinds = [
  'removed',
  'alreadyGone',
  'spared',
  'failed',
  'uncertain',
  'notReached',
] as const satisfies readonly Outcome['kind'][];
