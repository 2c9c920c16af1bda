import { available, isCrowded, freeAgainAt } from './allowanceShares.ts';
import { withAnswer } from './allowanceAnswer.ts';
import { endOf, withOpening, type EndBasis } from './allowanceWindow.ts';
import { withDate } from './clockOffset.ts';
import { lengthOf, type Lane, type Pacing, type Proof, type SentRequest } from './pacingState.ts';
import { retryAt, serverNow } from './retryAfter.ts';
import { likelyAgainAt, paceAllows, paceNow, paceRefused, paceSent, paceTaken } from './silentPace.ts';

// All of this is pure: a state, what happened, and an instant give the next state, or the instant at which the next request may go.

/** What came of a request: an answer, nothing, or that it was not sent after all. */
export type RequestEnd = { readonly headers: Headers; readonly status: number } | undefined | 'unsent';

/** A window of the server's own clock may once end by chance as one that begins with its first request would. */
const provenAfter = 2;

const firstBackoff = 1_000;
const backoffGrowth = 1.5;
const longestBackoff = 60_000;

/** Requests in flight use up what a window has left in about so long (ms), where that needs no more than the bound. */
const useWithin = 1_000;
/** So many are always good: while one answer is on its way, the next is being made. */
const leastParallel = 2;
/** A time-out or a clock that jumped says nothing of how long answers take (ms). */
const longestLatency = 15_000;

/** Requests a second that the allowance, or what is known of a server that tells none, comes to; Infinity while nothing is known. */
export function paceOf(pacing: Pacing): number {
  const length = lengthOf(pacing);
  if (!pacing.window) return paceNow(pacing.silent);
  return length && length > 0 ? (1000 * pacing.window.limit) / length : Infinity;
}

/** How many requests in flight use the allowance at the latency that was measured: 2 to `most`, fewer as the allowance nears its end. */
export function parallelismOf(pacing: Pacing, most: number): number {
  const { window, silent, latency, taken } = pacing;
  if (latency === undefined) return Math.min(leastParallel, most);
  const wanted = window
    ? Math.max(window.remaining, 0) * (latency / useWithin)
    : // A server that says nothing is asked for more step by step.
      Math.min(leastParallel + taken / 2, (paceNow(silent) * Math.max(latency, 1)) / 500);
  return Math.min(Math.max(Math.ceil(wanted), leastParallel), most);
}

/** With a new window begun where the one at hand is over and has nothing left for the lane. */
export function advance(pacing: Pacing, now: number, lane: Lane): Pacing {
  const { window, inFlight, offset } = pacing;
  if (!window || available(pacing, now, lane) > 0) return pacing;
  const end = offset && endOf(window, pacing.length, offset);
  // Where no answer tells of a window, it may be over once nothing is on its way any more.
  if (end === undefined ? inFlight > 0 : end.at > now) return pacing;
  // What is still in flight may count in the new one. Its end comes with its first answer.
  const remaining = window.limit - inFlight;
  return {
    ...pacing,
    length: offset ? withOpening(pacing.length, window, offset) : pacing.length,
    window: {
      ...window,
      remaining,
      lowest: Infinity,
      begunBy: end?.by ?? 'reset',
      unanswered: false,
      reset: undefined,
      before: window.reset ?? window.before,
      index: window.index + 1,
      seenAt: undefined,
      seenBefore: window.seenAt,
      opening: undefined,
      openingBefore: window.opening,
      firstRequest: pacing.ordinal - inFlight,
      firstSent: pacing.ordinal,
      others: 0,
      othersAt: now,
      othersBefore: window.reset === undefined ? window.othersBefore : window.others,
    },
  };
}

/**
 * The instant (ms) at which the next request of a lane may go: not later than `now` when at once, Infinity when only an answer can tell.
 * Expects a state that `advance` has brought to `now`.
 */
export function mayGoAt(pacing: Pacing, now: number, lane: Lane): number {
  const { window, offset, heldUntil, inFlight, refusals } = pacing;
  if (heldUntil > now) return heldUntil;
  // After a refusal one request goes to see whether more are taken.
  if (refusals > 0 && inFlight > 0) return Infinity;
  if (!window) return lane === 'foreground' ? 0 : paceAllows(pacing.silent, inFlight);
  if (
    window.reset === undefined &&
    !isProven(pacing.proven, window.begunBy) &&
    inFlight > 0 &&
    pacing.ordinal > window.firstSent
  ) {
    return Infinity;
  }
  if (available(pacing, now, lane) > 0) return isCrowded(pacing, lane) ? Infinity : 0;
  const end = (offset && endOf(window, pacing.length, offset)?.at) ?? Infinity;
  return Math.min(end, lane === 'background' ? freeAgainAt(pacing, window, now) : Infinity);
}

