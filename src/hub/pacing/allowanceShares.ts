import type { AllowanceWindow } from './allowanceWindow.ts';
import { lengthOf, type Lane, type Pacing } from './pacingState.ts';

/** For so long (ms) after a look at the tree, a part of each window is kept for the next look: an 18th, at most so many requests. */
const browsingLasts = 60_000;
const reservePart = 1 / 18;
const largestReserve = 10;

/** For so long (ms) another client of the account may come late, since it knows the end of a window to the second only. */
const othersLate = 1_200;
/** After that, what is kept for it is halved each time that so much of a window, and at least so long (ms), passes without a sign of it. */
const othersHalfLife = 1 / 16;
const shortestHalfLife = 500;

/** How many requests the window still has for a lane; Infinity where no window is known. */
export function available(pacing: Pacing, now: number, lane: Lane): number {
  const { window } = pacing;
  if (!window) return Infinity;
  if (lane === 'foreground') return window.remaining;
  return window.remaining - reserve(pacing, now) - Math.floor(keptForOthers(pacing, now));
}

/** What a run leaves to the person who is browsing. */
function reserve({ window, browsedAt }: Pacing, now: number): number {
  if (!window || now - browsedAt > browsingLasts) return 0;
  return Math.min(Math.floor(window.limit * reservePart), largestReserve);
}

/**
 * What is kept for other clients of the account that were there in the last window: so much that each can have a half, less what they have
 * used already, and less and less while nothing is seen of them.
 */
function keptForOthers(pacing: Pacing, now: number): number {
  const { window } = pacing;
  if (!window) return 0;
  return atFirst(window) * 2 ** (-Math.max(now - window.othersAt - othersLate, 0) / halfLife(pacing));
}

function atFirst({ limit, othersBefore, others }: AllowanceWindow): number {
  return Math.max(Math.min(limit / 2, 2 * othersBefore) - others, 0);
}

function halfLife(pacing: Pacing): number {
  return Math.max((lengthOf(pacing) ?? 0) * othersHalfLife, shortestHalfLife);
}

/** When so little of this window is kept for others and for the person who browses that one more request may go. */
export function freeAgainAt(pacing: Pacing, window: AllowanceWindow, now: number): number {
  if (window.remaining <= 0) return Infinity;
  const free = window.remaining - reserve(pacing, now);
  if (free <= 0) return pacing.browsedAt + browsingLasts + 1;
  return window.othersAt + othersLate + Math.ceil(halfLife(pacing) * Math.log2(atFirst(window) / free)) + 1;
}

/** Whether as much is in flight as is wise where others use the same allowance, whose requests may have taken what seems to be left. */
export function isCrowded({ window, inFlight }: Pacing, lane: Lane): boolean {
  if (!window || lane === 'foreground' || window.others + window.othersBefore === 0) return false;
  return inFlight >= Math.max(1, Math.ceil(window.remaining / 2));
}
