/** Time as the hub and pruning rooms see it; tests hand in their own. */
export interface Clock {
  /** Milliseconds since the epoch, as the local machine believes. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds (0 or more).
   * @throws the signal's reason as soon as the signal is aborted, also in the middle of the wait.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** setTimeout overflows above this and would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal!.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.min(Math.max(ms, 0), longestTimer),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};
