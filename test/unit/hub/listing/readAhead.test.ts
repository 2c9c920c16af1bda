import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import pLimit from 'p-limit';
import { HubError, isHubError } from '../../../../src/hub/wire/hubError.ts';
import { pages, type Page } from '../../../../src/hub/listing/pages.ts';
import { maxInFlight, ReadAhead, type ReadAheadParts } from '../../../../src/hub/listing/readAhead.ts';
import { settled } from '../../fakeClock.ts';

const first = '/v2/tags?page=1&page_size=100';
const place = (number: number) => `https://hub.test/v2/tags?page=${number}&page_size=100`;

interface Asked {
  readonly target: string;
  readonly signal: AbortSignal;
  answer(page: Page<number> | HubError): void;
}

/** A reading whose requests are answered by hand. */
class Reading {
  readonly asked: Asked[] = [];
  readonly rows: number[] = [];
  readonly ended: Promise<unknown>;

  constructor(parts: Partial<ReadAheadParts<number>> = {}) {
    const fetchPage = (target: string, signal: AbortSignal) =>
      new Promise<Page<number>>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        this.asked.push({
          target,
          signal,
          answer: (page) => (page instanceof HubError ? reject(page) : resolve(page)),
        });
      });
    const isKnown = (row: number) => this.rows.includes(row);
    const ahead = new ReadAhead<number>({
      fetchPage,
      limit: pLimit(maxInFlight),
      parallelism: () => 8,
      isKnown,
      isOutOfOrder: () => false,
      ...parts,
    });
    this.ended = this.#read(ahead).then(
      () => 'whole',
      (error: unknown) => error,
    );
  }

  /** Numbers of the pages that are on their way. */
  get waiting(): number[] {
    return this.#open().map(({ target }) => Number(/page=(\d+)/.exec(target)![1]));
  }

  /** Answers the open requests for these pages. */
  async answer(pages: Record<number, Page<number> | HubError>): Promise<void> {
    await settled();
    for (const [number, page] of Object.entries(pages)) {
      const asked =
        this.#open().find(({ target }) => target.includes(`?page=${number}&`)) ??
        assert.fail(`page ${number} is not asked for, but ${this.waiting.join()}`);
      this.#answered.add(asked);
      asked.answer(page);
    }
    await settled();
  }

  readonly #answered = new Set<Asked>();

  #open(): Asked[] {
    return this.asked.filter((asked) => !this.#answered.has(asked) && !asked.signal.aborted);
  }

  async #read(ahead: ReadAhead<number>): Promise<void> {
    for await (const { rows } of pages(first, () => assert.fail('asked for without the bound'), ahead)) {
      this.rows.push(...rows);
    }
  }
}

/** Page `number` of a list of `count` rows, three to a page. */
function page(number: number, count: number): Page<number> {
  const from = 3 * (number - 1);
  return {
    rows: Array.from({ length: Math.max(0, Math.min(3, count - from)) }, (_, i) => from + i),
    count,
    next: from + 3 < count ? place(number + 1) : undefined,
  };
}

const through = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const notFound = () => new HubError({ kind: 'notFound', status: 404 });

