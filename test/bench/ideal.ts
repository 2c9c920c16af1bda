import type { RateLimit } from '../hub/allowance.ts';

/** What a run asked of the server, and what the server gives. */
export interface IdealInput {
  /** Requests that were answered out of the account's allowance: no sign-ins, and none that was refused, since that costs nothing. */
  readonly requests: number;
  /** Whether the client signed in: a round trip before all others, which the Hub counts for the address and not for the account. */
  readonly signedIn: boolean;
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  /** Most requests in flight at a time: 8 for a listing, 10 for a run. */
  readonly inFlight: number;
  /** Absent: the server takes all that comes. */
  readonly allowance?: Pick<RateLimit, 'limit' | 'windowSeconds' | 'alignedToClock'>;
  /** Instant (ms since the epoch) at which the first request arrived; tells how far an aligned window was. */
  readonly startedAt: number;
}

/** The earliest end of a run. */
export interface Ideal {
  /** Milliseconds from the first request's arrival to the last answer. */
  readonly ms: number;
  /** Windows of the allowance that it needs; 1 without an allowance. */
  readonly windows: number;
}

/**
 * The earliest instant at which any client could have got these answers: what the allowance takes at the beginning of each window, and the rest at the
 * beginning of the last. Transport and computing cost nothing here, so no client can reach it altogether.
 */
export function ideal({ requests, signedIn, latencyMs, inFlight, allowance, startedAt }: IdealInput): Ideal {
  const lead = signedIn ? latencyMs : 0;
  const last = (count: number) => Math.ceil(count / inFlight) * latencyMs;
  if (allowance === undefined) return { ms: lead + last(requests), windows: 1 };
  const length = allowance.windowSeconds * 1000;
  let at = lead;
  let end = at + length - (allowance.alignedToClock === true ? (startedAt + at) % length : 0);
  let left = requests;
  for (let windows = 1; ; windows++) {
    // A window may be over before answers have come to so many requests in flight.
    const fits =
      latencyMs === 0 ? allowance.limit : Math.min(allowance.limit, inFlight * Math.ceil((end - at) / latencyMs));
    if (left <= fits) return { ms: at + last(left), windows };
    left -= fits;
    at = end;
    end += length;
  }
}
