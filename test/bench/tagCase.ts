import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { RateLimit } from '../hub/allowance.ts';
import { atMost, type Bench, type BenchCase, type CaseResult, type Mark } from './benchCase.ts';
import type { ClientReport, ClientTask } from './clientTask.ts';
import type { HubReport } from './hubReport.ts';
import type { BenchRepository, HubStarted, HubTask } from './hubTask.ts';
import { ideal } from './ideal.ts';
import { runOrigin } from './originProgram.ts';
import { Worker } from './worker.ts';

/** A case in which clients list and perhaps prune repositories of a Hub. */
export interface TagCase {
  readonly name: string;
  readonly title: string;
  readonly work: ClientTask['work'];
  /** One for each client; all begin at the same time. */
  readonly repositories: readonly BenchRepository[];
  readonly latencyMs: number;
  readonly allowance?: RateLimit;
  readonly retryAfter?: HubTask['retryAfter'];
  /** How often it is measured; default 1. */
  readonly runs?: number;
  /** Seconds that a client may take at most. */
  readonly limit: number;
  /** Whether the origin program runs too; default true. It waits for the length of a window after a 429. */
  readonly besideOrigin?: boolean;
  readonly reach: Reach;
}

/** Most that a case may take; what is absent is not asked for. */
export interface Reach {
  /** Times the ideal. */
  readonly ideal?: number;
  /** One part in so many of the origin's time. */
  readonly partOfOrigin?: number;
  /** 429 in all, or in each window. */
  readonly refusals?: number;
  readonly refusalsAWindow?: number;
  /** The slowest client's time over that of the fastest. */
  readonly slowerToFaster?: number;
}

/** Milliseconds for a process to begin or to report. */
const startLimit = 30_000;
/** Aligned windows are begun in the same place each time: after a third. */
const alignedStart = 1 / 3;
/** Rows of a page, and share of the DELETEs that may go into looking whether tags were pushed again (docs/RELIABILITY.md, 3). */
const pageSize = 100;
const lookShare = 0.03;
/** Pages that a listing may read beyond those that there are, to be sure of its end. */
const sparePages = 2;

/** Makes a case of the figures. */
export function tagCase(figures: TagCase): BenchCase {
  return { name: figures.name, title: figures.title, run: (bench) => measure(figures, bench) };
}

interface Run {
  readonly hub: HubReport;
  readonly clients: readonly ClientReport[];
  /** From the beginning of the first to the end of the last client. */
  readonly ms: number;
}

async function measure(figures: TagCase, bench: Bench): Promise<CaseResult> {
  const { name, title, allowance, besideOrigin = true, runs: count = 1 } = figures;
  const beside = () => (besideOrigin ? measureOrigin(figures, bench) : undefined);
  // Where an allowance makes both wait nearly all the time they do not take it from one another, each having a Hub to itself.
  const early = allowance ? beside() : undefined;
  const runs: Run[] = [];
  try {
    for (let i = 1; i <= count; i++) {
      runs.push(await runClients(figures, bench));
      bench.say(`${name}: ${seconds(runs.at(-1)!.ms)}${count > 1 ? ` (${i} of ${count})` : ''}`);
    }
  } finally {
    // The next case is to have the machine for itself, also after a failure of this one.
    await early?.catch(() => undefined);
  }
  const { ms, hub, clients } = [...runs].sort((a, b) => a.ms - b.ms)[Math.floor(count / 2)]!;
  const best = idealOf(figures, hub);
  const origin = await (early ?? beside());
  return {
    name,
    title,
    measured: ms,
    runs: runs.map((run) => run.ms),
    ideal: best.ms,
    ...(origin && { origin: origin.result, originHub: origin.hub }),
    requests: hub.requests,
    refusals: hub.refusals,
    marks: [...timeMarks(figures.reach, { ms, best: best.ms, origin: origin?.result, clients }), ...runs.flatMap((run) => countMarks(figures, run)).filter(worstOnly)],
    hub,
    clients,
    ...(origin?.hub && { originHub: origin.hub }),
  };
}

function idealOf({ work, latencyMs, allowance, repositories }: TagCase, hub: HubReport) {
  const inFlight = (work === 'list' ? 8 : 10) * repositories.length;
  return ideal({ requests: hub.answered, signedIn: hub.logins > 0, latencyMs, inFlight, allowance, startedAt: hub.startedAt });
}

/** Lets all clients of the case begin at once against a new Hub. */
async function runClients({ repositories, work, latencyMs, allowance, retryAfter, limit }: TagCase, { folder }: Bench): Promise<Run> {
  await using hub = await Worker.start('hubProcess.ts', { repositories, latencyMs, allowance, retryAfter } satisfies HubTask);
  const { origin } = await hub.hear<HubStarted>(startLimit);
  await using stack = new AsyncDisposableStack();
  const own = await mkdtemp(join(folder, 'run-'));
  const workers: Worker[] = [];
  for (const { name } of repositories) workers.push(stack.use(await Worker.start('clientProcess.ts', { hub: origin, repositories: [name], work, folder: own } satisfies ClientTask)));
  for (const worker of workers) await worker.hear(startLimit);
  await untilStart(allowance);
  const startedAt = performance.now();
  for (const worker of workers) worker.say('begin');
  const clients = await Promise.all(workers.map((worker) => worker.hear<ClientReport>(limit * 1000)));
  const ms = clients.length === 1 ? clients[0]!.ms : performance.now() - startedAt;
  hub.say('report');
  return { hub: await hub.hear<HubReport>(startLimit), clients, ms };
}

