import type { Doubt, FoundReferences } from '../references/foundReferences.ts';
import type { ImageName } from '../references/imageName.ts';
import { mayMean, repositoryOf } from '../references/namePattern.ts';
import type { RepositoryName } from '../retention/plan.ts';
import { compareNames, type Tag } from '../retention/tag.ts';
import { imageCount, imageKey, imageKeyAt } from '../retention/tagImages.ts';
import type { Uses } from '../retention/uses.ts';

/** Where something is used. */
export interface UsePlace {
  /** As it is shown: `deploy/web.yaml:12`. Of file names, so it is no safe text yet (invariant 10). */
  readonly text: string;
  /** What the source was given as: the address of a file, as a text. */
  readonly source: string;
  /** Counted from 1; missing where the source has no lines. */
  readonly line?: number;
  readonly column?: number;
}

/** Something in a source that is not understood. */
export interface PlacedDoubt {
  readonly doubt: Doubt;
  readonly place: UsePlace;
  /** The repository that it is about, where that is known. */
  readonly repository?: RepositoryName;
}

/** Where references are found. */
export interface ReferenceSource {
  /** Unique. */
  readonly id: string;
  /** As it is shown. */
  readonly label: string;
  /** Whether lines mean something in it. */
  readonly hasLines: boolean;
}

interface Entry {
  readonly source: ReferenceSource;
  readonly found: FoundReferences;
}

interface Used {
  readonly tags: ReadonlyMap<string, readonly UsePlace[]>;
  readonly digests: ReadonlyMap<string, readonly UsePlace[]>;
  /** By `imageKey`. */
  readonly keys: ReadonlyMap<string, readonly UsePlace[]>;
  readonly uses: Uses;
}

/** What is used, by repository; kept up to date source by source, so that a change costs what changed. */
export class ReferenceIndex {
  readonly #entries = new Map<string, Entry>();
  /** Sources by the repositories that they refer to. */
  readonly #byRepository = new Map<string, Set<string>>();
  readonly #doubtful = new Set<string>();
  /** Worked out when asked for. */
  readonly #used = new Map<string, Used>();

  /** Takes what was found in a source, instead of what was known of it. @returns the repositories whose uses may have changed, as `namespace/name` */
  replace(source: ReferenceSource, found: FoundReferences): Set<string> {
    const changed = this.remove(source.id);
    if (found.references.length === 0 && found.doubts.length === 0) return changed;
    this.#entries.set(source.id, { source, found });
    if (found.doubts.length > 0) this.#doubtful.add(source.id);
    for (const { image } of found.references) {
      const key = keyOf(image);
      const sources = this.#byRepository.get(key) ?? new Set();
      this.#byRepository.set(key, sources.add(source.id));
      this.#used.delete(key);
      changed.add(key);
    }
    return changed;
  }

  /** Forgets a source. @returns as `replace` */
  remove(id: string): Set<string> {
    const changed = new Set<string>();
    const entry = this.#entries.get(id);
    if (!entry) return changed;
    this.#entries.delete(id);
    this.#doubtful.delete(id);
    for (const { image } of entry.found.references) {
      const key = keyOf(image);
      const sources = this.#byRepository.get(key);
      sources?.delete(id);
      if (sources?.size === 0) this.#byRepository.delete(key);
      this.#used.delete(key);
      changed.add(key);
    }
    return changed;
  }

  /** What of a repository is used, each by its first place. */
  usesOf(repository: RepositoryName): Uses {
    return this.#usedOf(repository).uses;
  }

  /** Everywhere that a tag is used: by its name, its digest, or that of one of its platforms. */
  placesOf(repository: RepositoryName, tag: Pick<Tag, 'name' | 'digest' | 'images'>): readonly UsePlace[] {
    const { tags, digests, keys } = this.#usedOf(repository);
    if (tags.size === 0 && digests.size === 0) return [];
    const found = new Set(tags.get(tag.name));
    for (const place of (tag.digest !== undefined && digests.get(tag.digest)) || []) found.add(place);
    for (let index = 0; tag.images !== undefined && index < imageCount(tag.images); index++) {
      for (const place of keys.get(imageKeyAt(tag.images, index) ?? '') ?? []) found.add(place);
    }
    return [...found].sort(comparePlaces);
  }

  /** What is not understood and may be about one of some repositories; first what is about them for certain. */
  doubtsAbout(repositories: readonly RepositoryName[]): PlacedDoubt[] {
    const [certain, possible]: [PlacedDoubt[], PlacedDoubt[]] = [[], []];
    for (const id of this.#doubtful) {
      const { source, found } = this.#entries.get(id)!;
      for (const doubt of found.doubts) {
        const place = placeOf(source, doubt);
        if (doubt.pattern === undefined) possible.push({ doubt, place });
        else {
          const about = repositories.find((repository) => mayMean(doubt.pattern!, repository));
          if (!about) continue;
          const isKnown = repositoryOf(doubt.pattern) !== undefined;
          (isKnown ? certain : possible).push({ doubt, place, ...(isKnown && { repository: about }) });
        }
      }
    }
    const compare = (a: PlacedDoubt, b: PlacedDoubt) => comparePlaces(a.place, b.place);
    return [...certain.sort(compare), ...possible.sort(compare)];
  }

  #usedOf(repository: RepositoryName): Used {
    const key = keyOf(repository);
    let used = this.#used.get(key);
    if (!used) this.#used.set(key, (used = this.#workOut(key)));
    return used;
  }

  #workOut(key: string): Used {
    const [tags, digests, keys] = [new Map<string, UsePlace[]>(), new Map<string, UsePlace[]>(), new Map<string, UsePlace[]>()];
    const add = (map: Map<string, UsePlace[]>, name: string, place: UsePlace): void => {
      const places = map.get(name);
      if (places) places.push(place);
      else map.set(name, [place]);
    };
    for (const id of this.#byRepository.get(key) ?? []) {
      const { source, found } = this.#entries.get(id)!;
      for (const reference of found.references) {
        if (keyOf(reference.image) !== key) continue;
        const place = placeOf(source, reference);
        const { tag, digest } = reference.image;
        if (tag !== undefined) add(tags, tag, place);
        if (digest === undefined) continue;
        add(digests, digest, place);
        add(keys, imageKey(digest), place);
      }
    }
    const firsts = (map: Map<string, UsePlace[]>) => new Map([...map].map(([name, places]) => [name, places.reduce((a, b) => (comparePlaces(b, a) < 0 ? b : a)).text]));
    return { tags, digests, keys, uses: Object.freeze({ tags: firsts(tags), digests: firsts(digests) }) };
  }
}

/** Docker Hub's names are in lower case; a reference in another case is read so. */
function keyOf({ namespace, name }: RepositoryName | ImageName): string {
  return `${namespace}/${name}`.toLowerCase();
}

function placeOf(source: ReferenceSource, { line, column }: { readonly line: number; readonly column: number }): UsePlace {
  if (!source.hasLines) return { text: source.label, source: source.id };
  return { text: `${source.label}:${line}`, source: source.id, line, column };
}

function comparePlaces(a: UsePlace, b: UsePlace): number {
  return compareNames(a.source, b.source) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
