import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { Tally } from '../../src/runs/outcome/tally.ts';
import type { ClientReport, ClientTask } from './clientTask.ts';
import { openCore } from './core.ts';

// One client in a process of its own, as the extension has the host's.
const task = JSON.parse(process.argv[2]!) as ClientTask;
process.once('disconnect', () => process.exit());
const core = openCore(task);
await core.warmUp();
if (task.warmUp !== undefined) await core.list(task.warmUp);
const stalls = monitorEventLoopDelay({ resolution: 5 });
process.send!('ready');
await once(process, 'message');

globalThis.gc?.();
const { rss, heapUsed } = process.memoryUsage();
const cpu = process.cpuUsage();
stalls.enable();
const startedAt = performance.now();
const listings = [];
for (const repository of task.repositories) listings.push(await core.list(repository));
const listedMs = performance.now() - startedAt;
const outcomes = task.work === 'prune' ? await core.execute(core.plan(listings)) : new Tally().counts;
const ms = performance.now() - startedAt;
stalls.disable();
const { user, system } = process.cpuUsage(cpu);
// Of the whole life of the process, in KB: what was freed again was needed all the same.
const residentGrowth = process.resourceUsage().maxRSS * 1024 - rss;
globalThis.gc?.();
const report: ClientReport = {
  ms,
  listedMs,
  listed: listings.reduce((sum, { tags }) => sum + tags.length, 0),
  outcomes,
  cpuMs: (user + system) / 1000,
  longestStallMs: stalls.max / 1e6,
  residentGrowth,
  ...(globalThis.gc && { kept: process.memoryUsage().heapUsed - heapUsed }),
};
process.send!(report, () => process.exit());
