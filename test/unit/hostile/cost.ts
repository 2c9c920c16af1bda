import assert from 'node:assert/strict';

/** What a piece of work may cost at most. */
export interface Bounds {
  /** Time of the processor, ms: others may be at work on the machine. What hangs is ended by mocha. */
  readonly cpuMs: number;
  /** Time by the clock, ms, where that is what is tested. */
  readonly ms?: number;
  /** Memory that the process grows by meanwhile, MB (2^20 bytes); default 200. */
  readonly mb?: number;
}

const megabyte = 2 ** 20;

/**
 * Does work and holds it to its bounds, servers of the test included. With the variable `PRUNER_SHOW_COST` it also tells what the work took.
 * @returns what the work gave
 */
export async function bounded<T>(
  what: string,
  { cpuMs, ms = Infinity, mb = 200 }: Bounds,
  work: () => T | Promise<T>,
): Promise<T> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = (): number => (most = Math.max(most, process.memoryUsage.rss()));
  const looking = setInterval(look, 5);
  const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
  const result = await Promise.resolve()
    .then(work)
    .finally(() => clearInterval(looking));
  const took = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpu = (user + system) / 1000;
  const grown = (look() - before) / megabyte;
  const cost = `${what} took ${Math.round(took)} ms, ${Math.round(cpu)} ms of the processor, ${Math.round(grown)} MB`;
  if (process.env['PRUNER_SHOW_COST']) console.log(`      ${cost}`);
  assert.ok(took < ms && cpu < cpuMs && grown < mb, cost);
  return result;
}
