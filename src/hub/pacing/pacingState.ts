import {
  likelyLength,
  unknownLength,
  withOpening,
  type AllowanceWindow,
  type WindowLength,
} from './allowanceWindow.ts';
import type { ClockOffset } from './clockOffset.ts';
import { freePace, type SilentPace } from './silentPace.ts';

/** Who waits for an answer: a person looking at the tree (`foreground`), or a run (`background`). */
export type Lane = 'foreground' | 'background';

/** A request that was let go. */
export interface SentRequest {
  /** The instant (ms) of that. */
  readonly at: number;
  /** How many had been let go before it. */
  readonly ordinal: number;
  /** The window that it was let go in. */
  readonly window: number;
}

/** All that is known of one account's allowance, as `pacing` makes one out of another. Instants are in ms, of a clock that never goes back. */
export interface Pacing {
  readonly inFlight: number;
  /** How many requests were let go in all. */
  readonly ordinal: number;
  readonly window?: AllowanceWindow;
  /** By what the ends of windows were told rightly so far; by anything else, one request is sent to see, before the others. */
  readonly proven: Proof;
  readonly length: WindowLength;
  readonly offset?: ClockOffset;
  readonly silent: SilentPace;
  /** Nothing goes before, since a 429 asked for it, or named no instant (`backsOff`). */
  readonly heldUntil: number;
  readonly backsOff: boolean;
  /** 429s in a row. */
  readonly refusals: number;
  /** Requests that the server has taken. */
  readonly taken: number;
  /** How long (ms) an answer takes, smoothed; unknown before the first. */
  readonly latency?: number;
  /** When somebody last looked at something. */
  readonly browsedAt: number;
}

/** Nothing known yet. */
export const unknownPacing: Pacing = {
  inFlight: 0,
  ordinal: 0,
  proven: { reset: false, length: 0, times: 0 },
  length: unknownLength,
  silent: freePace,
  heldUntil: 0,
  backsOff: false,
  refusals: 0,
  taken: 0,
  browsedAt: -Infinity,
};

/** By what the ends of windows were told rightly: by `reset`, and how many times in a row by a length (ms). */
export interface Proof {
  readonly reset: boolean;
  readonly length: number;
  readonly times: number;
}

/** Length (ms) of the window at hand as far as it can be told, for rates and shares; undefined while nothing is known. */
export function lengthOf({ length, window, offset }: Pacing): number | undefined {
  const most = likelyLength(window && offset ? withOpening(length, window, offset) : length);
  if (most < Infinity) return most;
  if (!window || !offset || window.reset === undefined || window.seenAt === undefined) return undefined;
  return window.reset - offset.low - window.seenAt;
}
