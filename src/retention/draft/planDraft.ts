import type { Batch } from '../plan/batch.ts';
import {
  countHistogram,
  type Histogram,
  histogramColumns,
  type HistogramColumns,
  type HistogramMeasure,
} from './draftHistogram.ts';
import { type DraftFilter, type DraftSort, filterRows, isSteady, sortRows } from './draftOrder.ts';
import { DraftPicks, type Pick } from './draftPicks.ts';
import { type DraftSource, type DraftTable, makeDraftTable, rowsByName } from './draftTable.ts';
import { mapSliced } from '../../async/mapSliced.ts';
import { hasMoved } from '../tags/moved.ts';
import { checkCap } from '../policy/narrow.ts';
import { fullName, type RepositoryName } from '../tags/repositoryName.ts';
import type { Policy } from '../policy/policy.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';
import {
  decide,
  type Decided,
  type DraftRow,
  type DraftRules,
  type DraftTotals,
  type DraftWarning,
  judgeAll,
  rowAt,
  type SettledDraft,
} from './settledDraft.ts';
import type { Tag } from '../tags/tag.ts';

/** What a draft is made of. */
export interface DraftInput extends DraftRules {
  /** At least the repositories that the user chose, each once. */
  readonly sources: readonly DraftSource[];
  /** The one policy of all of them. */
  readonly policy: Policy;
  /** How the rows are sorted; default: what goes first. */
  readonly sort?: DraftSort;
  /** Which rows are shown; default: all. */
  readonly filter?: DraftFilter;
  /** Decisions of an earlier draft, see `picked`. Those that do not hold any more are left out. */
  readonly picks?: readonly PickedTag[];
}

/** A decision by hand, as plain data that outlives a draft. */
export interface PickedTag {
  readonly repository: RepositoryName;
  /** What was seen when it was made: a decision to delete is void once the tag has moved (invariant 3). */
  readonly tag: { readonly name: string; readonly digest?: string; readonly pushedAt?: number };
  readonly pick: Pick;
}

/** Rows by their positions in the order that is shown, from 0; `to` is the first that does not belong. */
export type RowChoice = 'shown' | readonly (number | { readonly from: number; readonly to: number })[];

interface Sorted {
  readonly decided: Decided;
  readonly sort: DraftSort;
  readonly rows: readonly number[];
}

/** All that is shown at one instant. */
interface Shown {
  readonly sorted: Sorted;
  readonly filter: DraftFilter;
  readonly rows: Uint32Array;
}

/**
 * What is to go, while the user still thinks about it: the tags of one repository or many, a policy, decisions by hand, and how rows are shown.
 *
 * What is asked for counts from the call on, and is seen when the work that the call returns has come to its end: then all that can be read
 * changes at once. Work that is overtaken by a later call ends early and gives false, since the later work does its part too; work that
 * is given up leaves its part to the next.
 */
export class PlanDraft {
  #sources: readonly DraftSource[];
  #rules: DraftRules;
  #policy: Policy;
  #sort: DraftSort;
  #filter: DraftFilter;
  #picks = new DraftPicks(0);
  /** Rises when verdicts may have to change. */
  #asked = 0;
  /** The value of `#asked` that the shown verdicts answer. */
  #answered = -1;
  /** The sources that `#picks` and the shown table are of. */
  #read: readonly DraftSource[] | undefined;
  #turn = 0;
  #shown: Shown | undefined;
  #orderRevision = 0;
  #picksRevision = 0;
  #columns: { readonly table: DraftTable; readonly columns: HistogramColumns } | undefined;

