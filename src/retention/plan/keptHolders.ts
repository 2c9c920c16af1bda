import type { Tag } from '../tags/tag.ts';

/** What is known of a list of holders. */
interface Known {
  /** The first of them that was found to be kept. */
  kept: Tag | undefined;
  /** How many kept tags were looked at. */
  seen: number;
  /** The list as a set, once it was asked for twice. */
  members?: ReadonlySet<Tag>;
}

/**
 * Tells which attachments have to be kept since a tag that holds their subject is. Thousands of attachments may share thousands of holders, so that each
 * list of holders is gone through once, and then only what is kept since.
 */
export class KeptHolders {
  readonly #holders: ReadonlyMap<Tag, readonly Tag[]>;
  readonly #kept: Tag[] = [];
  readonly #isKept = new Set<Tag>();
  readonly #known = new Map<readonly Tag[], Known>();

  /** @param holders see `Plan.holders`; the attachments of one subject share a list */
  constructor(holders: ReadonlyMap<Tag, readonly Tag[]>) {
    this.#holders = holders;
  }

  /** Takes down that a tag is kept. */
  add(tag: Tag): void {
    if (this.#isKept.size < this.#isKept.add(tag).size) this.#kept.push(tag);
  }

  /** One of the kept tags that hold the subject of an attachment; `undefined` where none does, and for all other tags. */
  holderOf(attachment: Tag): Tag | undefined {
    const holders = this.#holders.get(attachment);
    if (!holders) return undefined;
    const known = this.#known.get(holders);
    if (!known) {
      const kept = holders.find((holder) => this.#isKept.has(holder));
      this.#known.set(holders, { kept, seen: this.#kept.length });
      return kept;
    }
    if (known.kept || known.seen === this.#kept.length) return known.kept;
    const members = (known.members ??= new Set(holders));
    for (; known.seen < this.#kept.length && !known.kept; known.seen++) {
      const tag = this.#kept[known.seen]!;
      if (members.has(tag)) known.kept = tag;
    }
    return known.kept;
  }
}
