import assert from 'node:assert/strict';
import { isHubError, type HubError } from '../../../src/hub/wire/hubError.ts';
import type { Wait } from '../../../src/hub/pacing/pacer.ts';
import { listTags } from '../../../src/hub/listing/tagListing.ts';
import { Journal } from '../../../src/runs/journal/journal.ts';
import { lookIsGoodFor } from '../../../src/runs/run/movedWatch.ts';
import { makeBatch } from '../../../src/retention/plan/batch.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import { startHub, type Hub } from '../../hub/hub.ts';
import { named } from '../../hub/request.ts';
import { FakeClock, noon } from '../fakeClock.ts';
import { hubClientAt } from '../hubClientAt.ts';
import { api, MemorySink, runToEnd, type Finished } from '../runs/run/runToEnd.ts';
import { patientFetch } from './patientFetch.ts';
import { planByAge } from '../retention/plan/planByAge.ts';

const day = 86_400_000;
const cutoff = noon - 90 * day;

/** How a stage is set up; all has a default. */
export interface StageOptions {
  /** Old tags, which go; default 12. */
  readonly old?: number;
  /** Young tags, which stay; default 10. */
  readonly young?: number;
  /** Rows of a page; default 100. */
  readonly rows?: number;
  /** Whether the list comes newest first; default true. */
  readonly inDateOrder?: boolean;
  /** Time (ms) after which a request gets no answer any more; default 15 s. */
  readonly timeout?: number;
  /** Default 10. */
  readonly concurrency?: number;
}

/** How a prune on a stage ended. */
export interface Ending {
  /** What ended the listing, so that nothing was planned. */
  readonly listing?: HubError;
  /** How the run ended. */
  readonly done?: Finished;
  /** Waits that were told while the list was read. */
  readonly waits: readonly Wait[];
}

/** A real client and a real run against the test Hub over sockets, on a clock that hurries. The repository is `team/api`. */
export class PruneStage implements AsyncDisposable {
  readonly hub: Hub;
  readonly clock: FakeClock;
  /** Names of the tags that are to go. */
  readonly planned: readonly string[];
  readonly journal = new MemorySink();
  readonly signal = new AbortController();
  /** Requests that went out against a rule of the run. */
  readonly breaches: string[] = [];
  /** When (ms, the stage's clock) tags were pushed again with `pushAgain`. */
  readonly #pushedAgain = new Map<string, number>();
  /** Those of them that were pushed before the run began, which its first look shows. */
  readonly #pushedBefore = new Set<string>();
  /** Tags whose DELETE went out. */
  readonly #sent = new Set<string>();
  /** Those whose DELETE may have been carried out, and that have not been found since. */
  readonly #inDoubt = new Set<string>();
  #isPlanned = false;
  #isRunning = false;
  readonly #options: StageOptions;
  readonly #staying: ReadonlySet<string>;

  static async open(options: StageOptions = {}): Promise<PruneStage> {
    const clock = new FakeClock({ hurries: true });
    const hub = await startHub({
      now: () => clock.now(),
      largestPage: options.rows ?? 100,
      rateLimit: { limit: 1_000_000, windowSeconds: 60, sendHeaders: false },
    });
    return new PruneStage(hub, clock, options);
  }

  private constructor(hub: Hub, clock: FakeClock, options: StageOptions) {
    this.hub = hub;
    this.clock = clock;
    this.#options = options;
    const { old = 12, young = 10, inDateOrder = true } = options;
    hub.world.addAccount({ name: 'team', tokens: [{ secret: 'dckr_pat_delete', scope: 'repo:admin' }] });
    hub.world.addRepository({ ...api, keepTagOrder: !inDateOrder });
    for (let i = 1; i <= old; i++) {
      hub.world.pushTag('team', 'api', `old-${i}`, { pushedAt: cutoff - (old - i + 1) * day });
    }
    for (let i = 1; i <= young; i++) hub.world.pushTag('team', 'api', `young-${i}`, { pushedAt: noon - i * day });
    const names = [...hub.world.repository('team', 'api')!.tags.keys()];
    this.planned = names.filter((name) => name.startsWith('old-'));
    this.#staying = new Set(names.filter((name) => name.startsWith('young-')));
  }

  /** Whether the tag is on the server. */
  has(name: string): boolean {
    return this.hub.world.repository('team', 'api')?.tags.has(name) ?? false;
  }

