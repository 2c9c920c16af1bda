import { join } from 'node:path';
import type { HubClient } from '../../../src/hub/client.ts';
import type { Account } from '../../../src/hub/wire/account.ts';
import { parseOrigins } from '../../../src/hub/wire/origins.ts';
import { checkConfirmed, type ConfirmedBatch } from '../../../src/prune/checkConfirmed.ts';
import { executeConfirmed, type ConfirmedPorts, type ExecutedRun } from '../../../src/prune/executeConfirmed.ts';
import { listRepositoryTags } from '../../../src/prune/listRepositoryTags.ts';
import { confirmPlanned, planPrune, type PlannedPrune } from '../../../src/prune/planPrune.ts';
import type { Limits, UseSource } from '../../../src/prune/protection.ts';
import { recordedRules, type PruneRules } from '../../../src/prune/pruneRules.ts';
import { RunClaims } from '../../../src/prune/runClaims.ts';
import { parseAge } from '../../../src/retention/tags/age.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import { noUses, type Uses } from '../../../src/retention/plan/uses.ts';
import type { RepositoryName } from '../../../src/retention/tags/repositoryName.ts';
import { JournalFolder } from '../../../src/runs/journal/journalFolder.ts';
import type { RunEvent } from '../../../src/runs/outcome/runEvent.ts';
import { startHub, type Hub } from '../../hub/hub.ts';
import { FakeClock, noon } from '../fakeClock.ts';
import { patientFetch } from '../faults/patientFetch.ts';
import { hubClientAt } from '../hubClientAt.ts';
import { scratchFolder } from '../runs/journal/scratchFolder.ts';

const day = 86_400_000;

/** A prune as a shell does it, without one: the test Hub, a folder for journals and claims, and ports that a test turns. */
export class PruneStage implements AsyncDisposable {
  readonly hub: Hub;
  readonly clock: FakeClock;
  readonly client: HubClient;
  readonly account: Account;
  readonly claims: RunClaims;
  readonly journals: JournalFolder;
  /** What the settings say. */
  limits: Limits = { protect: compileProtect(['latest']), maxDeletions: 0 };
  /** What is in use. */
  uses: Uses = noUses;
  readonly events: RunEvent[] = [];
  readonly #folder: Awaited<ReturnType<typeof scratchFolder>>;

  static async open(): Promise<PruneStage> {
    const clock = new FakeClock({ hurries: true });
    const rateLimit = { limit: 1_000_000, windowSeconds: 60, sendHeaders: false };
    return new PruneStage(await startHub({ now: () => clock.now(), rateLimit }), clock, await scratchFolder());
  }

  private constructor(hub: Hub, clock: FakeClock, folder: Awaited<ReturnType<typeof scratchFolder>>) {
    [this.hub, this.clock, this.#folder] = [hub, clock, folder];
    hub.world.addAccount({ name: 'team', tokens: [{ secret: 'dckr_pat_delete', scope: 'repo:admin' }] });
    this.client = hubClientAt(hub.origin, { clock, fetch: patientFetch }).client;
    this.account = { name: 'team', kind: 'user', origins: parseOrigins(hub.origin, 'https://registry-1.docker.io') };
    this.claims = new RunClaims(join(folder.path, 'claims'), clock);
    this.journals = new JournalFolder(join(folder.path, 'journals'));
  }

  /** Adds a repository of `team`. @param ages of its tags, in days */
  add(name: string, ages: Readonly<Record<string, number>>): RepositoryName {
    this.hub.world.addRepository({ namespace: 'team', name });
    for (const [tag, age] of Object.entries(ages)) {
      this.hub.world.pushTag('team', name, tag, { pushedAt: noon - age * day });
    }
    return { namespace: 'team', name };
  }

  /** The tags that are there, in alphabetical order. */
  tags({ namespace, name }: RepositoryName): string[] {
    return [...(this.hub.world.repository(namespace, name)?.tags.keys() ?? [])].sort();
  }

  /** What a plan is judged with: what is in use, and whether everything is known of it. */
  get useSource(): UseSource {
    return { usesOf: () => this.uses, ready: async () => undefined };
  }

  /** Tags older than 90 days. */
  get byAge(): PruneRules {
    return { kind: 'age', age: parseAge('90 days', noon) };
  }

  plan(repositories: readonly RepositoryName[], rules = this.byAge): Promise<PlannedPrune> {
    const { client, claims, account } = this;
    const { signal } = new AbortController();
    const busyAmong = (asked: readonly RepositoryName[]) => claims.busy(account, asked);
    return planPrune(
      { repositories, rules, limits: this.limits, askedAt: client.now() },
      {
        now: () => client.now(),
        uses: this.useSource,
        list: (listed) => listRepositoryTags(listed, { client, busyAmong, signal }),
      },
    );
  }

  /** Checks and executes a plan as it is. @param meanwhile called right before the check, as what happens while a question is open */
  async execute(
    planned: PlannedPrune,
    { rules = this.byAge, meanwhile = () => undefined, ports = {} }: ExecuteOptions = {},
  ): Promise<ExecutedRun> {
    const { account, client, clock, claims, journals } = this;
    const { signal } = new AbortController();
    const confirmed: ConfirmedBatch = confirmPlanned(planned, planned.batch, rules, async () => new Map());
    return executeConfirmed(
      {
        account,
        batch: planned.batch,
        ...recordedRules(rules),
        check: async () => {
          await meanwhile();
          return checkConfirmed(confirmed, { client, uses: this.useSource, readLimits: () => this.limits, signal });
        },
      },
      {
        claims,
        journals,
        clock,
        keepRuns: 100,
        remover: client,
        onUnrecorded: (error) => {
          throw error;
        },
        whileRunning: (_id, _batch, run) => run({ signal, onEvent: (event) => void this.events.push(event) }),
        ...ports,
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.close();
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** How a plan is executed; all has a default. */
export interface ExecuteOptions {
  readonly rules?: PruneRules;
  readonly meanwhile?: () => unknown;
  readonly ports?: Partial<ConfirmedPorts>;
}
