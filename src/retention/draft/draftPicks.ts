import { eachSliced, type Sliced } from '../../async/sliced.ts';

/** What the user decided about a tag by hand. */
export type Pick = 'keep' | 'delete';

/** Steps back that are remembered, and decisions in them at most: some 10 MB. */
const [maxSteps, maxDecisions] = [200, 2_000_000];
const marks = { none: 0, keep: 1, delete: 2 } as const;

/** What a step changed, and what was there before. */
interface Step {
  readonly rows: Uint32Array;
  readonly before: Uint8Array;
}

/** What was decided by hand about each row of a table, and the way back. */
export class DraftPicks {
  readonly #marks: Uint8Array;
  readonly #steps: Step[] = [];
  #decisions = 0;
  #count = 0;
  #version = 0;

  /** @param rows how many there are */
  constructor(rows: number) {
    this.#marks = new Uint8Array(rows);
  }

  /** The decision about a row; `undefined` where the rule decides. */
  of(row: number): Pick | undefined {
    const mark = this.#marks[row];
    if (mark === marks.keep) return 'keep';
    return mark === marks.delete ? 'delete' : undefined;
  }

  /** The rows that there is a decision about, in order. */
  *rows(): Generator<number, void> {
    for (let row = 0; row < this.#marks.length; row++) if (this.#marks[row] !== marks.none) yield row;
  }

  /** How many these are. */
  get count(): number {
    return this.#count;
  }

  /** Rises with each step and each step back. */
  get version(): number {
    return this.#version;
  }

  /** Whether there is a step to take back: one of the last 200, fewer when they are very long. */
  get canUndo(): boolean {
    return this.#steps.length > 0;
  }

  /**
   * Decides about rows, or leaves them to the rule, as one step.
   * @returns how many rows that changed; without any there is no step
   */
  decide(rows: ArrayLike<number>, pick: Pick | undefined): number {
    const mark = marks[pick ?? 'none'];
    // All rows of a table may be picked at once, and that is done at once: in numbers, without a list that grows.
    const [changed, before] = [new Uint32Array(rows.length), new Uint8Array(rows.length)];
    let count = 0;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at]!;
      const old = this.#marks[row]!;
      if (old === mark) continue;
      changed[count] = row;
      before[count++] = old;
      this.#mark(row, mark);
    }
    if (count > 0) {
      this.#version++;
      this.#remember({ rows: changed.slice(0, count), before: before.slice(0, count) });
    }
    return count;
  }

  /** Takes the last step back. @returns whether there was one */
  undo(): boolean {
    const step = this.#steps.pop();
    if (!step) return false;
    this.#decisions -= step.rows.length;
    for (let i = 0; i < step.rows.length; i++) this.#mark(step.rows[i]!, step.before[i]!);
    this.#version++;
    return true;
  }

  /** The decisions as they are now, which later ones do not change; without the way back. */
  copy(): DraftPicks {
    const copy = new DraftPicks(this.#marks.length);
    copy.#marks.set(this.#marks);
    [copy.#count, copy.#version] = [this.#count, this.#version];
    return copy;
  }

  /**
   * The same decisions, and the way back, about the rows of another table.
   * @param rowOf the row of that table for a row of this one; `undefined`: there is none
   * @param may whether a decision still holds for a row of that table, by the row that it was made for
   */
  *movedTo(
    rows: number,
    rowOf: (row: number) => number | undefined,
    may: (from: number, to: number, pick: Pick) => boolean,
  ): Sliced<DraftPicks> {
    const moved = new DraftPicks(rows);
    moved.#version = this.#version;
    const holds = (from: number, to: number, mark: number): boolean =>
      mark === marks.none || may(from, to, mark === marks.keep ? 'keep' : 'delete');
    yield* eachSliced(this.#marks.keys(), (row) => {
      const mark = this.#marks[row]!;
      const to = mark === marks.none ? undefined : rowOf(row);
      if (to !== undefined && holds(row, to, mark)) moved.#mark(to, mark);
    });
    for (const step of this.#steps) {
      const [changed, before]: [number[], number[]] = [[], []];
      yield* eachSliced(step.rows.entries(), ([i, row]) => {
        const to = rowOf(row);
        if (to === undefined) return;
        changed.push(to);
        before.push(holds(row, to, step.before[i]!) ? step.before[i]! : marks.none);
      });
      if (changed.length > 0) moved.#remember({ rows: Uint32Array.from(changed), before: Uint8Array.from(before) });
      yield;
    }
    return moved;
  }

  #mark(row: number, mark: number): void {
    this.#count += Number(mark !== marks.none) - Number(this.#marks[row] !== marks.none);
    this.#marks[row] = mark;
  }

  #remember(step: Step): void {
    this.#steps.push(step);
    this.#decisions += step.rows.length;
    while (this.#steps.length > maxSteps || (this.#decisions > maxDecisions && this.#steps.length > 1)) {
      this.#decisions -= this.#steps.shift()!.rows.length;
    }
  }
}
