/**
 * Asks again and again until the answer satisfies, and returns it.
 * @param ask an error counts as an answer that does not satisfy
 * @param what stands in the error when the time is over
 * @param timeout in milliseconds
 * @throws when no answer satisfies in time, with the last one
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  satisfies: (answer: T) => boolean = Boolean,
  timeout = 15_000,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    let last: unknown;
    try {
      const answer = await ask();
      if (satisfies(answer)) {
        return answer;
      }
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const shown = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`Waited ${timeout / 1000} s for ${what}; last: ${shown}`, { cause: last });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
