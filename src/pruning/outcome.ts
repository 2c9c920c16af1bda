import type { HubErrorKind } from '../hub/hubError.ts';
import type { RepositoryName } from '../retention/plan.ts';

/** Something of the server's or the network's that went wrong, as data. */
export interface Failure {
  readonly kind: HubErrorKind;
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** The server's own words, plain text. */
  readonly words?: string;
}

/**
 * Why a run went no further, for all that was left or for one repository:
 * - the whole run: `cancelled`; `blocked` by Cloudflare; `account` (the sign-in is not good any more); `offline`;
 *   `refused` (rate limited without an end); `routeGone` (Docker Hub deletes nothing under the paths we know)
 * - one repository: `missingRight` (three refusals in a row), `repositoryGone`, `serverTrouble` (failure after failure)
 */
export type StopReason =
  | 'cancelled'
  | 'blocked'
  | 'account'
  | 'offline'
  | 'refused'
  | 'routeGone'
  | 'missingRight'
  | 'repositoryGone'
  | 'serverTrouble';

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
  /** Somebody else had deleted it. */
  | { readonly kind: 'alreadyGone' }
  /** Pushed since the plan, and kept (invariant 3). */
  | { readonly kind: 'spared' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** A delete was sent, no answer came, and the tag could not be looked up. */
  | { readonly kind: 'uncertain'; readonly failure: Failure }
  | { readonly kind: 'notReached'; readonly reason: StopReason };

/** The kinds of outcome, in the order in which a summary names them. */
export const outcomeKinds = ['removed', 'alreadyGone', 'spared', 'failed', 'uncertain', 'notReached'] as const satisfies readonly Outcome['kind'][];
