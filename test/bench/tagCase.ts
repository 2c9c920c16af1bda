import type { RateLimit } from '../hub/allowance.ts';
import type { Bench, BenchCase, CaseResult } from './benchCase.ts';
import { runClients, type ClientRun } from './clientRun.ts';
import type { ClientTask } from './clientTask.ts';
import type { BenchRepository, HubTask } from './hubTask.ts';
import { ideal, type Ideal } from './ideal.ts';
import { measureOrigin } from './originRun.ts';
import { countMarks, timeMarks, type Reach } from './tagMarks.ts';

/** A case in which clients list and perhaps prune repositories of a Hub. */
export interface TagCase {
  readonly name: string;
  readonly title: string;
  readonly work: ClientTask['work'];
  /** One for each client; all begin at the same time. */
  readonly repositories: readonly BenchRepository[];
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  readonly allowance?: RateLimit;
  readonly retryAfter?: HubTask['retryAfter'];
  /** With it the case is measured once without it too, for `reach.timesWithout`. */
  readonly loneRefusal?: HubTask['loneRefusal'];
  /** How often it is measured; default 1. */
  readonly runs?: number;
  /** Seconds that a client may take at most. */
  readonly limit: number;
  /** Whether the origin program runs too; default true. It waits for the length of a window after a 429. */
  readonly besideOrigin?: boolean;
  readonly reach: Reach;
}

/** Most requests of one client in flight that the ideal reckons with. */
const inFlight = { list: 8, prune: 10 } as const;

/** Makes a case of the figures. */
export function tagCase(figures: TagCase): BenchCase {
  return { name: figures.name, title: figures.title, run: (bench) => measure(figures, bench) };
}

async function measure(figures: TagCase, bench: Bench): Promise<CaseResult> {
  const { name, title, allowance, loneRefusal, besideOrigin = true, runs: count = 1 } = figures;
  const beside = () => (besideOrigin ? measureOrigin(figures, bench) : undefined);
  // Where an allowance makes both wait nearly all the time they do not take it from one another, each having a Hub to itself.
  const early = allowance ? beside() : undefined;
  const runs: ClientRun[] = [];
  let without: number | undefined;
  try {
    if (loneRefusal) {
      without = (await runClients({ ...figures, loneRefusal: undefined }, bench)).ms;
      bench.say(`${name}: ${(without / 1000).toFixed(1)} s without the refusal`);
    }
    for (let i = 1; i <= count; i++) {
      runs.push(await runClients(figures, bench));
      bench.say(`${name}: ${(runs.at(-1)!.ms / 1000).toFixed(1)} s${count > 1 ? ` (${i} of ${count})` : ''}`);
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
    marks: [
      ...timeMarks(figures.reach, {
        ms,
        ideal: best.ms,
        origin: origin?.result,
        clients,
        without,
        waited: (loneRefusal?.seconds ?? 0) * 1000,
      }),
      ...countMarks(figures, runs),
    ],
    hub,
    clients,
  };
}

function idealOf({ work, latencyMs, allowance, repositories }: TagCase, hub: ClientRun['hub']): Ideal {
  return ideal({
    requests: hub.answered,
    signedIn: hub.logins > 0,
    latencyMs,
    inFlight: inFlight[work] * repositories.length,
    allowance,
    startedAt: hub.startedAt,
  });
}
