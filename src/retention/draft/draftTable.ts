import { PartNumbers } from '../tags/partNumbers.ts';
import { type PreparedTags, prepareTags } from '../plan/preparedTags.ts';
import type { Plan, Verdict } from '../plan/plan.ts';
import type { RepositoryName } from '../tags/repositoryName.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';
import { isDated, type Tag } from '../tags/tag.ts';
import type { TagKind } from '../tags/tagKind.ts';
import { eachPart } from '../tags/tagParts.ts';
import { noUses, type Uses } from '../plan/uses.ts';

/** One repository of a draft, as its whole list gave it (invariant 4). */
export interface DraftSource {
  readonly repository: RepositoryName;
  /** All of its tags, each once, in any order. */
  readonly tags: readonly Tag[];
  /** The *now* of its list, milliseconds since the epoch. */
  readonly asOf: number;
  /** Whether the list came newest first, see `DateOrder`. */
  readonly inDateOrder: boolean;
  /** Whether Docker Hub refuses to delete a tag; by default none. Asked once for each tag. */
  readonly isImmutable?: (name: string) => boolean;
  /** Bytes that the repository stores; missing where unknown. */
  readonly storageSize?: number;
  /** What of it is in use; by default nothing. */
  readonly uses?: Uses;
}

/** One repository of a table. */
export interface TableSource {
  readonly repository: RepositoryName;
  readonly prepared: PreparedTags;
  readonly asOf: number;
  readonly inDateOrder: boolean;
  /** Answers as the source's, at once; missing where none is immutable. */
  readonly isImmutable?: (name: string) => boolean;
  readonly storageSize?: number;
  readonly uses: Uses;
  /** Its first row; the others follow. */
  readonly firstRow: number;
  /** Its rows in the order in which tags that go stand in plans, see `PreparedTags.deletionOrder`. */
  readonly deletionOrder: Uint32Array;
}

/**
 * The tags of a draft in columns, which numbers point into: a *row* is a tag, and a *part* an image, or the index that holds images, which several tags of a
 * repository may have (see `eachPart`). Rows come repository by repository, newest first, unknown dates last, ties by name.
 */
export interface DraftTable {
  readonly sources: readonly TableSource[];
  readonly tags: readonly Tag[];
  /** The source of each row. */
  readonly sourceOf: Uint32Array;
  /** When each row was pushed (ms since the epoch); NaN: unknown. */
  readonly pushed: Float64Array;
  /** 1 for each row that Docker Hub refuses to delete. */
  readonly immutable: Uint8Array;
  /** What each row stands for. */
  readonly kinds: readonly TagKind[];
  /** Where the parts of each row begin in `parts`, and in the place behind, where they end. */
  readonly partsFrom: Uint32Array;
  /** The parts of all rows. */
  readonly parts: Uint32Array;
  /** Bytes of each part; NaN: unknown. */
  readonly partSize: Float64Array;
  /** 1 for each part whose digest is known; the others are one row's alone, as far as anybody knows. */
  readonly partKnown: Uint8Array;
}

/** Puts the tags of all repositories in columns. @throws Error when a name comes twice in one repository */
export function* makeDraftTable(sources: readonly DraftSource[]): Sliced<DraftTable> {
  const count = sources.reduce((sum, { tags }) => sum + tags.length, 0);
  const tags: Tag[] = [];
  const [sourceOf, pushed, immutable] = [new Uint32Array(count), new Float64Array(count), new Uint8Array(count)];
  const kinds: TagKind[] = [];
  const parts = new Parts(count);
  const own: TableSource[] = [];
  for (const [
    index,
    { repository, tags: listed, asOf, inDateOrder, isImmutable, storageSize, uses = noUses },
  ] of sources.entries()) {
    const prepared = yield* prepareTags(repository, listed);
    const firstRow = tags.length;
    const immutableNames = new Set<string>();
    const rowOf = new Uint32Array(prepared.tags.length);
    parts.nextRepository();
    yield* eachSliced(prepared.newestFirst, (place) => {
      const tag = prepared.tags[place]!;
      const row = tags.push(tag) - 1;
      rowOf[place] = row;
      kinds.push(prepared.kinds[place]!);
      sourceOf[row] = index;
      pushed[row] = isDated(tag) ? tag.pushedAt : NaN;
      if (isImmutable?.(tag.name)) {
        immutable[row] = 1;
        immutableNames.add(tag.name);
      }
      parts.add(tag);
    });
    const deletionOrder = new Uint32Array(prepared.tags.length);
    let next = 0;
    yield* eachSliced(prepared.deletionOrder, (place) => (deletionOrder[next++] = rowOf[place]!));
    const refuses = immutableNames.size > 0 && { isImmutable: (name: string) => immutableNames.has(name) };
    const ownName = Object.freeze({ namespace: repository.namespace, name: repository.name });
    own.push(
      Object.freeze({
        repository: ownName,
        prepared,
        asOf,
        inDateOrder,
        ...refuses,
        ...(storageSize !== undefined && { storageSize }),
        uses,
        firstRow,
        deletionOrder,
      }),
    );
    yield;
  }
  return { sources: own, tags, sourceOf, pushed, immutable, kinds, ...parts.columns() };
}

