import assert from 'node:assert/strict';

/** What a piece of work may cost at most. */
export interface Bounds {
  /** Time, ms. */
  readonly ms: number;
  /** Memory that the process grows by meanwhile, MB (2^20 bytes); default 200. */
  readonly mb?: number;
}

const megabyte = 2 ** 20;

/** Does work and holds it to its bounds in time and in memory of the whole process, servers of the test included. @returns what the work gave */
export async function bounded<T>(what: string, { ms, mb = 200 }: Bounds, work: () => T | Promise<T>): Promise<T> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = (): number => (most = Math.max(most, process.memoryUsage.rss()));
  const looking = setInterval(look, 5);
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    clearInterval(looking);
    const took = performance.now() - startedAt;
    const grown = (look() - before) / megabyte;
    if (process.env['PRUNER_SHOW_COST']) console.log(`      ${what}: ${Math.round(took)} ms, ${Math.round(grown)} MB`);
    assert.ok(took < ms, `${what} took ${Math.round(took)} ms`);
    assert.ok(grown < mb, `${what} took ${Math.round(grown)} MB`);
  }
}
