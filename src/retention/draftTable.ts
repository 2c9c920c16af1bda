import { type PreparedTags, prepareTags } from './preparedTags.ts';
import type { Plan, RepositoryName, Verdict } from './plan.ts';
import { eachSliced, type Sliced } from './sliced.ts';
import { digestKey, isDated, type Tag } from './tag.ts';
import { noUses, type Uses } from './uses.ts';

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
  readonly uses: Uses;
  /** Its first row; the others follow. */
  readonly firstRow: number;
  /** Its rows oldest first, as tags that go stand in plans. */
  readonly oldestFirst: Uint32Array;
}

/**
 * The tags of a draft in columns, which numbers point into: a *row* is a tag, an *image* a digest of one repository, and a *part* a manifest that
 * images share, by the beginning of its digest. Rows come repository by repository, newest first, unknown dates last, ties by name.
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
  /** The image of each row; a tag of unknown digest has one of its own. */
  readonly imageOf: Uint32Array;
  /** Bytes of each image, by the newest of its rows that knows; NaN: unknown. */
  readonly imageSize: Float64Array;
  /** 1 for each image whose digest is known. */
  readonly imageKnown: Uint8Array;
  /** Where the parts of each image begin in `parts`, and in the place behind, where they end. */
  readonly partsFrom: Uint32Array;
  /** The parts of all images: its own digest and those of its platforms. Empty where no tag has platforms. */
  readonly parts: Uint32Array;
  /** How many different parts there are. */
  readonly partCount: number;
}

/** Puts the tags of all repositories in columns. @throws Error when a name comes twice in one repository */
export function* makeDraftTable(sources: readonly DraftSource[]): Sliced<DraftTable> {
  const count = sources.reduce((sum, { tags }) => sum + tags.length, 0);
  const tags: Tag[] = [];
  const [sourceOf, imageOf, pushed, immutable] = [new Uint32Array(count), new Uint32Array(count), new Float64Array(count), new Uint8Array(count)];
  const [imageSize, imageKnown] = [new Float64Array(count).fill(NaN), new Uint8Array(count)];
  const parts = new Parts(count);
  const own: TableSource[] = [];
  for (const [index, { repository, tags: listed, asOf, inDateOrder, isImmutable, uses = noUses }] of sources.entries()) {
    const prepared = yield* prepareTags(repository, listed);
    const firstRow = tags.length;
    const immutableNames = new Set<string>();
    const oldestFirst = new Uint32Array(prepared.tags.length);
    const withParts = prepared.tags.some(({ platformKeys }) => platformKeys !== undefined);
    parts.nextRepository();
    yield* eachSliced(prepared.newestFirst, (place) => {
      const tag = prepared.tags[place]!;
      const row = tags.push(tag) - 1;
      oldestFirst[place] = row;
      sourceOf[row] = index;
      pushed[row] = isDated(tag) ? tag.pushedAt : NaN;
      if (isImmutable?.(tag.name)) {
        immutable[row] = 1;
        immutableNames.add(tag.name);
      }
      // Images of a repository are numbered below its number of tags.
      const image = firstRow + prepared.images[place]!;
      imageOf[row] = image;
      if (tag.digest !== undefined) imageKnown[image] = 1;
      if (tag.size !== undefined && Number.isNaN(imageSize[image])) imageSize[image] = tag.size;
      if (withParts) parts.add(image, tag);
    });
    const refuses = immutableNames.size > 0 && { isImmutable: (name: string) => immutableNames.has(name) };
    const ownName = Object.freeze({ namespace: repository.namespace, name: repository.name });
    own.push(Object.freeze({ repository: ownName, prepared, asOf, inDateOrder, ...refuses, uses, firstRow, oldestFirst }));
  }
  return { sources: own, tags, sourceOf, pushed, immutable, imageOf, imageSize, imageKnown, ...(yield* parts.columns()) };
}

/** The rows of a repository by the names of their tags. */
export function* rowsByName({ tags }: DraftTable, { firstRow, oldestFirst }: TableSource): Sliced<ReadonlyMap<string, number>> {
  const rows = new Map<string, number>();
  yield* eachSliced(oldestFirst.keys(), (place) => rows.set(tags[firstRow + place]!.name, firstRow + place));
  return rows;
}

/**
 * Goes through the verdicts of a plan with the row of each.
 *
 * @throws Error when it is no plan of all tags of this repository
 */
export function* eachVerdict({ tags }: DraftTable, { firstRow, oldestFirst }: TableSource, { verdicts, going }: Plan, use: (row: number, verdict: Verdict) => void): Sliced<void> {
  if (verdicts.length !== oldestFirst.length) throw new Error('The plan is not one of all tags.');
  let [next, nextOldest, nextNewest] = [0, 0, firstRow];
  // Both halves of a plan have the order of the table, so that nothing is searched for.
  yield* eachSliced(verdicts, (verdict) => {
    let row: number | undefined;
    do row = next < going.length ? oldestFirst[nextOldest++] : nextNewest++;
    while (row !== undefined && row < tags.length && tags[row] !== verdict.tag);
    if (row === undefined || tags[row] !== verdict.tag) throw new Error(`The plan has a tag "${verdict.tag.name}" of another list.`);
    next++;
    use(row, verdict);
  });
}

/** Numbers manifests that images have in common. */
class Parts {
  readonly #rows: number;
  /** Parts by image, while that is not yet in order. */
  readonly #ofImage: (readonly number[] | undefined)[] = [];
  #count = 0;
  #total = 0;
  #byKey = new Map<string, number>();

  constructor(rows: number) {
    this.#rows = rows;
  }

  nextRepository(): void {
    this.#byKey = new Map();
  }

  add(image: number, { digest, platformKeys }: Tag): void {
    if (this.#ofImage[image]) return;
    const found: number[] = [];
    if (digest !== undefined) found.push(this.#partOf(digestKey(digest)));
    if (platformKeys !== undefined) for (const key of platformKeys.split(' ')) found.push(this.#partOf(key));
    this.#ofImage[image] = found;
    this.#total += found.length;
  }

  #partOf(key: string): number {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.#byKey.set(key, this.#count);
    return this.#count++;
  }

  *columns(): Sliced<Pick<DraftTable, 'partsFrom' | 'parts' | 'partCount'>> {
    const [partsFrom, parts] = [new Uint32Array(this.#rows + 1), new Uint32Array(this.#total)];
    let at = 0;
    yield* eachSliced(partsFrom.keys(), (image) => {
      partsFrom[image] = at;
      for (const part of this.#ofImage[image] ?? []) parts[at++] = part;
    });
    return { partsFrom, parts, partCount: this.#count };
  }
}
