import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { JournalFolder } from '../../src/runs/journal/journalFolder.ts';
import { outcomeOf, recordedTags } from '../../src/runs/journal/journalRecord.ts';
import type { RepositoryName } from '../../src/retention/tags/repositoryName.ts';
import { startHub, type Hub } from '../hub/hub.ts';
import { seededRandom, type Random } from '../hub/seededRandom.ts';
import { AttachmentWatch } from './attachmentWatch.ts';
import { CancelWatch } from './cancelWatch.ts';
import { misbehave } from './misbehave.ts';
import { exitCodes, type PruneTask } from './pruneTask.ts';
import { RunWatch } from './runWatch.ts';
import { shortenLists } from './shortLists.ts';
import { attachTo } from './soakAttachments.ts';
import { usualFeatures, type SoakFeatures } from './soakFeatures.ts';
import { swiftClock } from './swiftClock.ts';

/** What a soak is to do. */
export interface SoakOptions {
  readonly seed: number;
  /** Goes on until so many processes were killed and `time` is over. */
  readonly kills: number;
  /** Real time (ms) that it takes at least; default 0. */
  readonly time?: number;
  /** Most tags that go from one repository, at least 20; default 150. */
  readonly maxTags?: number;
  /** Where it writes; must be there. */
  readonly folder: string;
  /** Laid over `usualFeatures`. */
  readonly features?: Partial<SoakFeatures>;
  /** Told after each run. */
  readonly onProgress?: (result: SoakResult, seconds: number) => void;
}

/** What came of a soak. */
export interface SoakResult {
  kills: number;
  /** Processes that were cancelled while DELETEs hung; some of them were killed then. */
  cancels: number;
  runs: number;
  /** Processes that were started. */
  processes: number;
  planned: number;
  deletes: number;
  outcomes: Record<string, number>;
  /** Tags whose DELETE was under way as a process was killed, and that were looked up by the next. */
  lookedUp: number;
  /** Random scripts that the server followed. */
  scripts: number;
  pushes: number;
  tornLines: number;
  violations: string[];
}

/** So many times as fast as real time everything runs: the 30 s of a look are a second. */
const speed = 30;
const day = 86_400_000;
/** Real times in ms. */
const requestTimeout = 700;
const processLimit = 60_000;
/** Processes of one run after which the server behaves and nobody is killed, so that the run ends. */
const maxTroubled = 12;
const maxProcesses = 40;
const pruneProcess = join(import.meta.dirname, 'pruneProcess.ts');

/**
 * Kills the process of a run at random instants while the server misbehaves at random, lets another one go on with it, and so on until the
 * run is through; then the next run. What must hold is checked from outside: in the server's log, in its world and in the journal's file.
 */
export async function soak({
  seed,
  kills,
  time = 0,
  maxTags = 150,
  folder,
  features,
  onProgress,
}: SoakOptions): Promise<SoakResult> {
  const startedAt = performance.now();
  const from = Date.now();
  const clock = swiftClock(from, speed);
  const random = seededRandom(seed);
  const result: SoakResult = {
    kills: 0,
    cancels: 0,
    runs: 0,
    processes: 0,
    planned: 0,
    deletes: 0,
    outcomes: {},
    lookedUp: 0,
    scripts: 0,
    pushes: 0,
    tornLines: 0,
    violations: [],
  };
  const hub = await startHub({ now: () => clock.now(), loginLockAfter: Infinity });
  hub.world.addAccount({ name: 'team', tokens: [{ secret: 'dckr_pat_soak', scope: 'repo:admin' }] });
  try {
    while (result.kills < kills || performance.now() - startedAt < time) {
      const violations = result.violations.length;
      await oneRun({
        hub,
        now: () => clock.now(),
        random,
        from,
        maxTags,
        folder: join(folder, `run-${++result.runs}`),
        features: { ...usualFeatures, ...features },
        result,
      });
      onProgress?.(result, (performance.now() - startedAt) / 1000);
      // What led to a violation is left to be looked at.
      if (result.violations.length > violations) break;
    }
  } finally {
    await hub.close();
  }
  return result;
}

