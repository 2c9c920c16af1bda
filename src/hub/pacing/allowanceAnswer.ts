import { withNextBegun, withOpening, withTooEarly, type AllowanceWindow } from './allowanceWindow.ts';
import type { Pacing, Proof, SentRequest } from './pacingState.ts';
import { longestWait } from './retryAfter.ts';

/** What an answer says of the window that its request counted in. */
interface Telling {
  readonly status: number;
  readonly limit: number;
  readonly left: number;
  /** In ms, as the server wrote it; not more than the longest wait ahead. */
  readonly reset: number;
  readonly request: SentRequest;
  /** When it came (ms). */
  readonly now: number;
}

/**
 * After an answer with `X-RateLimit` headers (API-NOTES, 8); without them, or where they are no numbers, nothing changes. `inFlight` counts its
 * request no more, and `offset` its date already.
 * @param now when it came (ms)
 */
export function withAnswer(
  pacing: Pacing,
  headers: Headers,
  status: number,
  request: SentRequest,
  now: number,
): Pacing {
  // An empty text is no number either, though `Number` makes it 0.
  const [limit, left, seconds] = ['limit', 'remaining', 'reset'].map((name) =>
    Number(headers.get(`x-ratelimit-${name}`) || NaN),
  ) as [number, number, number];
  const { window, offset } = pacing;
  if (!offset || !(limit >= 1) || ![limit, left, seconds].every(Number.isFinite)) return pacing;
  const telling: Telling = {
    status,
    limit,
    left,
    reset: Math.min(seconds * 1000, now + offset.high + longestWait),
    request,
    now,
  };
  if (!window) return withNewWindow(pacing, telling);
  if (isLate(window, telling)) {
    return window.reset === undefined && request.window === window.index
      ? withWindowPutBack(pacing, window, telling)
      : pacing;
  }
  const isSame = window.reset !== undefined && Math.abs(telling.reset - window.reset) <= 1000;
  return isSame ? withSameWindow(pacing, window, telling) : withNewWindow(pacing, telling);
}

/** The window that was taken to be over is not. */
function withWindowPutBack(pacing: Pacing, window: AllowanceWindow, { limit, left, reset, request }: Telling): Pacing {
  return {
    ...pacing,
    proven: window.begunBy === 'reset' ? { ...pacing.proven, reset: false } : { ...pacing.proven, times: 0 },
    length:
      window.seenBefore === undefined ? pacing.length : withTooEarly(pacing.length, request.at, window.seenBefore),
    window: {
      ...window,
      limit,
      remaining: left - pacing.inFlight,
      lowest: left,
      reset,
      index: window.index - 1,
      seenAt: undefined,
      opening: window.openingBefore,
    },
  };
}

function withSameWindow(pacing: Pacing, window: AllowanceWindow, telling: Telling): Pacing {
  const { limit, left, now } = telling;
  const others = usedByOthers(pacing, window.firstRequest, telling);
  // Answers overtake one another: within a window only the lowest count is true.
  const lowest = Math.min(window.lowest, left);
  return {
    ...pacing,
    window: {
      ...window,
      limit,
      lowest,
      // While none is on its way, all have been counted.
      remaining: pacing.inFlight === 0 && !window.unanswered ? lowest : Math.min(window.remaining, lowest),
      seenAt: Math.min(window.seenAt ?? now, now),
      opening: window.opening ?? openingOf(telling),
      ...(others > window.others && { others, othersAt: now }),
    },
  };
}

/** A window of its own: the one reckoned with, one that came unexpectedly, or the first that is seen, in which others' use of earlier tells nothing. */
function withNewWindow(pacing: Pacing, telling: Telling): Pacing {
  const { status, limit, left, reset, request, now } = telling;
  const { window, offset, ordinal, inFlight } = pacing;
  const reckonedWith = window !== undefined && window.reset === undefined;
  const reckoned = window ? ordinal - inFlight - 1 : request.ordinal + 1 - (limit - left);
  const firstRequest = reckonedWith ? window.firstRequest : reckoned;
  const before = window ? (window.reset ?? window.before) : undefined;
  const begun = reckonedWith && status !== 429;
  const learned = window && offset ? withOpening(pacing.length, window, offset) : pacing.length;
  return {
    ...pacing,
    proven: begun && isProof(pacing, window, request, now) ? withProof(pacing.proven, window.begunBy) : pacing.proven,
    length: {
      ...(begun ? withNextBegun(learned, window.openingBefore, now) : learned),
      ...(before !== undefined && { maxByEnds: Math.min(pacing.length.maxByEnds, reset - before) }),
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
      opening: openingOf(telling),
      openingBefore: reckonedWith ? window.openingBefore : window?.opening,
      firstRequest,
      firstSent: reckonedWith ? window.firstSent : request.ordinal,
      others: usedByOthers(pacing, firstRequest, telling),
      othersAt: now,
      othersBefore: (reckonedWith ? window.othersBefore : window?.others) ?? 0,
    },
  };
}

/** Where its request was the first in the window, when that was sent and answered. */
function openingOf({ limit, left, request, now }: Telling): AllowanceWindow['opening'] {
  return left === limit - 1 ? { sentAt: request.at, receivedAt: now } : undefined;
}

/** What others used of a window at least. Answers overtake one another, so that any request of ours may be counted in it that was let go by now. */
function usedByOthers({ ordinal }: Pacing, firstRequest: number, { limit, left }: Telling): number {
  return Math.max(limit - left - (ordinal - firstRequest), 0);
}

/** Whether an answer tells of a window that is over, or of one that was thought to be. */
function isLate(window: AllowanceWindow, { reset, status, request }: Telling): boolean {
  if (window.reset !== undefined) return reset < window.reset - (request.window < window.index ? 0 : 1000);
  if (reset > window.before + 1000) return false;
  // What was let go in a window of a second and taken belongs to it.
  return reset <= window.before || status === 429 || request.window !== window.index;
}

/** Whether a request that found a new window begun says that it was told rightly when. */
function isProof(
  { refusals, offset }: Pacing,
  { begunBy, before }: AllowanceWindow,
  request: SentRequest,
  now: number,
): boolean {
  // After a refusal it was the wait for that which was right.
  if (refusals > 0) return false;
  // One that was on its way until about the instant that the server named may have been sent too early all the same.
  return begunBy === 'reset' || now - request.at < before - offset!.low - now;
}

function withProof(proven: Proof, by: AllowanceWindow['begunBy']): Proof {
  return by === 'reset'
    ? { ...proven, reset: true }
    : { ...proven, length: by, times: proven.length === by ? proven.times + 1 : 1 };
}