  private constructor({
    sources,
    policy,
    protect,
    maxDeletions,
    now,
    sort = { by: 'verdict', descending: false },
    filter = {},
  }: DraftInput) {
    checkCap(maxDeletions);
    [this.#sources, this.#policy, this.#sort, this.#filter] = [sources, policy, sort, filter];
    this.#rules = { protect, maxDeletions, now };
  }

  /**
   * Judges all tags for the first time.
   *
   * @throws Error when a repository, or a tag in one, comes twice
   * @throws RangeError when the cap is not an integer of at least 0
   */
  static *create(input: DraftInput): Sliced<PlanDraft> {
    const draft = new PlanDraft(input);
    const table = yield* makeDraftTable(input.sources);
    draft.#read = input.sources;
    draft.#picks = new DraftPicks(table.tags.length);
    if (input.picks) yield* draft.#restore(table, input.picks);
    yield* draft.#settle(table);
    return draft;
  }

  /** Rises with each change of verdicts. */
  get revision(): number {
    return this.settled.revision;
  }

  /** Rises whenever a position may have come to mean another row. */
  get orderRevision(): number {
    return this.#orderRevision;
  }

  /** The verdicts as they are shown, with the policy and the rules that they come from. */
  get settled(): SettledDraft {
    return this.#now.sorted.decided.settled;
  }

  /** The policy of the shown verdicts. */
  get policy(): Policy {
    return this.settled.policy;
  }

  /** The batch of the shown verdicts: the same object until `revision` rises (invariant 1). */
  batch(): Batch {
    return this.settled.batch;
  }

  /** The shown verdicts in numbers. */
  get totals(): DraftTotals {
    return this.settled.totals;
  }

  /** What is to be known about the lists. */
  get warnings(): readonly DraftWarning[] {
    return this.settled.warnings;
  }

  /** How the shown rows are sorted. */
  get sort(): DraftSort {
    return this.#now.sorted.sort;
  }

  /** Which rows are shown. */
  get filter(): DraftFilter {
    return this.#now.filter;
  }

  /** How many rows the filter lets through. */
  get rowCount(): number {
    return this.#now.rows.length;
  }

  /** Whether a decision by hand can be taken back. */
  get canUndo(): boolean {
    return this.#picks.canUndo;
  }

  /** Judges by another policy. Decisions by hand hold on. */
  change(policy: Policy): Sliced<boolean> {
    this.#policy = policy;
    return this.#ask();
  }

  /** Judges by other rules of the settings, or at another *now*. @throws RangeError when the cap is not an integer of at least 0 */
  changeRules(rules: Partial<DraftRules>): Sliced<boolean> {
    checkCap(rules.maxDeletions ?? 0);
    this.#rules = { ...this.#rules, ...rules };
    return this.#ask();
  }

  /**
   * Takes in what was listed again. Decisions by hand hold on by repository and name, but those to delete a tag that has moved since (invariant 3) or is immutable now.
   *
   * @throws Error, from the work, when a repository or a tag comes twice; then lists, policy and rules stay those that are shown
   */
  reread(sources: readonly DraftSource[]): Sliced<boolean> {
    this.#sources = sources;
    return this.#ask();
  }

  /** Keeps tags whatever the policy says, as one step. @throws RangeError for positions that are not there */
  keepByHand(rows: RowChoice): Sliced<boolean> {
    return this.#decide(rows, 'keep');
  }

  /** Deletes tags whatever the policy says, as one step; immutable ones are passed over. @throws RangeError for positions that are not there */
  deleteByHand(rows: RowChoice): Sliced<boolean> {
    return this.#decide(rows, 'delete');
  }

  /** Leaves tags to the policy again, as one step. @throws RangeError for positions that are not there */
  byRule(rows: RowChoice): Sliced<boolean> {
    return this.#decide(rows, undefined);
  }

  /** Takes the last step of decisions by hand back; without one nothing changes. */
  undo(): Sliced<boolean> {
    return this.#picks.undo() ? this.#ask() : this.#settle();
  }

  /** Shows rows in another order, or others. */
  order(sort: DraftSort, filter: DraftFilter = {}): Sliced<boolean> {
    [this.#sort, this.#filter] = [sort, filter];
    return this.#settle();
  }

  /** The rows from a position up to, not including, another; fewer where there are no more. @throws RangeError when these are not integers of at least 0 */
  rows(from: number, to: number): readonly DraftRow[] {
    if (!isPosition(from) || !isPosition(to)) {
      throw new RangeError(`Positions of rows are integers of at least 0, not ${from} and ${to}.`);
    }
    const { rows, sorted } = this.#now;
    return Array.from(rows.subarray(from, Math.max(from, to)), (row) => rowAt(sorted.decided, row));
  }

  /**
   * Counts the shown verdicts over time.
   *
   * @param most bars: the finest steps of the calendar that need no more are taken
   * @throws RangeError when that is not an integer from 1 to 1,000
   */
  histogram(measure: HistogramMeasure, most: number): Histogram {
    const { judged, goes } = this.#now.sorted.decided;
    if (this.#columns?.table !== judged.table || this.#columns.columns.most !== most) {
      this.#columns = { table: judged.table, columns: histogramColumns(judged.table, most) };
    }
    return countHistogram(judged.table, this.#columns.columns, goes, measure);
  }

  /** How many decisions by hand the shown verdicts heed. */
  get pickedCount(): number {
    return this.#now.sorted.decided.picks.count;
  }

  /** Another number whenever the decisions by hand that the shown verdicts heed may be others, or about other tags. */
  get picksRevision(): number {
    return this.#picksRevision;
  }

  /** The decisions by hand that the shown verdicts heed, to be handed to a later draft. */
  *picked(): Generator<PickedTag, void> {
    const { judged, picks } = this.#now.sorted.decided;
    const { tags, sources, sourceOf } = judged.table;
    for (const row of picks.rows()) {
      const pick = picks.of(row)!;
      const { name, digest, pushedAt } = tags[row]!;
      yield {
        repository: sources[sourceOf[row]!]!.repository,
        tag: { name, ...(digest !== undefined && { digest }), ...(pushedAt !== undefined && { pushedAt }) },
        pick,
      };
    }
  }

  get #now(): Shown {
    if (!this.#shown) throw new Error('The draft is not ready.');
    return this.#shown;
  }

  #decide(choice: RowChoice, pick: Pick | undefined): Sliced<boolean> {
    const { rows, sorted } = this.#now;
    const { immutable } = sorted.decided.judged.table;
    const changed = this.#picks.decide(
      chosenRows(rows, choice, (row) => pick === 'delete' && immutable[row] === 1),
      pick,
    );
    return changed > 0 ? this.#ask() : this.#settle();
  }

  #ask(): Sliced<boolean> {
    this.#asked++;
    return this.#settle();
  }

