import { type PreparedTags, prepareTags } from './preparedTags.ts';
import type { RepositoryName } from './plan.ts';
import { eachSliced, sortedSliced, type Sliced } from './sliced.ts';
import { compareNames, digestKey, pushedKey, type Tag } from './tag.ts';
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
  readonly isImmutable: (name: string) => boolean;
  readonly uses: Uses;
  /** The row of a tag of this repository by its name. */
  readonly rowOf: ReadonlyMap<string, number>;
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
  /** 1 for each row that Docker Hub refuses to delete. */
  readonly immutable: Uint8Array;
  /** The image of each row; a tag of unknown digest has one of its own. */
  readonly imageOf: Uint32Array;
  /** Bytes of each image, by the first of its rows that knows; NaN: unknown. */
  readonly imageSize: Float64Array;
  /** 1 for each image whose digest is known. */
  readonly imageKnown: Uint8Array;
  /** Where the parts of each image begin in `parts`, and behind the last where they end. */
  readonly partsFrom: Uint32Array;
  /** The parts of all images: its own digest and those of its platforms. */
  readonly parts: Uint32Array;
  /** How many different parts there are. */
  readonly partCount: number;
}

/** Puts the tags of all repositories in columns. @throws Error when a name comes twice in one repository */
export function* makeDraftTable(sources: readonly DraftSource[]): Sliced<DraftTable> {
  const count = sources.reduce((sum, { tags }) => sum + tags.length, 0);
  const tags: Tag[] = [];
  const [sourceOf, imageOf, immutable] = [new Uint32Array(count), new Uint32Array(count), new Uint8Array(count)];
  const images = new Images();
  const own: TableSource[] = [];
  for (const [index, { repository, tags: listed, asOf, inDateOrder, isImmutable, uses = noUses }] of sources.entries()) {
    const prepared = yield* prepareTags(repository, listed);
    const newestFirst = yield* sortedSliced(prepared.tags, (tag) => -pushedKey(tag), (a, b) => compareNames(a.name, b.name));
    const rowOf = new Map<string, number>();
    images.nextRepository();
    yield* eachSliced(newestFirst, (tag) => {
      const row = tags.push(tag) - 1;
      rowOf.set(tag.name, row);
      sourceOf[row] = index;
      imageOf[row] = images.add(tag);
      if (isImmutable?.(tag.name)) immutable[row] = 1;
    });
    const refuses = (name: string): boolean => {
      const row = rowOf.get(name);
      return row === undefined ? isImmutable?.(name) === true : immutable[row] === 1;
    };
    own.push(Object.freeze({ repository: Object.freeze({ namespace: repository.namespace, name: repository.name }), prepared, asOf, inDateOrder, isImmutable: refuses, uses, rowOf }));
  }
  return Object.freeze({ sources: Object.freeze(own), tags: Object.freeze(tags), sourceOf, immutable, imageOf, ...images.columns() });
}

/** Numbers the images of one repository after another. */
class Images {
  readonly #sizes: number[] = [];
  readonly #known: number[] = [];
  readonly #partsFrom: number[] = [];
  readonly #parts: number[] = [];
  #partCount = 0;
  #byDigest = new Map<string, number>();
  #byKey = new Map<string, number>();

  nextRepository(): void {
    this.#byDigest = new Map();
    this.#byKey = new Map();
  }

  add({ digest, size, platformKeys }: Tag): number {
    const known = digest === undefined ? undefined : this.#byDigest.get(digest);
    if (known !== undefined) {
      if (Number.isNaN(this.#sizes[known])) this.#sizes[known] = size ?? NaN;
      return known;
    }
    const image = this.#sizes.push(size ?? NaN) - 1;
    this.#known.push(digest === undefined ? 0 : 1);
    this.#partsFrom.push(this.#parts.length);
    if (digest !== undefined) {
      this.#byDigest.set(digest, image);
      this.#addPart(digestKey(digest));
    }
    if (platformKeys !== undefined) for (const key of platformKeys.split(' ')) this.#addPart(key);
    return image;
  }

  #addPart(key: string): void {
    const part = this.#byKey.get(key) ?? this.#partCount++;
    this.#byKey.set(key, part);
    this.#parts.push(part);
  }

  columns(): Pick<DraftTable, 'imageSize' | 'imageKnown' | 'partsFrom' | 'parts' | 'partCount'> {
    return {
      imageSize: Float64Array.from(this.#sizes),
      imageKnown: Uint8Array.from(this.#known),
      partsFrom: Uint32Array.from([...this.#partsFrom, this.#parts.length]),
      parts: Uint32Array.from(this.#parts),
      partCount: this.#partCount,
    };
  }
}
