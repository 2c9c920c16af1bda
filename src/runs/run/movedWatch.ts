import type { Clock } from '../../async/clock.ts';
import { isHubError } from '../../hub/wire/hubError.ts';
import type { Admission } from '../../hub/pacing/pacer.ts';
import { DateOrder } from '../../retention/tags/dateOrder.ts';
import { hasMoved } from '../../retention/tags/moved.ts';
import { attachmentOf } from '../../retention/tags/attachment.ts';
import type { KeepReason, Plan } from '../../retention/plan/plan.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';
import { isDated, type Tag } from '../../retention/tags/tag.ts';
import { imageCount, imageKey, imageKeyAt } from '../../retention/tags/tagImages.ts';
import { inSlices } from '../../async/inSlices.ts';
import type { TagRemover } from './tagRemover.ts';

/** A look at the list or at a tag is good for so many ms and, of a list in date order, for so many DELETEs. */
export const lookIsGoodFor = 30_000;
const deletesPerLook = 100;
/** So many DELETEs before it is no longer good, the next look begins, so that nobody has to wait for it. */
const deletesAhead = 15;

/** How far (ms) before the newest push that was seen a list is read back: what was pushed at the same time may have shown up later. */
const overlap = 60_000;

/** Pages of pushes since the last look after which tags are looked up one by one instead. */
const maxPages = 50;
/** Looks in a row that were too old by the time they were complete, after which tags are looked up one by one instead. */
const maxSlowLooks = 3;

/** Thrown in front of a DELETE whose turn has come so late that its tag has to be looked at once more; nothing was sent. */
export class StaleLookupError extends Error {
  override readonly name = 'StaleLookupError';
}

/**
 * Finds tags that were pushed again since the plan, before they are deleted (invariant 3). Where the plan's list came newest first, a tag
 * that is pushed again shows at its beginning, and one look at that serves up to 100 DELETEs within 30 s, the first however young that list is;
 * where it did not, or no longer does, each tag is looked up for itself, at most 30 s before its DELETE.
 */
export class MovedWatch {
  readonly #plan: Plan;
  readonly #remover: Pick<TagRemover, 'tagPage'>;
  readonly #clock: Clock;
  /** The tags that go, by name; made when the list is looked at first. */
  #planned: ReadonlyMap<string, Tag> | undefined;
  readonly #moved = new Set<string>();
  /** What is attached to images, by the keys of their digests; made when the list is looked at first. */
  #attached: ReadonlyMap<string, readonly Tag[]> | undefined;
  /** Attachments whose image a tag has that is not of the plan, with the name of that tag. */
  readonly #heldBy = new Map<string, string>();
  readonly #lookedUpAt = new Map<string, number>();
  #oneByOne: boolean;
  /** The newest push (ms since the epoch) that is known of. */
  #newest: number;
  #lookedAt: number;
  #deletes = 0;
  #deletesInAll = 0;
  #slowLooks = 0;
  #look: Promise<void> | undefined;