interface RunParts {
  readonly hub: Hub;
  readonly now: () => number;
  readonly random: Random;
  /** When the soak began, real time (ms since the epoch). */
  readonly from: number;
  readonly maxTags: number;
  readonly folder: string;
  readonly features: SoakFeatures;
  readonly result: SoakResult;
}

async function oneRun({ hub, now, random, from, maxTags, folder, features, result }: RunParts): Promise<void> {
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  await mkdir(folder, { recursive: true });
  const plannedAt = now();
  const cutoff = plannedAt - 90 * day;
  const repositories: RepositoryName[] = [];
  const staying: string[] = [];
  const going: [RepositoryName, string][] = [];
  const count = 1 + upTo(1);
  for (let r = 0; r < count; r++) {
    const repository = { namespace: 'team', name: `run-${result.runs}-${r}` };
    repositories.push(repository);
    hub.world.addRepository({ ...repository, storageSize: 1_000_000_000, keepTagOrder: random() < 0.3 });
    const old = Array.from({ length: 20 + upTo(maxTags - 20) }, (_, i) => `old-${i}`);
    old.forEach((tag, i) =>
      hub.world.pushTag('team', repository.name, tag, { pushedAt: cutoff - (i + 1) * 3_600_000 }),
    );
    const young = Array.from({ length: upTo(120) }, (_, i) => `young-${i}`);
    young.forEach((tag, i) =>
      hub.world.pushTag('team', repository.name, tag, { pushedAt: plannedAt - (i + 1) * 60_000 }),
    );
    const attached = features.attachments
      ? attachTo(hub.world, repository, { going: old, staying: young }, { cutoff, now: plannedAt }, random)
      : { going: [], staying: [] };
    for (const tag of [...old, ...attached.going]) going.push([repository, tag]);
    for (const tag of [...young, ...attached.staying]) staying.push(`${repository.name}:${tag}`);
  }
  const watch = new RunWatch(hub, folder, staying);
  const { violations } = watch;
  const attachments = features.attachments ? new AttachmentWatch(hub.world, 'team', violations) : undefined;
  const cancels = new CancelWatch({ folder, speed, durableStops: features.durableStops, violations });
  const pushes = {
    again: () => {
      if (!watch.isPlanned) return;
      const [{ name }, tag] = going[upTo(going.length - 1)]!;
      hub.world.pushTag('team', name, tag, { pushedAt: now() });
      watch.pushed(`${name}:${tag}`, now());
      result.pushes++;
    },
    anew: () => {
      const { name } = repositories[upTo(repositories.length - 1)]!;
      hub.world.pushTag('team', name, `new-${++result.pushes}`, { pushedAt: now() });
    },
  };
  let onRequest = (): void => undefined;
  hub.onArrival = (record) => {
    watch.arrived(record);
    attachments?.arrived(record);
    cancels.arrived(record);
    onRequest();
  };
  hub.onRequest = (record) => {
    watch.answered(record);
    attachments?.answered(record);
  };
  const isByPolicy = features.stricterPolicies && random() < 0.5;
  let task: PruneTask = {
    hub: hub.origin,
    folder,
    clock: { from, speed },
    repositories,
    cutoff,
    picked: random() < 0.3 && !features.attachments && !isByPolicy,
    policies: isByPolicy,
    protectToday: [],
    concurrency: 1 + upTo(9),
    timeout: requestTimeout,
  };

  let code: number | undefined;
  for (let attempt = 1; code !== exitCodes.through && watch.violations.length === 0; attempt++) {
    if (attempt > maxProcesses) {
      watch.violations.push(`the run is not through after ${maxProcesses} processes`);
      break;
    }
    hub.clearScripts();
    const troubled = attempt <= maxTroubled;
    watch.processStarts();
    // A run without a plan is begun anew, by the policy that its plan is made with.
    if (isByPolicy && watch.isPlanned && task.protectToday.length === 0 && random() < 0.3) {
      const start = `old-${upTo(9)}`;
      task = { ...task, protectToday: [`${start}*`] };
      watch.protect(start, now());
    }
    if (troubled) {
      result.scripts += misbehave(hub, random, pushes) + (features.shortLists ? shortenLists(hub, random) : 0);
    } else {
      Object.assign(hub.options, { latencyMs: 0, rateLimit: { limit: 1_000_000, windowSeconds: 60 } });
    }
    const plan = troubled
      ? ((features.cancels ? cancelPlan(random, going.length) : undefined) ?? killPlan(random, going.length))
      : undefined;
    const hang = () => void hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { hang: true } });
    const tried = await oneProcess(task, {
      plan,
      hang,
      listen: (listen) => (onRequest = listen),
      deletes: () => watch.deletes.length,
    });
    result.processes++;
    if (cancels.ended(watch.journalText(), now())) result.cancels++;
    code = tried.code;
    if (tried.killed) {
      result.kills++;
      result.lookedUp += openIntents(watch.journalText());
      if (random() < 0.3 && tear(folder, watch.journalText(), random)) result.tornLines++;
    } else if (code !== exitCodes.through && code !== exitCodes.open) {
      watch.violations.push(
        code === exitCodes.held
          ? 'the claim of a process that was killed still holds'
          : `a process ended with ${code}: ${tried.said}`,
      );
    }
    watch.checkJournal();
  }
  if (code === exitCodes.through) {
    const ends = await endsOf(folder);
    watch.checkEnd(ends, (reference) => {
      const [name = '', tag = ''] = reference.split(':');
      return hub.world.repository('team', name)?.tags.has(tag) ?? false;
    });
    attachments?.checkEnd(repositories);
    // No plan is made from a list that lacks rows.
    if (features.shortLists) {
      for (const [{ name }, tag] of going) {
        if (!ends.has(`${name}:${tag}`)) watch.violations.push(`${name}:${tag} is not planned, and should be`);
      }
    }
    const planned = new Set(going.map(([{ name }, tag]) => `${name}:${tag}`));
    for (const tag of ends.keys()) if (!planned.has(tag)) watch.violations.push(`${tag} is planned, and should not be`);
    for (const kind of ends.values()) result.outcomes[kind] = (result.outcomes[kind] ?? 0) + 1;
    result.planned += ends.size;
  }
  result.deletes += watch.deletes.length;
  result.violations.push(...watch.violations.map((what) => `run ${result.runs}: ${what}`));
  hub.clearScripts();
  hub.onArrival = hub.onRequest = undefined;
  hub.requests.length = 0;
  for (const { name } of repositories) hub.world.removeRepository('team', name);
  if (watch.violations.length === 0) await rm(folder, { recursive: true });
}

