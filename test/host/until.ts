import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer is truthy, and gives it. @throws AssertionError after `timeout` ms, default 8,000 */
export async function until<T>(what: string, ask: () => T | Promise<T>, timeout = 8000): Promise<NonNullable<T>> {
  const end = performance.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    assert.ok(performance.now() < end, `Not within ${timeout} ms: ${what}`);
    await pause(10);
  }
}