  constructor(plan: Plan, remover: Pick<TagRemover, 'tagPage'>, clock: Clock) {
    this.#plan = plan;
    this.#remover = remover;
    this.#clock = clock;
    this.#oneByOne = !plan.inDateOrder;
    this.#newest = Math.min(
      plan.asOf,
      plan.verdicts.reduce((newest, { tag }) => (isDated(tag) ? Math.max(newest, tag.pushedAt) : newest), -Infinity),
    );
    this.#lookedAt = -Infinity;
  }

  /**
   * Looks at the beginning of the list where the last look is too old.
   * @returns `moved` or `same`, or `unknown` where the tag has to be looked up for itself: tell what was found with `lookedUp`
   * @throws the signal's reason, or a HubError that says something about every request
   */
  async look(tag: Tag, admission: Admission): Promise<'moved' | 'same' | 'unknown'> {
    while (!this.#moved.has(tag.name) && !this.#isSeen(tag) && !this.#oneByOne) await this.#lookNow(admission);
    // Where it fails, the look that somebody waits for tells.
    if (this.#isSoonOver()) this.#lookNow(admission).catch(() => undefined);
    if (this.#moved.has(tag.name)) return 'moved';
    return this.#isSeen(tag) ? 'same' : 'unknown';
  }

  /** Why a tag counts as moved, where it is not for a push of its own: it is attached to the image of another tag that was pushed since. */
  whyMoved({ name }: Tag): { readonly reason?: KeepReason } {
    const of = this.#heldBy.get(name);
    return of === undefined ? {} : { reason: { kind: 'attachedTo', of } };
  }

  /** Takes down that a tag was found as planned by a look-up that began at the instant `at` (ms). */
  lookedUp(tag: Tag, at: number): void {
    this.#lookedUpAt.set(tag.name, at);
  }

  /** To be called right before a DELETE is sent. @throws StaleLookupError when the tag has to be looked at once more */
  beforeDelete(tag: Tag): void {
    if (this.#moved.has(tag.name) || !this.#isSeen(tag)) throw new StaleLookupError();
    this.#deletes++;
    this.#deletesInAll++;
  }

  #lookNow(admission: Admission): Promise<void> {
    return (this.#look ??= this.#readNewest(admission).finally(() => (this.#look = undefined)));
  }

  #isSoonOver(): boolean {
    if (this.#oneByOne || this.#deletes < deletesPerLook - deletesAhead) return false;
    return this.#plan.going.length - this.#deletesInAll > deletesPerLook - this.#deletes;
  }

  #isSeen(tag: Tag): boolean {
    const own = this.#lookedUpAt.get(tag.name);
    return (own !== undefined && this.#isRecent(own)) || (!this.#oneByOne && this.#isFresh());
  }

  #isFresh(): boolean {
    return this.#isRecent(this.#lookedAt) && this.#deletes < deletesPerLook;
  }

  /** Also false for an instant in the future: the clock was set back. */
  #isRecent(instant: number): boolean {
    const age = this.#clock.now() - instant;
    return age >= 0 && age < lookIsGoodFor;
  }

  /** A tag that is kept keeps what is attached to its image (invariant 13). */
  #holdAttached(row: Tag): void {
    const keys = row.digest === undefined ? [] : [imageKey(row.digest)];
    for (let index = 0; row.images !== undefined && index < imageCount(row.images); index++) {
      keys.push(imageKeyAt(row.images, index) ?? '');
    }
    for (const key of keys) {
      for (const { name } of this.#attached?.get(key) ?? []) {
        if (this.#moved.has(name)) continue;
        this.#moved.add(name);
        this.#heldBy.set(name, row.name);
      }
    }
  }

  async #readNewest(admission: Admission): Promise<void> {
    const plannedTags = (this.#planned ??= await inSlices(byName(this.#plan.going)));
    this.#attached ??= this.#plan.attachments.going > 0 ? await inSlices(bySubject(this.#plan.going)) : new Map();
    // What it waits for its turn does not make it older.
    let startedAt = this.#clock.now();
    let deletesBefore = this.#deletes;
    const first: Admission = {
      ...admission,
      beforeSend: () => {
        startedAt = this.#clock.now();
        deletesBefore = this.#deletes;
      },
    };
    const order = new DateOrder();
    let newest = this.#newest;
    let target: string | undefined;
    try {
      for (let page = 0; page < maxPages; page++) {
        const { rows, next } = await this.#remover.tagPage(
          this.#plan.repository,
          page === 0 ? first : admission,
          target,
        );
        for (const row of rows) {
          order.add(row);
          const planned = plannedTags.get(row.name);
          const isOther = !planned || hasMoved(planned, row);
          if (planned && isOther) this.#moved.add(row.name);
          if (isOther && this.#attached.size > 0) this.#holdAttached(row);
          if (isDated(row) && row.pushedAt <= startedAt) newest = Math.max(newest, row.pushedAt);
        }
        if (!order.kept) break;
        if (next === undefined || order.last < this.#newest - overlap) {
          this.#newest = newest;
          this.#lookedAt = startedAt;
          this.#deletes -= deletesBefore;
          this.#slowLooks = this.#isFresh() ? 0 : this.#slowLooks + 1;
          this.#oneByOne = this.#slowLooks === maxSlowLooks;
          return;
        }
        target = next;
      }
    } catch (error) {
      // The look-up of a single tag may still be answered; where it is not either, that tells what is the matter.
      if (!isHubError(error, 'server', 'malformed', 'notFound', 'rejected', 'forbidden')) throw error;
    }
    this.#oneByOne = true;
  }
}

function* byName(tags: readonly Tag[]): Sliced<Map<string, Tag>> {
  const map = new Map<string, Tag>();
  yield* eachSliced(tags, (tag) => map.set(tag.name, tag));
  return map;
}

function* bySubject(tags: readonly Tag[]): Sliced<Map<string, Tag[]>> {
  const map = new Map<string, Tag[]>();
  yield* eachSliced(tags, (tag) => {
    const attachment = attachmentOf(tag);
    if (!attachment) return;
    const key = imageKey(`:${attachment.digits}`);
    const known = map.get(key);
    if (known) known.push(tag);
    else map.set(key, [tag]);
  });
  return map;
}
