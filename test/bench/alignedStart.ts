import { setTimeout } from 'node:timers/promises';
import type { RateLimit } from '../hub/allowance.ts';

/** How much of an aligned window is over when a run begins. */
const share = 1 / 3;

/** Where windows follow the wall clock, waits until a third of one is over, so that each run meets the same. */
export async function untilStart(allowance: RateLimit | undefined): Promise<void> {
  if (allowance?.alignedToClock !== true) return;
  const length = allowance.windowSeconds * 1000;
  await setTimeout((share * length - (Date.now() % length) + length) % length);
}
