/**
 * Bounds (ms) of the server's time minus ours. Servers give whole seconds in `Date`, so one answer leaves a second of doubt; answers at
 * other parts of a second narrow it down.
 */
export interface ClockOffset {
  readonly low: number;
  readonly high: number;
  /** Instant (ms) of the last answer that it is made of. */
  readonly at: number;
}

/** Clocks drift apart by up to so much (ms) per ms. */
const drift = 0.0001;

/**
 * The bounds after an answer whose `Date` the server wrote at some instant between `sentAt` and `receivedAt` (ours, ms). An answer that
 * contradicts what was known starts anew: one of the clocks was set.
 * @param date the server's time (ms, a whole second)
 */
export function withDate(
  known: ClockOffset | undefined,
  date: number,
  sentAt: number,
  receivedAt: number,
): ClockOffset {
  const seen: ClockOffset = { low: date - receivedAt, high: date + 1000 - sentAt, at: receivedAt };
  if (!known) return seen;
  const slack = drift * Math.max(receivedAt - known.at, 0);
  const low = Math.max(known.low - slack, seen.low);
  const high = Math.min(known.high + slack, seen.high);
  return low > high ? seen : { low, high, at: receivedAt };
}
