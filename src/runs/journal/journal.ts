import { setImmediate as turn } from 'node:timers/promises';
import type { Account } from '../../hub/wire/account.ts';
import type { Clock } from '../../async/clock.ts';
import type { Batch } from '../../retention/plan/batch.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { slicesOf } from '../../async/sliced.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import { inSlices } from '../../async/inSlices.ts';
import { journalVersion, writeLine, type JournalLine, type RunPolicy } from './journalLine.ts';
import type { RecordedSource } from './journalRecord.ts';
import type { JournalSink } from './journalSink.ts';
import { namesByReason, planLines } from './planLines.ts';
import type { Outcome } from '../outcome/outcome.ts';
import type { RunEvent } from '../outcome/runEvent.ts';

/** Text (characters) that is written at once while many lines are taken down: little enough to be made in a few ms. */
const chunk = 256 * 1024;

/** What the first line of a journal says. */
export interface RunHead {
  readonly id: string;
  readonly account: Account;
  readonly policy: RunPolicy;
  /** Where the policy of a repository was written; by default nowhere. Only for a run by policies. */
  readonly sourceOf?: (repository: RepositoryName) => RecordedSource | undefined;
}

/**
 * Writes down a run while it goes on (invariant 5): first the plans, then each intent before its DELETE, each outcome, and the end. Once a line
 * could not be written, none is any more, and every later call throws the same error.
 */
export class Journal {
  readonly #sink: JournalSink;
  readonly #clock: Clock;
  #pending: string[] = [];
  #pendingSize = 0;
  /** Lines that were ever added, and those of them that are on disk. */
  #added = 0;
  #written = 0;
  #flushing: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;
  #waitTold = 0;
  /** Tags with an intent and no outcome yet. */
  readonly #intended = new Set<string>();

  constructor(sink: JournalSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /**
   * Takes a whole batch down before anything of it is done.
   * @param signal ends that in the middle; the journal is then good for nothing but to be removed
   * @throws what the sink throws; the signal's reason
   */
  async begin(head: RunHead, batch: Batch, signal?: AbortSignal): Promise<void> {
    // A repository without tags can be deleted as well.
    const plans = batch.plans.filter(({ going }) => going.length > 0 || head.policy.kind === 'repository');
    const { name, kind, origins } = head.account;
    const { api, registry, token } = origins;
    const { id, policy, sourceOf } = head;
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
      const kept = await inSlices(namesByReason(plan), signal);
      for (const line of planLines(plan, kept, policy.kind === 'policies', sourceOf?.(plan.repository))) {
        this.#add(line);
        if (this.#pendingSize > chunk) await this.#flush();
        signal?.throwIfAborted();
      }
    }
    this.#add({ type: 'ready' });
    await this.#flush();
    signal?.throwIfAborted();
  }

  /**
   * Takes down that a run goes on after it was interrupted. Comes before all that is learned of its tags: the line before it may be torn, and
   * only a line that begins a session may follow such a one.
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
    if (!this.#intended.has(key)) {
      this.#intended.add(key);
      this.#add({
        type: 'intent',
        at: this.#clock.now(),
        repository,
        tag: name,
        ...(digest !== undefined && { digest }),
      });
    }
    await this.#flush();
  }

  /**
   * Takes down that a whole repository is about to be deleted, all its tags with it, and waits until that is safe on disk (invariant 5).
   * @throws what the sink throws
   */
  async intendRepository(repository: RepositoryName): Promise<void> {
    this.#add({ type: 'repositoryIntent', at: this.#clock.now(), repository });
    await this.#flush();
  }

  /** Takes down how the deletion of a whole repository ended, which holds for each of its tags. It reaches the disk with the end at the latest. */
  repositoryOutcome(repository: RepositoryName, outcome: Outcome): void {
    this.#add({ type: 'repositoryOutcome', at: this.#clock.now(), repository, outcome });
  }

  /**
   * Takes down what happened. A stop is written at once, whatever its reason, and nobody waits for that: a cancel counts although requests hang, and where
   * the disk takes nothing the run ends all the same (invariant 8). Anything else reaches the disk with the next intent or the end at the latest.
   */
  note(event: RunEvent): void {
    const at = this.#clock.now();
    if (event.type === 'outcome') {
      const { repository, tag, outcome } = event;
      // What was not reached has no line at all, unless its intent has to be taken back.
      const wasIntended = this.#intended.size > 0 && this.#intended.delete(keyOf(repository, tag.name));
      if (wasIntended || outcome.kind !== 'notReached') this.outcome(repository, tag.name, outcome);
    }
    if (event.type === 'stopped') {
      this.#add({ type: 'stop', at, ...event.stop });
      // Every later call throws what this one met.
      void this.#flush().catch(() => undefined);
    }
    if (event.type !== 'waiting' || event.wait.until === this.#waitTold) return;
    this.#waitTold = event.wait.until;
    this.#add({ type: 'wait', at, ...event.wait });
  }

  /** Takes down many events one after the other, of which the last may reach the disk with what comes next, as with `note`. @throws what the sink throws */
  async noteAll(events: Iterable<RunEvent>): Promise<void> {
    for (const slice of slicesOf(events)) {
      for (const event of slice) this.note(event);
      if (this.#pendingSize > chunk) await this.#flush();
      else await turn();
    }
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
   * @param repository how a whole repository ended, in a run that deletes one
   * @throws what the sink throws, now or before
   */
  async end(
    counts: Readonly<Record<Outcome['kind'], number>>,
    left = false,
    repository?: Outcome['kind'],
  ): Promise<void> {
    this.#add({
      type: 'end',
      at: this.#clock.now(),
      counts: { ...counts },
      ...(left && { left }),
      ...(repository && { repository }),
    });
    await this.#flush();
  }

  #add(line: JournalLine): void {
    this.#added++;
    if (this.#failed) return;
    try {
      const text = writeLine(line);
      this.#pending.push(text);
      this.#pendingSize += text.length;
    } catch (error) {
      // Without this line the journal would not tell the truth any more.
      this.#failed = { error };
    }
  }

  /** Resolves once everything that was added so far is on disk. Those who call in the same turn share one flush. */
  async #flush(): Promise<void> {
    const upTo = this.#added;
    while (this.#written < upTo) {
      if (this.#failed) throw this.#failed.error;
      this.#flushing ??= Promise.resolve()
        .then(() => this.#write())
        .finally(() => (this.#flushing = undefined));
      await this.#flushing;
    }
  }

  async #write(): Promise<void> {
    const lines = this.#pending;
    this.#pending = [];
    this.#pendingSize = 0;
    try {
      await this.#sink.append(lines.join(''));
      this.#written += lines.length;
    } catch (error) {
      this.#failed ??= { error };
      throw error;
    }
  }
}

/** Names come from the server, so that no character can be counted on not to occur in them. */
function keyOf({ namespace, name }: RepositoryName, tag: string): string {
  return JSON.stringify([namespace, name, tag]);
}
