import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { untilStart } from './alignedStart.ts';
import type { Bench } from './benchCase.ts';
import type { ClientReport, ClientTask } from './clientTask.ts';
import type { HubReport } from './hubReport.ts';
import type { HubStarted, HubTask } from './hubTask.ts';
import type { TagCase } from './tagCase.ts';
import { Worker } from './worker.ts';

/** One run of all clients of a case. */
export interface ClientRun {
  readonly hub: HubReport;
  readonly clients: readonly ClientReport[];
  /** Wall time (ms) of the only client, or from the common beginning to the end of the last. */
  readonly ms: number;
}

/** Milliseconds for a process to start or to report. */
const startLimit = 30_000;

/** Lets all clients of the case begin at once against a new Hub. @throws Error when one does not come to its end */
export async function runClients(
  { repositories, work, latencyMs, allowance, retryAfter, loneRefusal, limit }: TagCase,
  { folder }: Bench,
): Promise<ClientRun> {
  await using hub = await Worker.start('hubProcess.ts', {
    repositories,
    latencyMs,
    allowance,
    retryAfter,
    loneRefusal,
  } satisfies HubTask);
  const { origin } = await hub.hear<HubStarted>(startLimit);
  await using stack = new AsyncDisposableStack();
  const own = await mkdtemp(join(folder, 'run-'));
  const workers: Worker[] = [];
  for (const { name } of repositories) {
    workers.push(
      stack.use(
        await Worker.start('clientProcess.ts', {
          hub: origin,
          repositories: [name],
          work,
          folder: own,
        } satisfies ClientTask),
      ),
    );
  }
  for (const worker of workers) await worker.hear(startLimit);
  await untilStart(allowance);
  const startedAt = performance.now();
  for (const worker of workers) worker.say('begin');
  const clients = await Promise.all(workers.map((worker) => worker.hear<ClientReport>(limit * 1000)));
  const ms = clients.length === 1 ? clients[0]!.ms : performance.now() - startedAt;
  hub.say('report');
  return { hub: await hub.hear<HubReport>(startLimit), clients, ms };
}
