import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { makeBatch } from '../../src/retention/batch.ts';
import { planByAge } from '../../src/retention/plan.ts';
import { compileProtect } from '../../src/retention/protect.ts';
import type { Tag } from '../../src/retention/tag.ts';
import { age } from './core.ts';
import { pushedEvery, type PlanReport, type PlanTask } from './planTask.ts';

// Plans in a process of its own, so that the first plan is one of code that never ran.
const { tags: count } = JSON.parse(process.argv[2]!) as PlanTask;
process.once('disconnect', () => process.exit());
const now = Date.now();

// Frozen, as a listing gives them.
const tags = Array.from({ length: count }, (_, i): Tag => Object.freeze({ name: `build-2026.11.25-${i}`, digest: `sha256:${createHash('sha256').update(String(i)).digest('hex')}`, pushedAt: now - i * pushedEvery, size: 50_000_000 + i }));
const stalls = monitorEventLoopDelay({ resolution: 5 });
stalls.enable();
const first = await timed();
const again = await timed();
const report: PlanReport = { firstMs: first.ms, againMs: again.ms, going: first.going, longestStallMs: stalls.max / 1e6 };
process.send!(report, () => process.exit());

async function timed(): Promise<{ readonly ms: number; readonly going: number }> {
  const startedAt = performance.now();
  const plan = planByAge({ repository: { namespace: 'team', name: 'big' }, tags, cutoff: now - age.ms, asOf: now, protect: compileProtect(['latest', 'release-*']), inDateOrder: true });
  const { total } = makeBatch([plan], { maxDeletions: 0 });
  const ms = performance.now() - startedAt;
  // The timer that notices how long it was late gets its turn.
  await setImmediate();
  return { ms, going: total };
}