describe('reading ahead', () => {
  it('asks for page 1 alone, then for eight at a time, by the rows that came and with nothing but the number changed', async () => {
    const reading = new Reading();
    await settled();
    assert.deepEqual(
      reading.asked.map(({ target }) => target),
      [first],
    );
    await reading.answer({ 1: page(1, 60) });
    assert.deepEqual(
      reading.asked.slice(1).map(({ target }) => target),
      through(2, 9).map(place),
    );
    await reading.answer({ 2: page(2, 60), 3: page(3, 60) });
    assert.deepEqual(reading.waiting, through(4, 11));
  });

  it('gives pages in their order, in whichever they come, and holds sixteen at most', async () => {
    const reading = new Reading();
    await reading.answer({ 1: page(1, 300) });
    while (reading.waiting.length > 1) {
      const last = reading.waiting.at(-1)!;
      await reading.answer({ [last]: page(last, 300) });
    }
    assert.deepEqual(
      [reading.waiting, Math.max(...reading.asked.map(({ target }) => Number(/page=(\d+)/.exec(target)![1])))],
      [[2], 17],
    );
    assert.deepEqual(reading.rows, [0, 1, 2]);
    await reading.answer({ 2: page(2, 300) });
    assert.deepEqual(reading.rows, through(0, 50));
  });

  it('has as few in flight as the allowance wants, and shares the bound with others', async () => {
    let parallel = 3;
    const limit = pLimit(maxInFlight);
    const [one, two] = [
      new Reading({ limit, parallelism: () => parallel }),
      new Reading({ limit, parallelism: () => parallel }),
    ];
    await settled();
    await one.answer({ 1: page(1, 300) });
    await two.answer({ 1: page(1, 300) });
    assert.equal(one.waiting.length + two.waiting.length, 3);
    parallel = 100;
    await one.answer({ 2: page(2, 300) });
    assert.equal(one.waiting.length + two.waiting.length, maxInFlight);
  });

  for (const [what, count, inVain] of [
    ['far too high', 1e15, 8],
    ['too high', 40, 8],
    ['too low', 4, 0],
    ['absent', undefined, 0],
  ] as const) {
    it(`walks to the end by \`next\` where the count is ${what}, with ${inVain} requests in vain at most`, async () => {
      const reading = new Reading();
      let ended = false;
      void reading.ended.then(() => (ended = true));
      await settled();
      while (!ended) {
        assert.ok(reading.waiting.length > 0 && reading.asked.length < 50);
        const number = reading.waiting[0]!;
        await reading.answer({ [number]: number > 7 ? notFound() : { ...page(number, 20), count } });
      }
      const error = await reading.ended;
      if (count === undefined || count <= 20) {
        assert.equal(error, 'whole');
      } else {
        assert.ok(
          isHubError(error, 'incomplete') &&
            error.reason === 'listShort' &&
            error.read === 20 &&
            error.expected === count,
          `D4: ${inspect(error)}`,
        );
      }
      assert.deepEqual(reading.rows, through(0, 19));
      assert.ok(reading.asked.length <= 7 + inVain, `${reading.asked.length} requests`);
    });
  }

  it('asks behind a last page for what the count says is missing, and believes no `next` that is left out', async () => {
    const reading = new Reading();
    const withoutNext = (number: number): Page<number> => ({ ...page(number, 20), next: undefined });
    await reading.answer({ 1: withoutNext(1) });
    assert.deepEqual(
      reading.asked.map(({ target }) => target),
      [first, first.replace('page=1', 'page=2')],
    );
    await reading.answer({ 2: withoutNext(2) });
    assert.deepEqual(reading.waiting, through(3, 7), 'all that are left at once');
    await reading.answer(Object.fromEntries(through(3, 7).map((number) => [number, withoutNext(number)])));
    assert.deepEqual([await reading.ended, reading.rows], ['whole', through(0, 19)]);
  });

  for (const [what, rows] of [
    ['the last page again', [1, 2, 3]],
    ['a part of it', [2]],
    ['an empty page', []],
  ] as const) {
    it(`D4: ends where a server gives ${what} for any place behind it, and is incomplete`, async () => {
      const reading = new Reading();
      await reading.answer({ 1: { rows: [1, 2, 3], count: 900 } });
      await reading.answer({ 2: { rows, count: 900 } });
      const error = await reading.ended;
      assert.ok(isHubError(error, 'incomplete'), inspect(error));
      assert.deepEqual([error.reason, error.read, error.expected, reading.rows], ['listShort', 3, 900, [1, 2, 3]]);
    });
  }

  it('is incomplete where the place behind the last page is refused (invariant 4)', async () => {
    const reading = new Reading();
    await reading.answer({ 1: { rows: [1, 2, 3], count: 900 } });
    await reading.answer({ 2: new HubError({ kind: 'forbidden', status: 403 }) });
    const error = await reading.ended;
    assert.ok(isHubError(error, 'incomplete'), inspect(error));
    assert.deepEqual([error.read, error.expected], [3, 900]);
  });

  it('goes on by `next` alone where that leads elsewhere than was guessed', async () => {
    for (const elsewhere of [
      'https://hub.test/v2/tags?cursor=x&page=3&',
      'https://hub.test/v2/other?page=3&page_size=100',
      'https://evil.test/v2/tags?page=3&page_size=100',
    ]) {
      const reading = new Reading();
      await reading.answer({ 1: page(1, 60) });
      await reading.answer({ 2: { ...page(2, 60), next: elsewhere } });
      assert.deepEqual(
        reading.asked
          .filter(({ signal }) => !signal.aborted)
          .slice(2)
          .map(({ target }) => target),
        [elsewhere],
      );
    }
  });

  it('guesses nothing where the first `next` is of another path', async () => {
    const reading = new Reading();
    await reading.answer({ 1: { ...page(1, 60), next: 'https://hub.test/v2/other?page=2&page_size=100' } });
    assert.equal(reading.asked.length, 2);
    assert.equal(reading.asked[1]?.target, 'https://hub.test/v2/other?page=2&page_size=100');
  });

  it('takes the parameters of `next` in any order', async () => {
    const reading = new Reading();
    await reading.answer({ 1: page(1, 9) });
    await reading.answer({
      3: page(3, 9),
      2: { ...page(2, 9), next: 'https://hub.test/v2/tags?page_size=100&page=3' },
    });
    assert.deepEqual([await reading.ended, reading.asked.length], ['whole', 3]);
  });

  it('drops what was asked for ahead of a move, and asks anew for what is not known to be later', async () => {
    const reading = new Reading();
    await reading.answer({ 1: page(1, 30) });
    // Page 3 is from before a push, and page 4 from after it.
    await reading.answer({ 3: page(3, 30), 4: page(4, 31), 2: page(2, 30) });
    assert.deepEqual(reading.rows, through(0, 8));
    assert.deepEqual(reading.waiting, [4]);
    await reading.answer({ 4: page(4, 31) });
    assert.deepEqual(reading.waiting, through(5, 11));
  });

  it('reads a list that never stands still one page after the other', async () => {
    const reading = new Reading();
    let count = 200;
    await reading.answer({ 1: page(1, count) });
    for (let number = 2; number < 30; number++) {
      while (reading.rows.length < 3 * number) {
        await reading.answer({ [reading.waiting[0]!]: page(reading.waiting[0]!, ++count) });
      }
    }
    assert.deepEqual(reading.waiting, [30]);
    assert.ok(reading.asked.length < 30 + 8 * 8, `${reading.asked.length} requests`);
  });

  it('cancels what is behind a page that cannot be read, and says what it failed for when all before it has come (invariant 4)', async () => {
    const reading = new Reading();
    await reading.answer({ 1: page(1, 90) });
    const cause = new HubError({ kind: 'forbidden', status: 403 });
    await reading.answer({ 4: cause });
    assert.deepEqual(reading.waiting, [2, 3]);
    await reading.answer({ 2: page(2, 90), 3: page(3, 90) });
    const error = await reading.ended;
    assert.ok(isHubError(error, 'incomplete') && error.cause === cause, inspect(error));
    assert.deepEqual([error.read, error.expected, reading.asked.length], [9, 90, 9]);
  });

  it('cancels all when a page fails whose turn it is, and when the reader leaves', async () => {
    const reading = new Reading();
    await reading.answer({ 1: page(1, 90) });
    await reading.answer({ 2: new HubError({ kind: 'blocked', status: 403 }) });
    assert.ok(isHubError(await reading.ended, 'incomplete'));
    assert.deepEqual(reading.waiting, []);
    assert.equal(reading.asked.length, 9);
  });
});
