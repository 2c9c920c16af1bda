/** Rows from one number to another, both included. */
export type RowRange = readonly [from: number, to: number];

/** Which rows of a long table are selected, as ranges that neither touch nor overlap, in order. */
export class RowSelection {
  #ranges: readonly RowRange[] = [];
  #anchor = 0;

  get ranges(): readonly RowRange[] {
    return this.#ranges;
  }

  /** How many rows are selected. */
  get size(): number {
    return this.#ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  }

  has(row: number): boolean {
    return this.#ranges.some(([from, to]) => from <= row && row <= to);
  }

  /** Selects nothing; a range that is extended next begins at `anchor`. */
  clear(anchor: number): void {
    this.#ranges = [];
    this.#anchor = anchor;
  }

  /** Selects one row alone. */
  only(row: number): void {
    this.#ranges = [[row, row]];
    this.#anchor = row;
  }

  /** Selects all from the row that was chosen last to this one, and nothing else. */
  extendTo(row: number): void {
    this.#ranges = [[Math.min(this.#anchor, row), Math.max(this.#anchor, row)]];
  }

  /** Adds a row, or takes it out. */
  toggle(row: number): void {
    const others = this.#ranges.flatMap(([from, to]): RowRange[] => {
      if (row < from || to < row) return [[from, to]];
      return (
        [
          [from, row - 1],
          [row + 1, to],
        ] as const
      ).filter(([a, b]) => a <= b);
    });
    this.#ranges = this.has(row) ? others : joined([...others, [row, row]]);
    this.#anchor = row;
  }

  /** Selects the first `count` rows: all that there are. */
  all(count: number): void {
    this.#ranges = count > 0 ? [[0, count - 1]] : [];
  }
}

function joined(ranges: readonly RowRange[]): readonly RowRange[] {
  const result: [number, number][] = [];
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}
