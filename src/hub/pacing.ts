import { endOf, likelyLength, unknownLength, withNextBegun, withOpening, withTooEarly, type AllowanceWindow, type EndBasis, type WindowLength } from './allowanceWindow.ts';
import { withDate, type ClockOffset } from './clockOffset.ts';
import { longestWait, retryAt, serverNow } from './retryAfter.ts';
import { freePace, paceAllows, paceRefused, paceSent, paceTaken, type SilentPace } from './silentPace.ts';

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

/** What came of a request: an answer, nothing, or that it was not sent after all. */
export type RequestEnd = { readonly headers: Headers; readonly status: number } | undefined | 'unsent';

/**
 * All that is known of one account's allowance. Everything here is pure: a state, what happened, and an instant (ms, of a clock that never
 * goes back) give the next state, or the instant at which the next request may go.
 */
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
interface Proof {
  readonly reset: boolean;
  readonly length: number;
  readonly times: number;
}

/** A window of the server's own clock may once end by chance as one that begins with its first request would. */
const provenAfter = 2;

const firstBackoff = 1_000;
const backoffGrowth = 1.5;
const longestBackoff = 60_000;

/** For so long (ms) after a look at the tree, a part of each window is kept for the next look: an 18th, at most so many requests. */
const browsingLasts = 60_000;
const reservePart = 1 / 18;
const largestReserve = 10;

/** For so long (ms) another client of the account may come late, since it knows the end of a window to the second only. */
const othersLate = 1_200;
/** After that, what is kept for it is halved each time that so much of a window, and at least so long (ms), passes without a sign of it. */
const othersHalfLife = 1 / 16;
const shortestHalfLife = 500;

/** Requests in flight use up what a window has left in about so long (ms), where that needs no more than the bound. */
const useWithin = 1_000;
/** So many are always good: while one answer is on its way, the next is being made. */
const leastParallel = 2;
/** A time-out or a clock that jumped says nothing of how long answers take (ms). */
const longestLatency = 15_000;

/** Length (ms) of the window at hand as far as it can be told, for rates and shares. */
function lengthOf({ length, window, offset }: Pacing): number | undefined {
  const most = likelyLength(window && offset ? withOpening(length, window, offset) : length);
  if (most < Infinity) return most;
  if (!window || !offset || window.reset === undefined || window.seenAt === undefined) return undefined;
  return window.reset - offset.low - window.seenAt;
}

/** Requests a second that the allowance, or what is known of a server that tells none, comes to; Infinity while nothing is known. */
export function paceOf(pacing: Pacing): number {
  const length = lengthOf(pacing);
  if (!pacing.window) return pacing.silent.pace;
  return length && length > 0 ? (1000 * pacing.window.limit) / length : Infinity;
}

/** How many requests in flight use the allowance at the latency that was measured: 2 to `most`, fewer as the allowance nears its end. */
export function parallelismOf(pacing: Pacing, most: number): number {
  const { window, silent, latency, taken } = pacing;
  if (latency === undefined) return Math.min(leastParallel, most);
  const wanted = window
    ? Math.max(window.remaining, 0) * (latency / useWithin)
    : // A server that says nothing is asked for more step by step.
      Math.min(leastParallel + taken / 2, (silent.pace * Math.max(latency, 1)) / 500);
  return Math.min(Math.max(Math.ceil(wanted), leastParallel), most);
}