/** The rows of a repository by the names of their tags. */
export function* rowsByName(
  { tags }: DraftTable,
  { firstRow, deletionOrder }: TableSource,
): Sliced<ReadonlyMap<string, number>> {
  const rows = new Map<string, number>();
  yield* eachSliced(deletionOrder.keys(), (place) => rows.set(tags[firstRow + place]!.name, firstRow + place));
  return rows;
}

/**
 * Goes through the verdicts of a plan with the row of each.
 *
 * @throws Error when it is no plan of all tags of this repository
 */
export function* eachVerdict(
  { tags }: DraftTable,
  { firstRow, deletionOrder }: TableSource,
  { verdicts, going }: Plan,
  use: (row: number, verdict: Verdict) => void,
): Sliced<void> {
  if (verdicts.length !== deletionOrder.length) throw new Error('The plan is not one of all tags.');
  let [next, nextOldest, nextNewest] = [0, 0, firstRow];
  // Both halves of a plan have the order of the table, so that nothing is searched for.
  yield* eachSliced(verdicts, (verdict) => {
    let row: number | undefined;
    do row = next < going.length ? deletionOrder[nextOldest++] : nextNewest++;
    while (row !== undefined && row < tags.length && tags[row] !== verdict.tag);
    if (row === undefined || tags[row] !== verdict.tag) {
      throw new Error(`The plan has a tag "${verdict.tag.name}" of another list.`);
    }
    next++;
    use(row, verdict);
  });
}

/** Collects the parts of rows. */
class Parts {
  readonly #partsFrom: Uint32Array;
  readonly #parts: number[] = [];
  readonly #sizes: number[] = [];
  readonly #known: number[] = [];
  #rows = 0;
  /** The first number of this repository's parts; those of an unknown digest have numbers of their own among them. */
  #numbers = new PartNumbers();
  #numberOf: number[] = [];

  constructor(rows: number) {
    this.#partsFrom = new Uint32Array(rows + 1);
  }

  nextRepository(): void {
    this.#numbers = new PartNumbers();
    this.#numberOf = [];
  }

  add(tag: Tag): void {
    eachPart(tag, (bytes, high, low) => {
      const part =
        high === undefined || low === undefined
          ? this.#next(0)
          : (this.#numberOf[this.#numbers.numberOf(high, low)] ??= this.#next(1));
      // Of an index, one row may say that it weighs nothing beside its images, and another one, which lists none, what it weighs.
      const known = this.#sizes[part]!;
      if (Number.isNaN(known) || bytes > known) this.#sizes[part] = bytes;
      this.#parts.push(part);
    });
    this.#partsFrom[++this.#rows] = this.#parts.length;
  }

  columns(): Pick<DraftTable, 'partsFrom' | 'parts' | 'partSize' | 'partKnown'> {
    // Not `from`, which asks an iterator for each.
    return {
      partsFrom: this.#partsFrom,
      parts: new Uint32Array(this.#parts),
      partSize: new Float64Array(this.#sizes),
      partKnown: new Uint8Array(this.#known),
    };
  }

  #next(known: 0 | 1): number {
    this.#known.push(known);
    return this.#sizes.push(NaN) - 1;
  }
}
