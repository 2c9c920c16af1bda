import process from 'node:process';
import { systemClock } from '../../../../src/async/clock.ts';
import { Claims, type Held } from '../../../../src/runs/journal/claims.ts';

/** What the test tells this process to do. */
export type Order = { readonly take: readonly string[]; readonly after: number } | 'release';
/** What it answers: whether it holds them, that it gave them back, or that it lost them. */
export type Report = 'held' | 'taken' | 'released' | 'lost';

// A process of its own that claims things in the folder of its first argument as it is told. It ends with the test.
const claims = new Claims(process.argv[2]!, systemClock);
let held: Held | undefined;
const report = (what: Report) => process.send!(what);

process.on('disconnect', () => process.exit());
process.on('message', (order: Order) => void carryOut(order));

async function carryOut(order: Order): Promise<void> {
  if (order === 'release') {
    await held?.release();
    held = undefined;
    report('released');
    return;
  }
  const start = performance.now() + order.after;
  // Not a timer, which knows whole milliseconds only.
  while (performance.now() < start);
  // A claim that has to be watched counts as taken at once.
  const impatient = AbortSignal.timeout(1);
  try {
    const result = await claims.take(order.take, impatient);
    held = 'release' in result ? result : undefined;
  } catch (error) {
    if (!impatient.aborted) throw error;
  }
  held?.lost.addEventListener('abort', () => report('lost'));
  report(held ? 'held' : 'taken');
}