/** When a process is killed: so long after its start, or at one of its requests, in ms of real time; never by chance. */
type KillPlan =
  | { readonly afterStart: number }
  | { readonly atRequest: number; readonly delay: number }
  | { readonly atDelete: number; readonly delay: number }
  | CancelPlan
  | undefined;

/** From a DELETE on all of them hang; `delay` later Cancel comes, and, where it is so planned, the window is reloaded `reloadAfter` that. Ms of real time. */
interface CancelPlan {
  readonly cancelAtDelete: number;
  readonly delay: number;
  readonly reloadAfter: number | undefined;
}

/** One process of eight is cancelled; most of those are reloaded while their DELETEs still hang. */
function cancelPlan(random: Random, deletes: number): CancelPlan | undefined {
  if (random() >= 0.125) return undefined;
  return {
    cancelAtDelete: 1 + Math.floor((random() * deletes) / 4),
    delay: random() * 200,
    reloadAfter: random() < 0.7 ? random() * requestTimeout : undefined,
  };
}

function killPlan(random: Random, deletes: number): KillPlan {
  const choice = random();
  const delay = random() < 0.5 ? 0 : random() * 30;
  if (choice < 0.1) return { afterStart: random() * 500 };
  if (choice < 0.3) return { atRequest: 1 + Math.floor(random() * 12), delay };
  if (choice < 0.93) return { atDelete: 1 + Math.floor((random() * deletes) / 4), delay };
  return undefined;
}

