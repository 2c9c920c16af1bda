import type { Account } from '../hub/account.ts';
import type { Clock } from '../hub/clock.ts';
import type { Batch } from '../retention/batch.ts';
import type { KeepReason, Plan, RepositoryName } from '../retention/plan.ts';
import type { Tag } from '../retention/tag.ts';
import { journalVersion, writeLine, type JournalLine, type RunPolicy } from './journalLine.ts';
import type { JournalSink } from './journalSink.ts';
import type { Outcome } from './outcome.ts';
import type { RunEvent } from './runEvent.ts';

/** Bounds of a line: tags, and names of tags that stay. */
const tagsALine = 100;
/** So many of the tags that stay are named for each reason in a repository; all are counted. */
const mostStayingNamed = 10_000;
/** Text (characters) that is written at once while a plan is taken down. */
const chunk = 256 * 1024;

/** What the first line of a journal says. */
export interface RunHead {
  readonly id: string;
  readonly account: Account;
  readonly policy: RunPolicy;
}

/**
 * Writes down a run while it goes on (invariant 5): first the plans, then each intent before its DELETE, each outcome, and the end. Once a line
 * could not be written, none is any more, and every later call throws the same error.
 */
export class Journal {
  readonly #sink: JournalSink;
  readonly #clock: Clock;
  #pending: string[] = [];
  #flushing: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;
  #waitTold = 0;
  /** Tags with an intent and no outcome yet. */
  readonly #intended = new Set<string>();

  constructor(sink: JournalSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Takes a whole batch down before anything of it is done. @throws what the sink throws */
  async begin(head: RunHead, batch: Batch): Promise<void> {
    const plans = batch.plans.filter(({ going }) => going.length > 0);
    const { name, kind, origins } = head.account;
    const { api, registry, token } = origins;
    const { id, policy } = head;
    const [first] = plans;
    if (!first) throw new Error('A batch of which nothing goes needs no journal.');
    this.#add({
      type: 'run',
      version: journalVersion,
      id,
      at: this.#clock.now(),
      account: { name, kind },
      origins: { api, registry, token },
      policy,
      repository: first.repository,
      repositories: plans.length,
      planned: batch.total,
    });
    for (const plan of plans) {
      for (const line of planLines(plan)) {
        this.#add(line);
        if (this.#pendingSize() > chunk) await this.#flush();
      }
    }
    this.#add({ type: 'ready' });
    await this.#flush();
  }

  /**
   * Takes down that a run goes on after it was interrupted, with what was learned since about tags of it.
   * @param planned tags that it now sets out to delete, all of them confirmed by the user at one time or another
   * @param confirmed whether the user was asked anew
   * @throws what the sink throws
   */
  async resume(planned: number, confirmed: boolean): Promise<void> {
    this.#add({ type: 'resume', at: this.#clock.now(), confirmed, planned });
    await this.#flush();
  }

  /**
   * Takes down that a tag is about to be deleted, once for all its DELETEs until it has an outcome, and waits until that is safe on disk.
   * @throws what the sink throws
   */
  async intend(repository: RepositoryName, { name, digest }: Tag): Promise<void> {
    const key = keyOf(repository, name);
    if (this.#intended.has(key)) return;
    this.#intended.add(key);
    this.#add({ type: 'intent', at: this.#clock.now(), repository, tag: name, ...(digest !== undefined && { digest }) });
    await this.#flush();
  }

  /** Takes down what happened. It reaches the disk with the next intent or the end at the latest. */
  note(event: RunEvent): void {
    const at = this.#clock.now();
    if (event.type === 'outcome') {
      const { repository, tag, outcome } = event;
      // What was not reached has no line at all, unless its intent has to be taken back.
      if (this.#intended.delete(keyOf(repository, tag.name)) || outcome.kind !== 'notReached') this.outcome(repository, tag.name, outcome);
    }
    if (event.type === 'stopped') this.#add({ type: 'stop', at, ...event.stop });
    if (event.type !== 'waiting' || event.wait.until === this.#waitTold) return;
    this.#waitTold = event.wait.until;
    this.#add({ type: 'wait', at, ...event.wait });
  }

  /** Takes down how a tag ended. */
  outcome(repository: RepositoryName, tag: string, outcome: Outcome): void {
    this.#add({ type: 'outcome', at: this.#clock.now(), repository, tag, outcome });
  }

  /** Takes down that a deleted tag is back. */
  async restored(repository: RepositoryName, tag: string, digest: string): Promise<void> {
    this.#add({ type: 'restored', at: this.#clock.now(), repository, tag, digest });
    await this.#flush();
  }

  /**
   * Takes down that the run is over.
   * @param left the user wants no more of it
   * @throws what the sink throws, now or before
   */
  async end(counts: Readonly<Record<Outcome['kind'], number>>, left = false): Promise<void> {
    this.#add({ type: 'end', at: this.#clock.now(), counts: { ...counts }, ...(left && { left }) });
    await this.#flush();
  }

  #add(line: JournalLine): void {
    this.#pending.push(writeLine(line));
  }

  #pendingSize(): number {
    return this.#pending.reduce((sum, text) => sum + text.length, 0);
  }

  /** Resolves once everything that was added so far is on disk. Those who call in the same turn share one flush. */
  async #flush(): Promise<void> {
    while (this.#pending.length > 0 || this.#flushing) {
      if (this.#failed) throw this.#failed.error;
      const before = this.#flushing;
      this.#flushing ??= Promise.resolve().then(() => this.#write()).finally(() => (this.#flushing = undefined));
      await this.#flushing;
      // What was added while an earlier flush was under way went with the next one, if anybody has started it.
      if (!before) return;
    }
  }

  async #write(): Promise<void> {
    const lines = this.#pending;
    this.#pending = [];
    try {
      await this.#sink.append(lines.join(''));
    } catch (error) {
      this.#failed = { error };
      throw error;
    }
  }
}

function* planLines(plan: Plan): Generator<JournalLine> {
  const { repository, asOf, cutoff, inDateOrder, emptiesRepository, going, staying } = plan;
  yield { type: 'plan', repository, asOf, ...(cutoff !== undefined && { cutoff }), inDateOrder, emptiesRepository, going: going.length, staying: staying.length };
  for (let i = 0; i < going.length; i += tagsALine) {
    yield { type: 'going', tags: going.slice(i, i + tagsALine).map(({ name, digest, pushedAt, size }) => [name, digest ?? null, pushedAt ?? null, size ?? null]) };
  }
  const reasons = new Map<string, { readonly reason: KeepReason; readonly names: string[] }>();
  for (const { tag, reason } of staying) {
    const key = JSON.stringify(reason);
    const group = reasons.get(key) ?? { reason, names: [] };
    reasons.set(key, group);
    group.names.push(tag.name);
  }
  for (const { reason, names } of reasons.values()) {
    for (let i = 0; i < names.length; i += tagsALine) {
      const named = i < mostStayingNamed ? names.slice(i, i + tagsALine) : [];
      yield { type: 'staying', reason, count: named.length || names.length - i, names: named };
      if (named.length === 0) break;
    }
  }
}

function keyOf({ namespace, name }: RepositoryName, tag: string): string {
  return `${namespace}/${name}:${tag}`;
}