function isProven({ reset, length, times }: Proof, by: EndBasis): boolean {
  return by === 'reset' ? reset : length === by && times >= provenAfter;
}

/** After a request was let go. */
export function afterSend(
  pacing: Pacing,
  now: number,
  lane: Lane,
): { readonly pacing: Pacing; readonly request: SentRequest } {
  const { window, ordinal } = pacing;
  return {
    request: { at: now, ordinal, window: window?.index ?? 0 },
    pacing: {
      ...pacing,
      inFlight: pacing.inFlight + 1,
      ordinal: ordinal + 1,
      silent: paceSent(pacing.silent, now),
      ...(window && { window: { ...window, remaining: window.remaining - 1 } }),
      ...(lane === 'foreground' && { browsedAt: now }),
    },
  };
}

/**
 * After a request has come to its end.
 * @param signedOut it carried no token, so that its headers tell of another allowance than the account's
 * @param jitter a number in [0, 1)
 */
export function afterEnd(
  before: Pacing,
  request: SentRequest,
  end: RequestEnd,
  signedOut: boolean,
  now: number,
  jitter: number,
): Pacing {
  const pacing = { ...before, inFlight: before.inFlight - 1 };
  if (end === 'unsent') {
    return pacing.window ? { ...pacing, window: { ...pacing.window, remaining: pacing.window.remaining + 1 } } : pacing;
  }
  if (!end) return pacing.window ? { ...pacing, window: { ...pacing.window, unanswered: true } } : pacing;
  const { headers, status } = end;
  const dated = withOffset(pacing, headers, request, now);
  const windowed = signedOut ? dated : withAnswer(dated, headers, status, request, now);
  return status === 429 ? refused(windowed, headers, now, jitter) : taken(windowed, request, now);
}

function withOffset(pacing: Pacing, headers: Headers, request: SentRequest, now: number): Pacing {
  const date = serverNow(headers, NaN);
  // Without a date, ours is as good as any.
  if (Number.isNaN(date)) return pacing.offset ? pacing : { ...pacing, offset: { low: 0, high: 0, at: now } };
  return { ...pacing, offset: withDate(pacing.offset, date, request.at, now) };
}

function taken(pacing: Pacing, request: SentRequest, now: number): Pacing {
  const latency = Math.min(now - request.at, longestLatency);
  return {
    ...pacing,
    // What was on its way when others were refused does not say that more are taken by now.
    refusals: request.at >= pacing.heldUntil ? 0 : pacing.refusals,
    taken: pacing.taken + 1,
    latency: pacing.latency === undefined ? latency : pacing.latency + (latency - pacing.latency) / 8,
    ...(!pacing.window && { silent: paceTaken(pacing.silent, request.at, pacing.heldUntil) }),
  };
}

function refused(pacing: Pacing, headers: Headers, now: number, jitter: number): Pacing {
  // Further refusals of what was in flight together say nothing new.
  const refusals = now >= pacing.heldUntil ? pacing.refusals + 1 : pacing.refusals;
  const { window, offset } = pacing;
  const named = retryAt(headers, now, offset?.low);
  const end = window && offset && endOf(window, pacing.length, offset)?.at;
  const backsOff = named === undefined || named <= now;
  let until: number;
  if (backsOff) {
    const backoff = Math.min(firstBackoff * backoffGrowth ** (refusals - 1), longestBackoff) * (0.75 + jitter / 2);
    until = now + backoff;
    if (!window && refusals === 1) {
      until = Math.max(until, Math.min(likelyAgainAt(pacing.silent, now), now + longestBackoff));
    }
  } else {
    // Where it is the end of the window that the server means, that is known better than to the second; not where it should have been over by now.
    until =
      end !== undefined && end > now && Math.abs(named - end) <= 1000
        ? Math.max(named - 1000, Math.min(named, end))
        : named;
  }
  return {
    ...pacing,
    refusals,
    heldUntil: Math.max(pacing.heldUntil, until),
    backsOff: until >= pacing.heldUntil ? backsOff : pacing.backsOff,
    ...(!window && { silent: paceRefused(pacing.silent, named === undefined ? now : until) }),
  };
}