/** What befalls a process. */
interface ProcessParts {
  readonly plan: KillPlan;
  /** Lets every DELETE hang from now on, the one that is being told too. */
  readonly hang: () => void;
  /** Has each request told. */
  readonly listen: (onRequest: () => void) => void;
  /** DELETEs so far. */
  readonly deletes: () => number;
}

async function oneProcess(
  task: PruneTask,
  { plan, hang, listen, deletes }: ProcessParts,
): Promise<{ code: number | undefined; killed: boolean; said: string }> {
  const before = deletes();
  let requests = 0;
  let killed = false;
  let cancelled = false;
  let said = '';
  const child = spawn(process.execPath, [pruneProcess, JSON.stringify(task)], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  const timers: NodeJS.Timeout[] = [];
  const kill = () => {
    // Not one that has ended by itself.
    if (child.exitCode === null && child.signalCode === null) killed = child.kill('SIGKILL');
  };
  const killIn = (ms: number) => (ms === 0 ? kill() : void timers.push(setTimeout(kill, ms)));
  const limit = setTimeout(() => {
    said = `no end within ${processLimit / 1000} s`;
    child.kill('SIGKILL');
  }, processLimit);
  if (plan && 'afterStart' in plan) killIn(plan.afterStart);
  listen(() => {
    requests++;
    if (plan && 'atRequest' in plan && requests === plan.atRequest) killIn(plan.delay);
    if (plan && 'atDelete' in plan && deletes() - before === plan.atDelete) killIn(plan.delay);
    if (plan && 'cancelAtDelete' in plan && deletes() - before === plan.cancelAtDelete && !cancelled) {
      cancelled = true;
      hang();
      timers.push(setTimeout(() => child.kill('SIGTERM'), plan.delay));
      if (plan.reloadAfter !== undefined) killIn(plan.delay + plan.reloadAfter);
    }
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  listen(() => undefined);
  clearTimeout(limit);
  timers.forEach((timer) => clearTimeout(timer));
  return { code: code ?? undefined, killed: killed && signal === 'SIGKILL', said };
}

/** Tags with an intent and nothing after it. */
function openIntents(journal: string): number {
  const open = new Set<string>();
  for (const line of journal.split('\n')) {
    const [, type, name, tag] = /^\{"type":"(intent|outcome)",.*"name":"([^"]*)"\},"tag":"([^"]*)"/.exec(line) ?? [];
    if (type === 'intent') open.add(`${name}:${tag}`);
    if (type === 'outcome') open.delete(`${name}:${tag}`);
  }
  return open.size;
}

/** Leaves a line half written, as a power cut in the middle of one does. A whole one is never torn: it was flushed before anything followed from it. */
function tear(folder: string, journal: string, random: Random): boolean {
  const name = /"id":"([^"]*)"/.exec(journal)?.[1];
  if (name === undefined || !journal.endsWith('\n')) return false;
  const line = journal.trimEnd().split('\n').at(-1)!;
  const path = join(folder, 'journals', `${name}.open.jsonl`);
  // Its run may have come to its end just before.
  if (!existsSync(path)) return false;
  appendFileSync(path, line.slice(0, 1 + Math.floor(random() * (line.length - 2))));
  return true;
}

async function endsOf(folder: string): Promise<Map<string, string>> {
  const journals = new JournalFolder(join(folder, 'journals'));
  const [file] = await journals.list();
  const record = await journals.read(file!.id);
  return new Map(
    [...recordedTags(record)].map((tag) => [
      `${tag.repository.name}:${tag.tag.name}`,
      outcomeOf(tag, record.stops).kind,
    ]),
  );
}
