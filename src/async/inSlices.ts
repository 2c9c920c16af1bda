import { setImmediate as turn } from 'node:timers/promises';
import type { Sliced } from './sliced.ts';

/** So long (ms) work goes on before others have their turn; with the piece that is under way then, and on a slow machine, well below the 50 ms that are felt. */
const longestSlice = 8;

/**
 * Does sliced work with breaks, in which timers, answers of the network and VS Code have their turn. Short work has none.
 * @param signal looked at after each break
 * @throws what the work throws; the signal's reason
 */
export async function inSlices<T>(work: Sliced<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const end = performance.now() + longestSlice;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (performance.now() < end);
    await turn();
    if (!signal?.aborted) continue;
    work.return(undefined as T);
    throw signal.reason;
  }
}
