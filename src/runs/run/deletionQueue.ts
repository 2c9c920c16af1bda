import type { KeepReason, Plan } from '../../retention/plan/plan.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import type { Outcome, StopReason } from '../outcome/outcome.ts';

/** A tag that is not deleted any more, since one that it is attached to was not. */
export interface Followed {
  readonly tag: Tag;
  readonly outcome: Outcome;
}

/**
 * Gives out the tags that a plan deletes, in its order. A tag that is attached to the image of others is held back until all of these are gone, and is kept where one
 * of them is not (invariant 13): what fails half-way leaves a signature without an image and never an image without its signature.
 */
export class DeletionQueue {
  readonly #going: readonly Tag[];
  #next = 0;
  /** Tags whose holders are gone; they come first. */
  readonly #ready: Tag[] = [];
  /** Tags that are attached to others, and so do not come when it is their turn in the plan. */
  readonly #held: ReadonlySet<Tag>;
  /** Those of them that wait, with how many others they wait for. */
  readonly #waiting = new Map<Tag, number>();
  readonly #followers = new Map<Tag, Tag[]>();

  constructor({ going, attachments, holders }: Pick<Plan, 'going' | 'attachments' | 'holders'>) {
    this.#going = going;
    const held = new Set<Tag>();
    this.#held = held;
    if (attachments.going === 0) return;
    const goes = new Set(going);
    for (const [tag, all] of holders) {
      const before = goes.has(tag) ? all.filter((holder) => goes.has(holder)) : [];
      if (before.length === 0) continue;
      held.add(tag);
      this.#waiting.set(tag, before.length);
      for (const holder of before) {
        const known = this.#followers.get(holder);
        if (known) known.push(tag);
        else this.#followers.set(holder, [tag]);
      }
    }
  }

  /** Whether every tag was given out or is kept for another one. */
  get isEmpty(): boolean {
    this.#pass();
    return this.#ready.length === 0 && this.#waiting.size === 0 && this.#next === this.#going.length;
  }

  /** The tag that comes next; `undefined` while all that are left wait for others. */
  get next(): Tag | undefined {
    this.#pass();
    return this.#ready[0] ?? this.#going[this.#next];
  }

  /** Gives `next` out. @throws Error while there is none */
  take(): Tag {
    const tag = this.next;
    if (!tag) throw new Error('No tag may be deleted now.');
    if (this.#ready.length > 0) this.#ready.shift();
    else this.#next++;
    return tag;
  }

  /**
   * Takes in how a tag ended that was given out. What is attached to one that may be gone stays open with it, until that is known.
   *
   * @param stopped why the run has stopped by now; missing while it goes on
   * @returns the tags that are not deleted any more for that, each with how it ends
   */
  end(tag: Tag, outcome: Outcome, stopped?: StopReason): Followed[] {
    const followers = this.#followers.get(tag);
    if (!followers) return [];
    this.#followers.delete(tag);
    if (outcome.kind === 'removed' || outcome.kind === 'alreadyGone') {
      for (const follower of followers) this.#release(follower);
      return [];
    }
    const reason: KeepReason = { kind: 'attachedTo', of: tag.name };
    let ending: Outcome = { kind: 'spared', reason };
    if (outcome.kind === 'notReached') ending = outcome;
    if (outcome.kind === 'uncertain') ending = { kind: 'notReached', reason: stopped ?? 'serverTrouble' };
    return followers.flatMap((follower) => {
      if (!this.#waiting.delete(follower)) return [];
      return [{ tag: follower, outcome: ending }, ...this.end(follower, ending, stopped)];
    });
  }

  /** Empties the queue. @returns all that was not given out, in the plan's order */
  drain(): Tag[] {
    const left = [
      ...this.#ready.splice(0),
      ...this.#going.slice(this.#next).filter((tag) => !this.#held.has(tag)),
      ...this.#waiting.keys(),
    ];
    this.#next = this.#going.length;
    this.#waiting.clear();
    return left;
  }

  #pass(): void {
    while (this.#next < this.#going.length && this.#held.has(this.#going[this.#next]!)) this.#next++;
  }

  #release(follower: Tag): void {
    const left = (this.#waiting.get(follower) ?? 0) - 1;
    if (left > 0) this.#waiting.set(follower, left);
    else if (this.#waiting.delete(follower)) this.#ready.push(follower);
  }
}