/** With a new window begun where the one at hand is over and has nothing left for the lane. */
export function advanced(pacing: Pacing, now: number, lane: Lane): Pacing {
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
 * To be asked of a state that has been `advanced` to `now`.
 */
export function mayGoAt(pacing: Pacing, now: number, lane: Lane): number {
  const { window, offset, heldUntil, inFlight, refusals } = pacing;
  if (heldUntil > now) return heldUntil;
  // After a refusal one request goes to see whether more are taken.
  if (refusals > 0 && inFlight > 0) return Infinity;
  if (!window) return lane === 'foreground' ? 0 : paceAllows(pacing.silent);
  if (window.reset === undefined && !isProven(pacing.proven, window.begunBy) && inFlight > 0 && pacing.ordinal > window.firstSent) return Infinity;
  if (available(pacing, now, lane) > 0) return crowded(pacing, lane) ? Infinity : 0;
  const end = (offset && endOf(window, pacing.length, offset)?.at) ?? Infinity;
  return Math.min(end, lane === 'background' ? freeAgainAt(pacing, window, now) : Infinity);
}

function isProven({ reset, length, times }: Proof, by: EndBasis): boolean {
  return by === 'reset' ? reset : length === by && times >= provenAfter;
}

/** Whether a request that found a new window begun says that it was told rightly when. */
function isProof({ refusals, offset }: Pacing, { begunBy, before }: AllowanceWindow, request: SentRequest, now: number): boolean {
  // After a refusal it was the wait for that which was right.
  if (refusals > 0) return false;
  // One that was on its way until about the instant that the server named may have been sent too early all the same.
  return begunBy === 'reset' || now - request.at < before - offset!.low - now;
}

function withProof(proven: Proof, by: EndBasis): Proof {
  return by === 'reset' ? { ...proven, reset: true } : { ...proven, length: by, times: proven.length === by ? proven.times + 1 : 1 };
}

/** What the window still has for a lane. */
function available(pacing: Pacing, now: number, lane: Lane): number {
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
function freeAgainAt(pacing: Pacing, window: AllowanceWindow, now: number): number {
  if (window.remaining <= 0) return Infinity;
  const free = window.remaining - reserve(pacing, now);
  if (free <= 0) return pacing.browsedAt + browsingLasts + 1;
  return window.othersAt + othersLate + Math.ceil(halfLife(pacing) * Math.log2(atFirst(window) / free)) + 1;
}

/** Whether as much is in flight as is wise where others use the same allowance, whose requests may have taken what seems to be left. */
function crowded({ window, inFlight }: Pacing, lane: Lane): boolean {
  if (!window || lane === 'foreground' || window.others + window.othersBefore === 0) return false;
  return inFlight >= Math.max(1, Math.ceil(window.remaining / 2));
}

/** After a request was let go. */
export function sent(pacing: Pacing, now: number, lane: Lane): { readonly pacing: Pacing; readonly request: SentRequest } {
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
export function ended(before: Pacing, request: SentRequest, end: RequestEnd, signedOut: boolean, now: number, jitter: number): Pacing {
  const pacing = { ...before, inFlight: before.inFlight - 1 };
  if (end === 'unsent') return pacing.window ? { ...pacing, window: { ...pacing.window, remaining: pacing.window.remaining + 1 } } : pacing;
  if (!end) return pacing.window ? { ...pacing, window: { ...pacing.window, unanswered: true } } : pacing;
  const { headers, status } = end;
  const dated = withOffset(pacing, headers, request, now);
  const windowed = signedOut ? dated : withWindow(dated, headers, status, request, now);
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
    ...(!pacing.window && { silent: paceTaken(pacing.silent, request.at) }),
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
  } else {
    // Where it is the end of the window that the server means, that is known better than to the second; not where it should have been over by now.
    until = end !== undefined && end > now && Math.abs(named - end) <= 1000 ? Math.max(named - 1000, Math.min(named, end)) : named;
  }
  return {
    ...pacing,
    refusals,
    heldUntil: Math.max(pacing.heldUntil, until),
    backsOff: until >= pacing.heldUntil ? backsOff : pacing.backsOff,
    ...(!window && { silent: paceRefused(pacing.silent, named === undefined ? now : until) }),
  };
}

function withWindow(pacing: Pacing, headers: Headers, status: number, request: SentRequest, now: number): Pacing {
  // An empty text is no number either, though `Number` makes it 0.
  const [limit, left, seconds] = ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-ratelimit-${name}`) || NaN)) as [number, number, number];
  if (!(limit >= 1) || ![limit, left, seconds].every(Number.isFinite)) return pacing;
  const { window, offset, ordinal, inFlight } = pacing;
  const reset = Math.min(seconds * 1000, now + offset!.high + longestWait);
  const opening = left === limit - 1 ? { sentAt: request.at, receivedAt: now } : undefined;
  // Answers overtake one another, so that any request of ours may be counted in it that was let go by now.
  const others = (firstRequest: number) => Math.max(limit - left - (ordinal - firstRequest), 0);

  if (window && isLate(window, reset, status, request)) {
    if (window.reset !== undefined || request.window !== window.index) return pacing;
    // The window that was taken to be over is not.
    return {
      ...pacing,
      proven: window.begunBy === 'reset' ? { ...pacing.proven, reset: false } : { ...pacing.proven, times: 0 },
      length: window.seenBefore === undefined ? pacing.length : withTooEarly(pacing.length, request.at, window.seenBefore),
      window: { ...window, limit, remaining: left - inFlight, lowest: left, reset, index: window.index - 1, seenAt: undefined, opening: window.openingBefore },
    };
  }
  if (window?.reset !== undefined && Math.abs(reset - window.reset) <= 1000) {
    const grown = others(window.firstRequest) > window.others;
    // Answers overtake one another: within a window only the lowest count is true.
    const lowest = Math.min(window.lowest, left);
    return {
      ...pacing,
      window: {
        ...window,
        limit,
        lowest,
        // While none is on its way, all have been counted.
        remaining: inFlight === 0 && !window.unanswered ? lowest : Math.min(window.remaining, lowest),
        seenAt: Math.min(window.seenAt ?? now, now),
        opening: window.opening ?? opening,
        ...(grown && { others: others(window.firstRequest), othersAt: now }),
      },
    };
  }
  // A window of its own: the one reckoned with, one that came unexpectedly, or the first that is seen, in which others' use of earlier tells nothing.
  const reckonedWith = window !== undefined && window.reset === undefined;
  const firstRequest = reckonedWith ? window.firstRequest : window ? ordinal - inFlight - 1 : request.ordinal + 1 - (limit - left);
  const before = window ? (window.reset ?? window.before) : undefined;
  const begun = reckonedWith && status !== 429;
  const learned = window && offset ? withOpening(pacing.length, window, offset) : pacing.length;
  return {
    ...pacing,
    proven: begun && isProof(pacing, window, request, now) ? withProof(pacing.proven, window.begunBy) : pacing.proven,
    length: {
      ...(begun ? withNextBegun(learned, window.openingBefore, now) : learned),
      ...(before !== undefined && { mostByEnds: Math.min(pacing.length.mostByEnds, reset - before) }),
    },
    window: {
      limit,
      // What is still on its way may not be counted in it yet.
      remaining: left - inFlight,
      lowest: left,
      unanswered: false,
      begunBy: reckonedWith ? window.begunBy : 'reset',
      reset,
      before: before ?? 0,
      index: reckonedWith ? window.index : (window?.index ?? 0) + 1,
      seenAt: now,
      seenBefore: reckonedWith ? window.seenBefore : window?.seenAt,
      opening,
      openingBefore: reckonedWith ? window.openingBefore : window?.opening,
      firstRequest,
      firstSent: reckonedWith ? window.firstSent : request.ordinal,
      others: others(firstRequest),
      othersAt: now,
      othersBefore: window ? (reckonedWith ? window.othersBefore : window.others) : 0,
    },
  };
}

/** Whether an answer tells of a window that is over, or of one that was thought to be. */
function isLate(window: AllowanceWindow, reset: number, status: number, request: SentRequest): boolean {
  if (window.reset !== undefined) return reset < window.reset - (request.window < window.index ? 0 : 1000);
  if (reset > window.before + 1000) return false;
  // What was let go in a window of a second and taken belongs to it.
  return reset <= window.before || status === 429 || request.window !== window.index;
}
