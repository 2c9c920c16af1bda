import type { Clock } from '../../async/clock.ts';
import { isHubError, type HubError } from './hubError.ts';
import type { Admission } from '../pacing/pacer.ts';

const firstPause = 1_000;
const longestPause = 30_000;
/** The pacer waits between these, as long as the server says. */
const maxRefusals = 20;

/** How often a failure that may pass is tried again. */
export interface Retries extends Admission {
  readonly clock: Clock;
  /** Attempts in all while the server or the network has trouble; by default 3 in the foreground lane, 6 in the background. */
  readonly attempts?: number;
  /** Numbers in [0, 1) for the jitter. */
  readonly random?: () => number;
}

/**
 * Calls `attempt` again after a failure that may pass: 5xx, no connection, no answer, 429. Pauses double from 1 s to 30 s, with jitter;
 * after a 429 the pacer does the waiting. Everything else is thrown at once.
 * @param attempt told whether the one before met a 429, for its admission
 * @throws the last failure, or the signal's reason
 */
export async function retrying<T>(retries: Retries, attempt: (again: boolean) => Promise<T>): Promise<T> {
  const { clock, lane, signal, onWait, attempts = lane === 'foreground' ? 3 : 6, random = Math.random } = retries;
  let troubles = 0;
  let refusals = 0;
  for (;;) {
    try {
      return await attempt(refusals > 0);
    } catch (error) {
      if (!isHubError(error) || !mayRetry(error)) throw error;
      signal?.throwIfAborted();
      if (error.kind !== 'rateLimited') {
        const pause = pauseBefore(troubles, random);
        onWait?.({ until: clock.now() + pause, why: 'backoff' });
        await clock.sleep(pause, signal);
      }
    }
  }

  function mayRetry(error: HubError): boolean {
    if (error.kind === 'rateLimited') return ++refusals <= maxRefusals;
    return error.passing && ++troubles < attempts;
  }
}

/** The pause (ms) after the given number of failures in a row, 1 or more. */
export function pauseBefore(troubles: number, random: () => number = Math.random): number {
  return Math.min(firstPause * 2 ** (troubles - 1), longestPause) * (0.75 + random() / 2);
}