  /** Makes what is shown answer all that was asked for. @returns false when later work took that over */
  *#settle(table?: DraftTable): Sliced<boolean> {
    const turn = ++this.#turn;
    const work = this.#work(table);
    try {
      for (;;) {
        const step = work.next();
        if (step.done) {
          step.value();
          return true;
        }
        yield;
        if (turn !== this.#turn) return false;
      }
    } catch (error) {
      // What cannot be worked out must not fail all that is asked for later.
      this.#backToShown();
      throw error;
    }
  }

  #backToShown(): void {
    if (!this.#shown || !this.#read) return;
    const { protect, maxDeletions, now, policy } = this.settled;
    [this.#sources, this.#rules, this.#policy] = [this.#read, { protect, maxDeletions, now }, policy];
  }

  /** Does what is to be done and changes nothing yet. @returns what makes it seen */
  *#work(madeTable: DraftTable | undefined): Sliced<() => void> {
    const [asked, sources, sort, filter] = [this.#asked, this.#sources, this.#sort, this.#filter];
    const before = this.#shown;
    let [picks, decided] = [this.#picks, before?.sorted.decided];
    if (!before || asked !== this.#answered) {
      const old = decided?.judged;
      const table = madeTable ?? (old && this.#read === sources ? old.table : yield* makeDraftTable(sources));
      if (old && table !== old.table) picks = yield* movedPicks(picks, old.table, table);
      const rules: DraftRules & { readonly policy: Policy } = { ...this.#rules, policy: this.#policy };
      const judged =
        old && table === old.table && isSame(old, rules) ? { ...old, ...rules } : yield* judgeAll(table, rules);
      decided = yield* decide(judged, picks.copy(), (old ? before!.sorted.decided.settled.revision : 0) + 1);
    }
    const isSorted =
      before &&
      before.sorted.sort.by === sort.by &&
      before.sorted.sort.descending === sort.descending &&
      before.sorted.decided.judged.table === decided!.judged.table;
    const { table } = decided!.judged;
    const rows =
      isSorted && (isSteady(sort) || before.sorted.decided === decided)
        ? before.sorted.rows
        : yield* sortRows(table, decided!, sort);
    const shown: Shown = {
      sorted: { decided: decided!, sort, rows },
      filter,
      rows: yield* filterRows(table, decided!, rows, filter),
    };
    return () => {
      [this.#shown, this.#picks, this.#read, this.#answered] = [shown, picks, sources, asked];
      if (
        !before ||
        before.sorted.decided.judged.table !== table ||
        before.sorted.decided.picks.version !== decided!.picks.version
      ) {
        this.#picksRevision++;
      }
      if (!before || before.sorted.decided.judged.table !== table || !isSameOrder(before.rows, shown.rows)) {
        this.#orderRevision++;
      }
    };
  }

  /** Takes over decisions of an earlier draft, without a step back. */
  *#restore(table: DraftTable, picks: readonly PickedTag[]): Sliced<void> {
    const chosen: Record<Pick, number[]> = { keep: [], delete: [] };
    const rowsOf = yield* rowsOfAll(table);
    yield* eachSliced(picks, ({ repository, tag, pick }) => {
      const row = rowsOf.get(fullName(repository))?.get(tag.name);
      if (row !== undefined && mayPick(table, row, tag, pick)) chosen[pick].push(row);
    });
    this.#picks.decide(chosen.delete, 'delete');
    this.#picks.decide(chosen.keep, 'keep');
    this.#picks = this.#picks.copy();
  }
}

/** Whether a decision that was made about a tag as it was seen holds for what is there now. */
function mayPick(table: DraftTable, row: number, seen: Tag, pick: Pick): boolean {
  return pick === 'keep' || (table.immutable[row] === 0 && !hasMoved(seen, table.tags[row]!));
}

function* movedPicks(picks: DraftPicks, from: DraftTable, to: DraftTable): Sliced<DraftPicks> {
  const rowsOf = yield* rowsOfAll(to);
  const there = from.sources.map(({ repository }) => rowsOf.get(fullName(repository)));
  return yield* picks.movedTo(
    to.tags.length,
    (row) => there[from.sourceOf[row]!]?.get(from.tags[row]!.name),
    (old, row, pick) => mayPick(to, row, from.tags[old]!, pick),
  );
}

/** The rows of a table by `namespace/name`, then by the name of the tag. */
function* rowsOfAll(table: DraftTable): Sliced<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const rows = new Map<string, ReadonlyMap<string, number>>();
  yield* mapSliced(table.sources, function* (source): Sliced<void> {
    rows.set(fullName(source.repository), yield* rowsByName(table, source));
  });
  return rows;
}

function isSameOrder(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false;
  for (let position = 0; position < a.length; position++) if (a[position] !== b[position]) return false;
  return true;
}

function isSame(a: DraftRules & { readonly policy: Policy }, b: DraftRules & { readonly policy: Policy }): boolean {
  return a.policy === b.policy && a.protect === b.protect && a.now === b.now;
}

function chosenRows(rows: Uint32Array, choice: RowChoice, isLeftOut: (row: number) => boolean): Uint32Array {
  const ranges =
    choice === 'shown'
      ? [{ from: 0, to: rows.length }]
      : choice.map((part) => (typeof part === 'number' ? { from: part, to: part + 1 } : part));
  for (const { from, to } of ranges) {
    if (!isPosition(from) || !isPosition(to) || from > to || to > rows.length) {
      throw new RangeError(`There are no rows from ${from} to ${to}: there are ${rows.length}.`);
    }
  }
  const chosen = new Uint32Array(ranges.reduce((sum, { from, to }) => sum + to - from, 0));
  let count = 0;
  for (const { from, to } of ranges) {
    for (let position = from; position < to; position++) {
      if (!isLeftOut(rows[position]!)) chosen[count++] = rows[position]!;
    }
  }
  return chosen.subarray(0, count);
}

function isPosition(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
