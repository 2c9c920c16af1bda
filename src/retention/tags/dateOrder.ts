import { isDated, type Tag } from './tag.ts';

/**
 * Watches whether the rows of a tag list come newest first: dated rows from the latest push to the earliest, rows without a date after them.
 * A `latest` in the very first row is passed over, since Docker Hub pins it there.
 */
export class DateOrder {
  #rows = 0;
  #last = Infinity;
  #kept = true;

  /** Takes the next row in. */
  add(tag: Tag): void {
    if (this.#rows++ === 0 && tag.name === 'latest') return;
    const pushedAt = pushOf(tag);
    if (pushedAt > this.#last) this.#kept = false;
    this.#last = pushedAt;
  }

  /** Whether these rows could come next in that order, none of them the very first. */
  keeps(tags: readonly Tag[]): boolean {
    let last = this.#last;
    return tags.every((tag) => {
      const isNext = pushOf(tag) <= last;
      last = pushOf(tag);
      return isNext;
    });
  }

  /** Whether all rows so far came in that order; true before the first. */
  get kept(): boolean {
    return this.#kept;
  }

  /** When the last row was pushed (ms since the epoch): -Infinity where that is unknown, Infinity before the first row that counts. */
  get last(): number {
    return this.#last;
  }
}

function pushOf(tag: Tag): number {
  return isDated(tag) ? tag.pushedAt : -Infinity;
}
