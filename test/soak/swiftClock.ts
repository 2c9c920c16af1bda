import { systemClock, type Clock } from '../../src/async/clock.ts';

/** A clock that runs `speed` times as fast as the machine's from the instant `from` (ms since the epoch) on, alike in every process. */
export function swiftClock(from: number, speed: number): Clock {
  return {
    now: () => from + (Date.now() - from) * speed,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
}
