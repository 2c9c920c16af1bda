import type { RepositoryName } from '../../src/retention/tags/repositoryName.ts';

/** What a process of the soak is told to do, as JSON in its first argument. */
export interface PruneTask {
  /** Of the test Hub. */
  readonly hub: string;
  /** Where journals and claims are. */
  readonly folder: string;
  readonly clock: { readonly from: number; readonly speed: number };
  readonly repositories: readonly RepositoryName[];
  /** What was pushed before this instant (ms) goes. */
  readonly cutoff: number;
  /** Whether the user picked these tags, so that the plan itself has no cutoff. */
  readonly picked: boolean;
  /** Whether the run is one by policies. */
  readonly policies: boolean;
  /** What the policy of today protects beside that of the run, when it is resumed. */
  readonly protectToday: readonly string[];
  readonly concurrency: number;
  /** Real time (ms) that a request is given. */
  readonly timeout: number;
}

/** How such a process ends by itself: every planned tag has come to an end; some have not, for the server or the network; somebody else holds the run. */
export const exitCodes = { through: 0, open: 10, held: 11 } as const;

/** The user agent of a DELETE that was sent at an instant (ms) of the task's clock: the Hub's log keeps it, and so tells when it was sent. */
export function sentAt(instant: number): string {
  return `soak/1.0 (sent ${instant})`;
}

/** @returns the instant of `sentAt` */
export function readSentAt(userAgent: string | undefined): number {
  return Number(/\(sent ([\d.]+)\)/.exec(userAgent ?? '')?.[1]);
}
