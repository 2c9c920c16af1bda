import type { TagRow } from './rows.ts';

/** Makes a row when it is asked for, so that a repository of 200,000 tags costs two strings a tag. */
export type RowMaker = (name: string, lastUpdated: string | null) => TagRow;

/** Order of a tag list: `ordering=` of the request, `default` (newest first, undated last), `kept` (as added) or `shuffled`. */
export type TagOrder = 'default' | 'kept' | 'shuffled' | 'last_updated' | '-last_updated' | 'name' | '-name';

interface Entry {
  readonly name: string;
  readonly lastUpdated: string | null;
  readonly make: RowMaker | undefined;
  row: TagRow | undefined;
}

/** The tags of one repository by name. Reads like a `Map<string, TagRow>`; rows may be made lazily. */
export class TagTable implements Iterable<[string, TagRow]> {
  /** True: lists come in the order of adding, as a recording had them. */
  keepsOrder = false;
  readonly #entries = new Map<string, Entry>();
  readonly #sorted = new Map<TagOrder, Entry[]>();

  constructor(rows: Iterable<TagRow> = []) {
    for (const row of rows) this.set(row.name, row);
  }

  get size(): number {
    return this.#entries.size;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The row itself: a change to it shows in later answers. To change a date, use `set`, or the order is stale. */
  get(name: string): TagRow | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    entry.row ??= entry.make?.(entry.name, entry.lastUpdated);
    return entry.row;
  }

  set(name: string, row: TagRow): this {
    this.#entries.set(name, { name, lastUpdated: row.last_updated, make: undefined, row });
    this.#sorted.clear();
    return this;
  }

  /** Adds a tag whose row is made at the first `get`, and afresh for every page that shows it. */
  setLazily(name: string, lastUpdated: string | null, make: RowMaker): this {
    this.#entries.set(name, { name, lastUpdated, make, row: undefined });
    this.#sorted.clear();
    return this;
  }

  delete(name: string): boolean {
    const entry = this.#entries.get(name);
    if (entry === undefined) return false;
    this.#entries.delete(name);
    for (const entries of this.#sorted.values()) entries.splice(entries.indexOf(entry), 1);
    return true;
  }

  keys(): MapIterator<string> {
    return this.#entries.keys();
  }

  *values(): Generator<TagRow> {
    for (const entry of this.#entries.values()) yield rowOf(entry);
  }

  *[Symbol.iterator](): Generator<[string, TagRow]> {
    for (const entry of this.#entries.values()) yield [entry.name, rowOf(entry)];
  }

  /**
   * One page of the list.
   * @param namePart only tags whose name contains it; empty for all
   * @returns the rows from `offset` on, and how many there are in all
   */
  page(order: TagOrder, namePart: string, offset: number, size: number): { count: number; rows: TagRow[] } {
    let entries = this.#inOrder(order === 'default' && this.keepsOrder ? 'kept' : order);
    if (namePart !== '') entries = entries.filter((entry) => entry.name.includes(namePart));
    return { count: entries.length, rows: entries.slice(offset, offset + size).map(rowOf) };
  }

  #inOrder(order: TagOrder): Entry[] {
    let entries = this.#sorted.get(order);
    if (entries === undefined) {
      entries = [...this.#entries.values()];
      if (order !== 'kept') entries.sort(comparisons[order]);
      this.#sorted.set(order, entries);
    }
    return entries;
  }
}

function rowOf(entry: Entry): TagRow {
  const row = entry.row ?? entry.make?.(entry.name, entry.lastUpdated);
  if (row === undefined) throw new Error(`tag ${entry.name} has neither a row nor a maker`);
  return row;
}

const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

function byDate(sign: 1 | -1): (a: Entry, b: Entry) => number {
  return (a, b) => {
    if (a.lastUpdated === b.lastUpdated) return byName(a, b);
    if (a.lastUpdated === null) return 1;
    if (b.lastUpdated === null) return -1;
    // Without the Z, dates with fewer decimals sort before those with more.
    return a.lastUpdated.slice(0, -1) < b.lastUpdated.slice(0, -1) ? -sign : sign;
  };
}

// FNV-1a of the name: the same odd order on every page.
function scatter(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const comparisons: Record<Exclude<TagOrder, 'kept'>, (a: Entry, b: Entry) => number> = {
  default: byDate(-1),
  last_updated: byDate(1),
  '-last_updated': byDate(-1),
  name: byName,
  '-name': (a, b) => byName(b, a),
  shuffled: (a, b) => scatter(a.name) - scatter(b.name) || byName(a, b),
};
