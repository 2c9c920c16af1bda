import type { BatchTag } from '../retention/batch.ts';
import type { RepositoryName } from '../retention/plan.ts';
import type { Tag } from '../retention/tag.ts';
import { outcomeKinds, type Outcome, type Stop } from './outcome.ts';
import type { RunEvent } from './runEvent.ts';

/** A planned tag that was not removed, and how it ended instead. */
export interface Remnant {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly outcome: Exclude<Outcome, { kind: 'removed' }>;
}

/** Accounts for every planned tag of a run (invariant 6). */
export class Tally {
  readonly counts: Record<Outcome['kind'], number> = Object.fromEntries(outcomeKinds.map((kind) => [kind, 0])) as Record<Outcome['kind'], number>;
  /** All that was not removed, in the order in which it ended. */
  readonly remnants: Remnant[] = [];
  /** All that was removed, in that order. */
  readonly removed: BatchTag[] = [];
  readonly #stops: Stop[] = [];
  /** Tags that have ended, of any kind. */
  ended = 0;

  /** Takes one event of the run in. */
  add(event: RunEvent): void {
    if (event.type === 'stopped') this.#stops.push(event.stop);
    if (event.type !== 'outcome') return;
    const { repository, tag, outcome } = event;
    this.ended++;
    this.counts[outcome.kind]++;
    if (outcome.kind === 'removed') this.removed.push({ repository, tag });
    else this.remnants.push({ repository, tag, outcome });
  }

  /** Early ends. A cancel that came when there was nothing left to do is none. */
  get stops(): readonly Stop[] {
    return this.#allGone ? this.#stops.filter(({ reason }) => reason !== 'cancelled') : this.#stops;
  }

  /** Whether every planned tag is gone from Docker Hub, and nothing ended early. */
  get clean(): boolean {
    return this.#allGone && this.stops.length === 0;
  }

  get #allGone(): boolean {
    return this.counts.removed + this.counts.alreadyGone === this.ended;
  }
}
