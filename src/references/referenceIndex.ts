import type { Doubt, FoundReferences, ImageReference, Position } from './images/foundReferences.ts';
import type { ImageName } from './images/imageName.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import { eachSliced, sliceSize, sortedSliced, type Sliced } from '../async/sliced.ts';
import { compareNames, type Tag } from '../retention/tags/tag.ts';
import { imageCount, imageKey, imageKeyAt } from '../retention/tags/tagImages.ts';
import type { Uses } from '../retention/plan/uses.ts';
import { LoneTags } from './loneTags.ts';
import { MeantRepositories } from './meantRepositories.ts';
import type { ReferenceSource } from './referenceSource.ts';

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

interface Entry {
  readonly source: ReferenceSource;
  readonly found: FoundReferences;
  /** Its references by their repositories. */
  readonly byRepository: ReadonlyMap<string, readonly ImageReference[]>;
}

/** A place that names tags, digests, or a tag with its digest, of one repository. */
export interface Mention {
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  readonly place: UsePlace;
}

interface Used {
  readonly tags: ReadonlyMap<string, readonly UsePlace[]>;
  readonly digests: ReadonlyMap<string, readonly UsePlace[]>;
  /** By `imageKey`. */
  readonly keys: ReadonlyMap<string, readonly UsePlace[]>;
  readonly uses: Uses;
}

/**
 * What is used, by repository; kept up to date source by source, so that a change costs what changed. A tag whose repository stands in another
 * file is used of each repository that `LoneTags` combines it with, and a doubt where there is none.
 */
export class ReferenceIndex {
  readonly #entries = new Map<string, Entry>();
  /** By the repositories that they refer to. */
  readonly #byRepository = new Map<string, Set<Entry>>();
  readonly #doubtful = new Set<Entry>();
  readonly #loneTags = new LoneTags();
  /** Worked out when asked for. */
  readonly #used = new Map<string, Used>();

  /** Takes what was found in a source, instead of what was known of it. @returns the repositories whose uses may have changed, as `namespace/name` */
  replace(source: ReferenceSource, found: FoundReferences): Set<string> {
    const changed = this.remove(source.id);
    if (
      [found.references, found.doubts, found.loneTags, found.repositories].every(
        (list) => list === undefined || list.length === 0,
      )
    ) {
      return changed;
    }
    const byRepository = new Map<string, ImageReference[]>();
    for (const reference of found.references) {
      const key = keyOf(reference.image);
      const references = byRepository.get(key);
      if (references) references.push(reference);
      else byRepository.set(key, [reference]);
    }
    const entry: Entry = { source, found, byRepository };
    this.#entries.set(source.id, entry);
    if (found.doubts.length > 0 || (found.loneTags?.length ?? 0) > 0) this.#doubtful.add(entry);
    for (const key of byRepository.keys()) {
      const entries = this.#byRepository.get(key) ?? new Set();
      this.#byRepository.set(key, entries.add(entry));
      changed.add(key);
    }
    this.#loneTags.add(source, found, changed);
    for (const key of changed) this.#used.delete(key);
    return changed;
  }

