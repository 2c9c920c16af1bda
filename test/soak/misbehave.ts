import type { Hub } from '../hub/hub.ts';
import type { Random } from '../hub/seededRandom.ts';
import { faults, type Fault } from '../unit/faults/fault.ts';
import { befall, routes, type FaultyRoute } from '../unit/faults/faultyRoute.ts';

/** What a server does to lists while they are read and pruned; each by a push that the caller makes. */
export interface Pushes {
  /** Pushes one of the planned tags again. */
  again(): void;
  /** Pushes a new tag, which moves all others in the list. */
  anew(): void;
}

/** Whether a fault is a lie that nobody could see through: that what is there is not, or that it was deleted. */
function isLie({ match }: FaultyRoute, { kind }: Fault): boolean {
  return kind === 'notFound' && match.method === 'GET';
}

/** Sets a random number of random scripts on the server. @returns how many */
export function misbehave(hub: Hub, random: Random, pushes: Pushes): number {
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const one = <T>(of: readonly T[]) => of[upTo(of.length - 1)]!;
  const count = 1 + upTo(5);
  for (let i = 0; i < count; i++) {
    const [route, fault] = [one(routes), one(faults)];
    if (isLie(route, fault)) continue;
    // A 401 or a block to every request would only keep the run from going on.
    befall(hub, route, fault, [{ skip: upTo(40), times: 1 + upTo(6), every: 1 + upTo(10) }]);
  }
  hub.options.latencyMs = one([0, 0, 1, 5, 20]);
  hub.options.rateLimit = one([
    { limit: 1_000_000, windowSeconds: 60 },
    { limit: 150, windowSeconds: 20 },
    { limit: 1_000_000, windowSeconds: 60, sendHeaders: false },
  ]);
  const others = [
    () =>
      hub.script({
        match: { method: 'DELETE' },
        skip: upTo(30),
        times: 1 + upTo(3),
        every: 1 + upTo(20),
        act: { mutate: () => hub.expireTokens() },
      }),
    () =>
      hub.script({ skip: upTo(80), times: 1 + upTo(12), every: 1 + upTo(10), act: { mutate: () => pushes.again() } }),
    () =>
      hub.script({
        match: { method: 'DELETE' },
        skip: upTo(60),
        times: 1 + upTo(4),
        every: 1 + upTo(20),
        act: { mutate: () => pushes.again(), when: 'after' },
      }),
    () =>
      hub.script({
        match: { method: 'GET', path: /\/tags\?/ },
        skip: upTo(4),
        times: 1 + upTo(3),
        act: { mutate: () => pushes.anew() },
      }),
    () =>
      hub.script({
        match: { method: 'GET', path: /\/tags\?/ },
        skip: upTo(4),
        times: 1 + upTo(3),
        act: { shuffled: true },
      }),
    () => hub.script({ skip: upTo(60), times: 1 + upTo(10), every: 1 + upTo(5), act: { delayMs: upTo(60) } }),
    () =>
      hub.script({
        match: { method: 'GET' },
        skip: upTo(30),
        times: 1 + upTo(2),
        act: { drip: { bytesPerSecond: 100_000 } },
      }),
  ];
  for (const other of others) if (random() < 0.5) other();
  return count;
}