/** The origin program's time by the Hub's clock, so that the start of Python is not in it. */
async function measureOrigin({ name, work, repositories, latencyMs, allowance, retryAfter }: TagCase, { origin, say }: Bench): Promise<{ readonly result: number | string; readonly hub?: HubReport }> {
  if ('absent' in origin) return { result: origin.absent };
  const [repository] = repositories;
  await using hub = await Worker.start('hubProcess.ts', { repositories: [repository!], latencyMs, allowance, retryAfter } satisfies HubTask);
  const started = await hub.hear<HubStarted>(startLimit);
  await untilStart(allowance);
  say(`${name}: the origin program has begun`);
  const trouble = await runOrigin(origin, {
    hub: started.origin,
    repository: repository!.name,
    // For a listing nothing is old enough.
    olderThan: work === 'list' ? 10_000 : 90,
    cooldown: allowance?.windowSeconds ?? 1,
    limit: originLimit,
  });
  if (trouble !== undefined) return { result: trouble };
  hub.say('report');
  const report = await hub.hear<HubReport>(startLimit);
  const planned = work === 'list' ? 0 : repository!.old;
  if (report.removed !== planned || report.wrong > 0) return { result: `removed ${report.removed} of ${planned}`, hub: report };
  const ms = report.endedAt - report.startedAt;
  say(`${name}: the origin program took ${seconds(ms)}`);
  return { result: ms, hub: report };
}

const originLimit = 300_000;

async function untilStart(allowance: RateLimit | undefined): Promise<void> {
  if (allowance?.alignedToClock !== true) return;
  const length = allowance.windowSeconds * 1000;
  const wait = (alignedStart * length - (Date.now() % length) + length) % length;
  await new Promise((resolve) => setTimeout(resolve, wait));
}

function timeMarks(reach: Reach, { ms, best, origin, clients }: { ms: number; best: number; origin: number | string | undefined; clients: readonly ClientReport[] }): Mark[] {
  const marks: Mark[] = [];
  if (reach.partOfOrigin !== undefined) {
    marks.push(atMost('time', 1 / reach.partOfOrigin, typeof origin === 'number' ? ms / origin : undefined, `at most 1/${reach.partOfOrigin} of the origin's time`));
  }
  if (reach.ideal !== undefined) marks.push(atMost('time', reach.ideal, ms / best, `at most ${reach.ideal.toFixed(2)} × the ideal`));
  if (reach.slowerToFaster !== undefined) {
    const times = clients.map((client) => client.ms);
    marks.push(atMost('time', reach.slowerToFaster, Math.max(...times) / Math.min(...times), `the slower at most ${reach.slowerToFaster.toFixed(2)} × the faster`));
  }
  return marks;
}

function countMarks({ work, repositories, reach }: TagCase, { hub, clients }: Run): Mark[] {
  const pages = repositories.reduce((sum, { old, young }) => sum + Math.ceil((old + young) / pageSize) + sparePages, 0);
  const tags = repositories.reduce((sum, { old, young }) => sum + old + young, 0);
  const planned = work === 'prune' ? repositories.reduce((sum, { old }) => sum + old, 0) : 0;
  const removed = clients.reduce((sum, { outcomes }) => sum + outcomes.removed, 0);
  const listed = clients.reduce((sum, client) => sum + client.listed, 0);
  const answered = hub.requests - hub.refusals;
  const most = repositories.length + pages + planned + Math.ceil(lookShare * planned);
  const marks: Mark[] = [
    atMost('count', 0, Math.abs(tags - listed), 'every tag listed', false),
    atMost('count', 0, planned - Math.min(removed, hub.removed) + hub.wrong, 'every planned tag removed and none other', false),
    atMost('count', most, answered, `at most ${most} requests that were not refused`, false),
  ];
  const windows = hub.refusalsByWindow.length;
  if (reach.refusals !== undefined) marks.push(atMost('count', reach.refusals, hub.refusals, reach.refusals === 0 ? 'no 429' : `at most ${reach.refusals} refusals in all`));
  if (reach.refusalsAWindow !== undefined) {
    const what = reach.refusalsAWindow === 1 ? 'at most one 429 a window' : `at most ${reach.refusalsAWindow} refusals a window`;
    marks.push(atMost('count', reach.refusalsAWindow, windows === 0 ? 0 : Math.max(...hub.refusalsByWindow), what));
  }
  return marks;
}

/** Of the marks of several runs with the same words the highest. */
function worstOnly(mark: Mark, _index: number, all: readonly Mark[]): boolean {
  const same = all.filter(({ what }) => what === mark.what);
  return mark === same.reduce((worst, other) => ((other.value ?? 0) > (worst.value ?? 0) ? other : worst));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
