import type { ClockOffset } from './clockOffset.ts';
import { longestWait } from './retryAfter.ts';

/** One of the server's windows, in which it takes so many requests (API-NOTES, 8). All instants are ours (ms) but `reset`. */
export interface AllowanceWindow {
  /** Requests that it holds. */
  readonly limit: number;
  /** How many more it takes; what is in flight is counted off already. */
  readonly remaining: number;
  /** Its end as the server wrote it (ms, a whole second); unknown until its first answer has come. */
  readonly reset: number | undefined;
  /** `reset` of the window before, by which late answers are told; 0 before the first. */
  readonly before: number;
  /** The least that an answer of this window said to be left. */
  readonly lowest: number;
  /** Whether some request in it had no answer, so that nobody knows whether it counted. */
  readonly unanswered: boolean;
  /** By what the window before was taken to be over. */
  readonly begunBy: EndBasis;
  /** Counts the windows, for telling which one a request was let go in. */
  readonly index: number;
  /** When its first answer came. */
  readonly seenAt: number | undefined;
  /** The same of the window before. */
  readonly seenBefore: number | undefined;
  /** When the request that used it first was sent and answered, where that was one of ours. */
  readonly opening: { readonly sentAt: number; readonly receivedAt: number } | undefined;
  readonly openingBefore: AllowanceWindow['opening'];
  /** The `ordinal` of the first request that may count in it, and of the first that was let go in it. */
  readonly firstRequest: number;
  readonly firstSent: number;
  /** Requests that others have used in it, at least. */
  readonly others: number;
  /** When that number last grew. */
  readonly othersAt: number;
  /** What others used in the window before. */
  readonly othersBefore: number;
}

/** By what a window is taken to be over: its `reset`, or the length (ms) that windows are taken to have, which is earlier. */
export type EndBasis = 'reset' | number;

/** What is known of the length (ms) of the server's windows. */
export interface WindowLength {
  readonly low: number;
  readonly high: number;
  /** The least time between the ends of two windows: no window is longer. */
  readonly maxByEnds: number;
  /** Whether windows begin with their first request, as far as has been seen; else they follow the server's own clock. */
  readonly opensOnRequest: boolean;
}

/** Nothing known yet. */
export const unknownLength: WindowLength = { low: 0, high: Infinity, maxByEnds: Infinity, opensOnRequest: true };

/**
 * What a window that one of our requests opened says of the length of all: `reset` is rounded up to a whole second. Where that
 * contradicts other windows, windows do not begin with their first request.
 */
export function withOpening(
  length: WindowLength,
  { opening, reset }: AllowanceWindow,
  offset: ClockOffset,
): WindowLength {
  if (!opening || reset === undefined) return length;
  return narrowed(length, reset - 1000 - offset.high - opening.receivedAt, reset - offset.low - opening.sentAt);
}

/** What Docker Hub says that its windows last (API-NOTES, 8). */
const documentedLength = 60_000;

/**
 * The length (ms) that windows are taken to have; Infinity while nothing is known. Windows last whole seconds: where that leaves a choice it is what
 * Docker documents or else the shortest, since the request that comes too early costs one refusal, and one that comes too late a second of each window.
 * @param least what it is at least (ms), beside what is known
 */
export function likelyLength({ low: known, high, maxByEnds, opensOnRequest }: WindowLength, least = 0): number {
  if (!opensOnRequest || high === Infinity) return maxByEnds;
  const low = Math.max(known, least);
  if (low <= documentedLength && documentedLength <= high) return Math.min(documentedLength, maxByEnds);
  const whole = Math.ceil(low / 1000) * 1000;
  return whole <= high ? Math.min(whole, maxByEnds) : maxByEnds;
}

/** After a request sent at `sentAt` was refused, though the window whose first answer came at `seenAt` was taken to be over (ms). */
export function withTooEarly(length: WindowLength, sentAt: number, seenAt: number): WindowLength {
  return narrowed(length, sentAt - seenAt + 1, Infinity);
}

/** After a request that was answered at `receivedAt` (ms) found a new window begun, following one that began with `opening`. */
export function withNextBegun(
  length: WindowLength,
  opening: AllowanceWindow['opening'],
  receivedAt: number,
): WindowLength {
  return opening ? narrowed(length, 0, receivedAt - opening.sentAt) : length;
}

function narrowed(length: WindowLength, least: number, most: number): WindowLength {
  if (!length.opensOnRequest) return length;
  const low = Math.max(length.low, least);
  const high = Math.min(length.high, most);
  return low > high ? { ...length, opensOnRequest: false } : { ...length, low, high };
}

/**
 * The instant (ms) from which on a window is taken to be over, or `undefined` while that is unknown. The server names it rounded up to a
 * second; a window is over at the latest its length after its first answer, and no wait ends more than that second before the instant that was named,
 * nor later than `longestWait` after what was seen of the window.
 */
export function endOf(
  window: AllowanceWindow,
  length: WindowLength,
  offset: ClockOffset,
): { readonly at: number; readonly by: EndBasis } | undefined {
  if (window.reset === undefined) return undefined;
  const latest = window.reset - offset.low;
  // Where a clock was set meanwhile, that may be any time.
  const atMost = (window.seenAt ?? window.othersAt) + longestWait;
  if (window.seenAt === undefined) return { at: Math.min(latest, atMost), by: 'reset' };
  const likely = likelyLength(withOpening(length, window, offset), latest - 1000 - window.seenAt);
  const early = Math.max(window.seenAt + likely, latest - 1000);
  return early < Math.min(latest, atMost) ? { at: early, by: likely } : { at: Math.min(latest, atMost), by: 'reset' };
}