  /** Forgets a source. @returns as `replace` */
  remove(id: string): Set<string> {
    const changed = new Set<string>();
    const entry = this.#entries.get(id);
    if (!entry) return changed;
    this.#entries.delete(id);
    this.#doubtful.delete(entry);
    for (const key of entry.byRepository.keys()) {
      const entries = this.#byRepository.get(key);
      entries?.delete(entry);
      if (entries?.size === 0) this.#byRepository.delete(key);
      changed.add(key);
    }
    this.#loneTags.remove(entry.source, entry.found, changed);
    for (const key of changed) this.#used.delete(key);
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

  /** Every place that names something of a repository, by source and position. */
  mentionsOf(repository: RepositoryName): Mention[] {
    return this.#mentions(keyOf(repository)).sort((a, b) => comparePlaces(a.place, b.place));
  }

  /**
   * What is not understood and may be about one of some repositories; first what is about them for certain, each by source and position. Of what changes
   * meanwhile, only the repositories of lone tags are taken up.
   */
  *doubtsAbout(repositories: readonly RepositoryName[]): Sliced<PlacedDoubt[]> {
    const doubtful = [...this.#doubtful];
    const meant = yield* MeantRepositories.create(repositories);
    const [certain, possible]: [PlacedDoubt[], PlacedDoubt[]] = [[], []];
    let count = 0;
    for (const { source, found } of yield* sortedSliced(
      doubtful,
      () => 0,
      (a, b) => compareNames(a.source.id, b.source.id),
    )) {
      for (const doubt of this.#doubtsOf(source, found)) {
        if (++count % sliceSize === 0) yield;
        const meaning = yield* meant.meaningOf(doubt.pattern);
        if (meaning.kind === 'none') continue;
        const place = placeOf(source, doubt);
        if (meaning.kind === 'certain') certain.push({ doubt, place, repository: meaning.repository });
        else possible.push({ doubt, place });
      }
    }
    yield* eachSliced(possible, (doubt) => certain.push(doubt));
    return certain;
  }

  /** The doubts of a source, and its lone tags of unknown repositories, in the order of the file. */
  #doubtsOf(source: ReferenceSource, { doubts, loneTags = [] }: FoundReferences): readonly Doubt[] {
    const unknown = loneTags
      .filter((tag) => !this.#loneTags.isCombined(source, tag))
      .map(({ text, line, column }): Doubt => ({ kind: 'unresolved', text, line, column }));
    return source.hasLines
      ? [...doubts, ...unknown].sort((a, b) => a.line - b.line || a.column - b.column)
      : [...doubts, ...unknown];
  }

  #usedOf(repository: RepositoryName): Used {
    const key = keyOf(repository);
    let used = this.#used.get(key);
    if (!used) this.#used.set(key, (used = this.#workOut(key)));
    return used;
  }

  #workOut(key: string): Used {
    const [tags, digests, keys] = [
      new Map<string, UsePlace[]>(),
      new Map<string, UsePlace[]>(),
      new Map<string, UsePlace[]>(),
    ];
    const add = (map: Map<string, UsePlace[]>, name: string, place: UsePlace): void => {
      const places = map.get(name);
      if (places) places.push(place);
      else map.set(name, [place]);
    };
    for (const { tag, digest, place } of this.#mentions(key)) {
      if (tag !== undefined) add(tags, tag, place);
      if (digest === undefined) continue;
      add(digests, digest, place);
      add(keys, imageKey(digest), place);
    }
    const firsts = (map: Map<string, UsePlace[]>) =>
      new Map(
        [...map].map(([name, places]) => [name, places.reduce((a, b) => (comparePlaces(b, a) < 0 ? b : a)).text]),
      );
    return { tags, digests, keys, uses: Object.freeze({ tags: firsts(tags), digests: firsts(digests) }) };
  }

  /** Places that name something of a repository, in no order. */
  #mentions(key: string): Mention[] {
    const mentions: Mention[] = [];
    for (const { source, byRepository } of this.#byRepository.get(key) ?? []) {
      for (const reference of byRepository.get(key)!) mentions.push(mentionOf(source, reference.image, reference));
    }
    this.#loneTags.eachOf(key, (source, tag) => mentions.push(mentionOf(source, tag, tag)));
    return mentions;
  }
}

function mentionOf(source: ReferenceSource, { tag, digest }: Pick<ImageName, 'tag' | 'digest'>, at: Position): Mention {
  return { tag, digest, place: placeOf(source, at) };
}

/** Docker Hub's names are in lower case; a reference in another case is read so. */
function keyOf({ namespace, name }: RepositoryName | ImageName): string {
  return `${namespace}/${name}`.toLowerCase();
}

function placeOf(source: ReferenceSource, { line, column }: Position): UsePlace {
  if (!source.hasLines) return { text: source.label, source: source.id };
  return { text: `${source.label}:${line}`, source: source.id, line, column };
}

function comparePlaces(a: UsePlace, b: UsePlace): number {
  return compareNames(a.source, b.source) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
