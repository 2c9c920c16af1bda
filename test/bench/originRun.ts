import { untilStart } from './alignedStart.ts';
import type { Bench } from './benchCase.ts';
import type { HubReport } from './hubReport.ts';
import type { HubStarted, HubTask } from './hubTask.ts';
import { runOrigin } from './originProgram.ts';
import type { TagCase } from './tagCase.ts';
import { Worker } from './worker.ts';

/** What came of the origin program. */
export interface OriginRun {
  /** Milliseconds, or in a word why there are none. */
  readonly result: number | string;
  readonly hub?: HubReport;
}

/** Milliseconds for the Hub to start or to report, and for the program to come to its end. */
const startLimit = 30_000;
const programLimit = 300_000;
/** Days after which tags go: those of the core; and for a listing so many that none is old enough. */
const olderThan = { prune: 90, list: 10_000 } as const;

/** The origin program's time with the first repository of a case, by the clock of a Hub of its own, so that the start of Python is not in it. */
export async function measureOrigin(
  { name, work, repositories, latencyMs, allowance, retryAfter }: TagCase,
  { origin, say }: Bench,
): Promise<OriginRun> {
  if ('absent' in origin) return { result: origin.absent };
  const repository = repositories[0]!;
  await using hub = await Worker.start('hubProcess.ts', {
    repositories: [repository],
    latencyMs,
    allowance,
    retryAfter,
  } satisfies HubTask);
  const started = await hub.hear<HubStarted>(startLimit);
  await untilStart(allowance);
  say(`${name}: the origin program has begun`);
  const trouble = await runOrigin(origin, {
    hub: started.origin,
    repository: repository.name,
    olderThan: olderThan[work],
    cooldown: allowance?.windowSeconds ?? 1,
    limit: programLimit,
  });
  if (trouble !== undefined) return { result: trouble };
  hub.say('report');
  const report = await hub.hear<HubReport>(startLimit);
  const planned = work === 'list' ? 0 : repository.old;
  if (report.removed !== planned || report.wrong > 0) {
    return { result: `removed ${report.removed} of ${planned}`, hub: report };
  }
  const ms = report.endedAt - report.startedAt;
  say(`${name}: the origin program took ${(ms / 1000).toFixed(1)} s`);
  return { result: ms, hub: report };
}
