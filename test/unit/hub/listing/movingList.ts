import { HubError } from '../../../../src/hub/wire/hubError.ts';
import type { Page } from '../../../../src/hub/listing/pages.ts';
import { pages } from '../../../../src/hub/listing/pages.ts';
import { ReadAhead } from '../../../../src/hub/listing/readAhead.ts';
import type { TagLister } from '../../../../src/hub/listing/tagListing.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';

/** Something that happens to the list, right before the answer with this number (from 0) is worked out. */
export interface Move {
  readonly before: number;
  readonly kind: 'push' | 'pushAgain' | 'remove';
  /** Which tag, by its place in the list; too large ones wrap around. */
  readonly at: number;
}

/** How a moving list behaves. */
export interface MovingListOptions {
  readonly size: number;
  readonly pageSize: number;
  /** `date`: newest first, with `latest` pinned to the first row where there is one. */
  readonly order: 'date' | 'name';
  readonly moves: readonly Move[];
  /** Numbers that say which of the requests on their way is answered next. */
  readonly turns: readonly number[];
  /** What the server says the count is; default the truth. */
  readonly count?: (truth: number) => number | undefined;
  /** Whether answers lack `next`; default false. */
  readonly isWithoutNext?: boolean;
}

interface Pending {
  readonly number: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (page: Page<Tag>) => void;
  readonly reject: (reason: unknown) => void;
}

/** A tag list that changes between requests, answered in any order. What it was at every instant is remembered. */
export class MovingList implements TagLister {
  /** Rows of the list after each move, the first before any. */
  readonly states: (readonly Tag[])[];
  readonly asked: number[] = [];
  /** Most requests that were on their way at once. */
  maxInFlight = 0;
  readonly #options: MovingListOptions;
  readonly #pending: Pending[] = [];
  #tags: Tag[];
  #answers = 0;
  #clock = 0;
  #isAnswering = false;

  constructor(options: MovingListOptions) {
    this.#options = options;
    this.#tags = Array.from({ length: options.size }, (_, i) => ({
      name: i === 3 ? 'latest' : `t${i}`,
      pushedAt: ++this.#clock,
    }));
    this.states = [this.#sorted()];
  }

  now(): number {
    return this.#clock;
  }

  async *tagPages(...[, { signal }, ahead]: Parameters<TagLister['tagPages']>): AsyncGenerator<Page<Tag>, void> {
    const fetchPage = (target: string, own: AbortSignal | undefined = signal) =>
      this.#ask(Number(/page=(\d+)/.exec(target)![1]), own);
    yield* pages(
      '/tags?page=1&page_size=100',
      fetchPage,
      ahead && new ReadAhead({ ...ahead, parallelism: () => 8, fetchPage }),
    );
  }

  #ask(number: number, signal: AbortSignal | undefined): Promise<Page<Tag>> {
    this.asked.push(number);
    return new Promise((resolve, reject) => {
      const pending: Pending = { number, signal, resolve, reject };
      this.#pending.push(pending);
      this.maxInFlight = Math.max(this.maxInFlight, this.#pending.length);
      signal?.addEventListener('abort', () => {
        const at = this.#pending.indexOf(pending);
        if (at < 0) return;
        this.#pending.splice(at, 1);
        reject(signal.reason);
      });
      this.#answerSoon();
    });
  }

  #answerSoon(): void {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    setImmediate(() => {
      this.#isAnswering = false;
      const { turns } = this.#options;
      const [next] = this.#pending.splice(
        (turns[this.#answers % turns.length] ?? 0) % Math.max(1, this.#pending.length),
        1,
      );
      if (!next) return;
      this.#answer(next);
      this.#answerSoon();
    });
  }

  #answer({ number, resolve, reject }: Pending): void {
    for (const move of this.#options.moves) if (move.before === this.#answers) this.#move(move);
    this.#answers++;
    const { pageSize, count = (truth: number) => truth, isWithoutNext = false } = this.#options;
    const all = this.states.at(-1)!;
    const rows = all.slice((number - 1) * pageSize, number * pageSize);
    if (number > 1 && rows.length === 0) return reject(new HubError({ kind: 'notFound', status: 404 }));
    const next =
      number * pageSize < all.length && !isWithoutNext
        ? `https://hub.test/tags?page=${number + 1}&page_size=100`
        : undefined;
    resolve({ rows, count: count(all.length), next });
  }

  #move({ kind, at }: Move): void {
    const tags = this.#tags;
    const index = tags.length === 0 ? 0 : at % tags.length;
    const pushed = (name: string): Tag => ({ name, pushedAt: ++this.#clock });
    if (kind === 'push') tags.push(pushed(`n${this.#clock}`));
    else if (tags.length > 0 && kind === 'remove') tags.splice(index, 1);
    else if (tags.length > 0) tags[index] = pushed(tags[index]!.name);
    this.states.push(this.#sorted());
  }

  #sorted(): readonly Tag[] {
    const isPinned = ({ name }: Tag) => Number(this.#options.order === 'date' && name === 'latest');
    const byName = (a: Tag, b: Tag) => (a.name < b.name ? -1 : 1);
    return [...this.#tags].sort(
      (a, b) =>
        isPinned(b) - isPinned(a) || (this.#options.order === 'date' ? b.pushedAt! - a.pushedAt! : byName(a, b)),
    );
  }
}
