import { attachmentOf } from '../../retention/tags/attachment.ts';
import type { BatchTag } from '../../retention/plan/batch.ts';
import { outcomeKinds, type Outcome, type Stop } from './outcome.ts';
import type { RunEvent } from './runEvent.ts';

/** Planned tags that were not removed and ended in the very same way. */
export interface Remnant {
  readonly outcome: Exclude<Outcome, { kind: 'removed' }>;
  /** In the order in which they ended. */
  readonly tags: readonly BatchTag[];
}

/** Accounts for every planned tag of a run (invariant 6). */
export class Tally {
  readonly counts: Record<Outcome['kind'], number> = Object.fromEntries(
    outcomeKinds.map((kind) => [kind, 0]),
  ) as Record<Outcome['kind'], number>;
  /** How many of these are attachments. */
  readonly attachments = { removed: 0, ended: 0 };
  /** All that was removed, in that order. */
  readonly removed: BatchTag[] = [];
  readonly #stops: Stop[] = [];
  // Told apart while they come: 200,000 at the end would hold the thread, and most end in one of a few ways.
  readonly #remnants = new Map<string, { readonly outcome: Remnant['outcome']; readonly tags: BatchTag[] }>();
  /** Tags that have ended, of any kind. */
  ended = 0;

  /** Takes one event of the run in. */
  add(event: RunEvent): void {
    if (event.type === 'stopped') this.#stops.push(event.stop);
    if (event.type !== 'outcome') return;
    const { repository, tag, outcome } = event;
    this.ended++;
    this.counts[outcome.kind]++;
    if (attachmentOf(tag)) {
      this.attachments.ended++;
      if (outcome.kind === 'removed') this.attachments.removed++;
    }
    if (outcome.kind === 'removed') {
      this.removed.push({ repository, tag });
      return;
    }
    const key = JSON.stringify(outcome);
    const alike = this.#remnants.get(key);
    if (alike) alike.tags.push({ repository, tag });
    else this.#remnants.set(key, { outcome, tags: [{ repository, tag }] });
  }

  /** All that was not removed, by how it ended, in the order in which each first came up. */
  get remnants(): readonly Remnant[] {
    return [...this.#remnants.values()];
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