  /** Pushes a planned tag anew, as a build would. */
  pushAgain(name: string): void {
    const now = this.clock.now();
    this.hub.world.pushTag('team', 'api', name, { pushedAt: now });
    // What was planned before, and pushed before that, is not pushed *again*.
    if (!this.#isPlanned) return;
    this.#pushedAgain.set(name, now);
    if (!this.#isRunning) this.#pushedBefore.add(name);
  }

  /** Lists, plans and runs as one would who confirms the plan. @param planned called between the plan and the run */
  async prune(planned: () => void = () => undefined): Promise<Ending> {
    const { clock, journal: sink, signal } = this;
    const { timeout, concurrency } = this.#options;
    const watched: typeof fetch = (input, init) =>
      init?.method === 'DELETE' ? this.#watchDelete(new Request(input).url, init) : patientFetch(input, init);
    const { client } = hubClientAt(this.hub.origin, { clock, fetch: watched, timeout });
    const lookUp = client.tag.bind(client);
    client.tag = async (repository, name, admission) => {
      const found = await lookUp(repository, name, admission);
      this.#inDoubt.delete(name);
      return found;
    };
    const waits: Wait[] = [];
    const admission = {
      lane: 'background',
      signal: signal.signal,
      onWait: (wait: Wait) => void waits.push(wait),
    } as const;
    let listing;
    try {
      listing = await listTags(client, api, admission);
    } catch (error) {
      if (signal.signal.aborted) return { waits };
      if (!isHubError(error)) throw error;
      return { listing: error, waits };
    }
    const plan = planByAge({ ...listing, cutoff, protect: compileProtect([]) });
    const batch = makeBatch([plan], { maxDeletions: 0 });
    if (batch.total === 0) return { waits };
    const journal = new Journal(sink, clock);
    await journal.begin({ id: 'run', account: client.account, policy: { kind: 'olderThan', age: '90 days' } }, batch);
    this.#isPlanned = true;
    planned();
    this.#isRunning = true;
    const done = await runToEnd(batch, { remover: client, clock, journal, concurrency, signal: signal.signal });
    await journal.end(done.tally.counts);
    return { done, waits };
  }

  /**
   * What must hold however the server behaved: nothing outside the plan was deleted, nothing twice, nothing that was pushed again but for the
   * window of a look; each DELETE had its intent before it and, after one that may have been carried out, a look-up that found the tag; each
   * outcome is true.
   */
  check({ done }: Ending): void {
    const { hub } = this;
    assert.deepEqual(this.breaches, [], 'DELETEs against a rule');
    assert.deepEqual(
      [...this.#staying].filter((name) => !this.has(name)),
      [],
      'tags that were not planned and are gone',
    );
    const references = this.planned.map((name) => `team/api:${name}`);
    assert.deepEqual(
      hub.deleted.filter((reference) => !references.includes(reference)),
      [],
      'deletes outside of the plan',
    );
    assert.equal(new Set(hub.deleted).size, hub.deleted.length, 'something was deleted twice');
    if (!done) {
      assert.equal(hub.count({ method: 'DELETE' }), 0, 'DELETEs without a plan');
      return;
    }
    // What the server says of a tag is all that anybody can know of it.
    const saidGone = new Set(
      hub.requests
        .filter(({ method, status }) => method === 'GET' && status === 404)
        .map(({ path }) => named(path).tag),
    );
    for (const [name, { kind }] of Object.entries(done.outcomes)) {
      const isThere = this.has(name);
      // It may have been pushed when it was gone.
      if (kind === 'removed' || kind === 'alreadyGone') {
        assert.ok(!isThere || saidGone.has(name) || this.#pushedAgain.has(name), `${name} is ${kind}, and there`);
      }
      if (kind === 'failed' || kind === 'notReached' || kind === 'spared') {
        assert.ok(isThere, `${name} is ${kind}, and gone`);
      }
      if (kind === 'uncertain') assert.ok(this.#sent.has(name), `${name} is uncertain, and nothing was sent`);
      if (kind === 'notReached' && this.#sent.has(name)) {
        assert.ok(this.#neverMayHaveSucceeded(name), `${name} is not reached, and its DELETE got no clear answer`);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.close();
  }

  /**
   * Before a DELETE goes out, its intent is in the journal (invariant 5); a push since the plan is in the window of a look (invariant 3);
   * and after an earlier one that may have been carried out the tag was found.
   */
  async #watchDelete(url: string, init: RequestInit): Promise<Response> {
    const { tag = '' } = named(new URL(url).pathname);
    const ended = this.journal.lines.findLastIndex((line) => line.type === 'outcome' && line.tag === tag);
    const intended = this.journal.lines.findLastIndex((line) => line.type === 'intent' && line.tag === tag);
    if (intended <= ended) this.breaches.push(`${tag}: no intent`);
    const pushedAt = this.#pushedAgain.get(tag);
    if (pushedAt !== undefined && this.clock.now() - pushedAt >= lookIsGoodFor) {
      this.breaches.push(`${tag}: pushed again ${this.clock.now() - pushedAt} ms ago`);
    }
    if (this.#pushedBefore.has(tag)) this.breaches.push(`${tag}: pushed again before the run began`);
    if (this.#inDoubt.has(tag)) this.breaches.push(`${tag}: sent again without a look-up`);
    this.#sent.add(tag);
    this.#inDoubt.add(tag);
    const response = await patientFetch(url, init);
    // Refused before anything was done: there is nothing to be looked up.
    if (response.status === 401 || response.status === 429) this.#inDoubt.delete(tag);
    return response;
  }

  #neverMayHaveSucceeded(name: string): boolean {
    return this.hub.requests.every(
      ({ method, path, status }) =>
        method !== 'DELETE' || named(path).tag !== name || (status >= 400 && status !== 502 && status !== 504),
    );
  }
}
