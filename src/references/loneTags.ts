import type { FoundReferences, LoneTag, ValuesRepository } from './images/foundReferences.ts';
import type { ReferenceSource } from './referenceSource.ts';

/** With more repositories than these at its keys, it is not known which one a lone tag means. */
const maxCandidates = 20;
/** Folders below each other that are told apart; what lies deeper counts as in the last of them. */
const deepest = 64;

interface Folder {
  readonly parent: Folder | undefined;
  /** Its name in the folder above. */
  readonly name: string;
  readonly folders: Map<string, Folder>;
  readonly places: Map<string, Place>;
}

/** What the files in a folder, and in the folders below it, have at the same keys. */
interface Place {
  readonly folder: Folder;
  readonly keys: string;
  /** Repositories that files name there, as `namespace/name` in lower case, and how often. */
  readonly repositories: Map<string, number>;
  /** How many lone tags there are. */
  lone: number;
  /** Those of files in the folder itself, by source. */
  readonly own: Map<ReferenceSource, LoneTag[]>;
}

/**
 * Combines each lone tag with the repositories that files name at the same keys: those of the files that share the longest common folder with it.
 * Nothing is worked out before it is asked for, and a change costs as many steps as the file has such tags and repositories, times the depth of
 * its folder.
 */
export class LoneTags {
  readonly #root: Folder = newFolder(undefined, '');
  readonly #folders = new Map<ReferenceSource, Folder>();
  /** Where repositories are named. */
  readonly #placesOf = new Map<string, Set<Place>>();

  /** Takes what a source has, which is not known yet. @param changed gets the repositories that are combined with other tags than before */
  add(source: ReferenceSource, { loneTags = [], repositories = [] }: FoundReferences, changed: Set<string>): void {
    if (loneTags.length === 0 && repositories.length === 0) return;
    const folder = this.#folderOf(source);
    this.#folders.set(source, folder);
    for (const repository of repositories) this.#addRepository(folder, repository, changed);
    for (const tag of loneTags) {
      for (const place of this.#upwards(folder, tag.keys)) place.lone++;
      const { own } = placeAt(folder, tag.keys);
      const tags = own.get(source);
      if (tags) tags.push(tag);
      else own.set(source, [tag]);
      noteAll(nearest(folder, tag.keys), changed);
    }
  }

  /** Forgets what a source has. @param source as it was given to `add`, with what it had @param changed as in `add` */
  remove(source: ReferenceSource, { loneTags = [], repositories = [] }: FoundReferences, changed: Set<string>): void {
    const folder = this.#folders.get(source);
    if (!folder) return;
    this.#folders.delete(source);
    for (const { keys } of loneTags) {
      noteAll(nearest(folder, keys), changed);
      for (const place of this.#upwards(folder, keys)) place.lone--;
      placeAt(folder, keys).own.delete(source);
    }
    for (const repository of repositories) this.#removeRepository(folder, repository, changed);
    for (const keys of new Set([...loneTags, ...repositories].map(({ keys }) => keys))) prune(folder, keys);
  }

  /** Whether it is known which repositories a lone tag of a source may mean. */
  isCombined(source: ReferenceSource, { keys }: LoneTag): boolean {
    const place = nearest(this.#folders.get(source), keys);
    return place !== undefined && place.repositories.size <= maxCandidates;
  }

  /** Gives the lone tags that a repository is combined with, in no order. @param repository `namespace/name` in lower case */
  eachOf(repository: string, take: (source: ReferenceSource, tag: LoneTag) => void): void {
    for (const place of this.#placesOf.get(repository) ?? []) {
      if (place.repositories.size <= maxCandidates) eachBelow(place, take);
    }
  }

  #addRepository(folder: Folder, repository: ValuesRepository, changed: Set<string>): void {
    const name = keyOf(repository);
    // From below: the folders above still have what they had when it is asked where lone tags were combined.
    for (const place of this.#upwards(folder, repository.keys)) {
      const { repositories } = place;
      const count = repositories.get(name) ?? 0;
      if (count === 0 && repositories.size === 0 && place.lone > 0) noteAll(nearestAbove(place), changed);
      repositories.set(name, count + 1);
      if (count > 0) continue;
      const places = this.#placesOf.get(name);
      if (places) places.add(place);
      else this.#placesOf.set(name, new Set([place]));
      if (place.lone === 0) continue;
      if (repositories.size <= maxCandidates) changed.add(name);
      else if (repositories.size === maxCandidates + 1) for (const other of repositories.keys()) changed.add(other);
    }
  }

  #removeRepository(folder: Folder, repository: ValuesRepository, changed: Set<string>): void {
    const name = keyOf(repository);
    // From above: the folders above have what they will have when it is asked where lone tags are combined from now on.
    for (const place of [...this.#upwards(folder, repository.keys)].reverse()) {
      const { repositories } = place;
      const count = repositories.get(name)!;
      if (count > 1) {
        repositories.set(name, count - 1);
        continue;
      }
      repositories.delete(name);
      const places = this.#placesOf.get(name)!;
      places.delete(place);
      if (places.size === 0) this.#placesOf.delete(name);
      if (place.lone === 0) continue;
      if (repositories.size <= maxCandidates) changed.add(name);
      if (repositories.size === maxCandidates) noteAll(place, changed);
      if (repositories.size === 0) noteAll(nearestAbove(place), changed);
    }
  }

  #folderOf({ id }: ReferenceSource): Folder {
    let folder = this.#root;
    for (const name of id.split('/').slice(0, -1).slice(0, deepest)) {
      let child = folder.folders.get(name);
      if (!child) folder.folders.set(name, (child = newFolder(folder, name)));
      folder = child;
    }
    return folder;
  }

  /** The places with these keys from a folder up to the outermost. */
  *#upwards(folder: Folder, keys: string): Generator<Place, void> {
    for (let at: Folder | undefined = folder; at; at = at.parent) yield placeAt(at, keys);
  }
}

/** The place of a folder with these keys, made where it is missing. */
function placeAt(folder: Folder, keys: string): Place {
  let place = folder.places.get(keys);
  if (!place) folder.places.set(keys, (place = { folder, keys, repositories: new Map(), lone: 0, own: new Map() }));
  return place;
}

/** The nearest place with a repository from a folder upwards. */
function nearest(folder: Folder | undefined, keys: string): Place | undefined {
  for (let at = folder; at; at = at.parent) {
    const place = at.places.get(keys);
    if (place && place.repositories.size > 0) return place;
  }
  return undefined;
}

function nearestAbove({ folder, keys }: Place): Place | undefined {
  return nearest(folder.parent, keys);
}

/** Gives the lone tags that have no repository nearer than those of a place. */
function eachBelow({ folder, keys, own, lone }: Place, take: (source: ReferenceSource, tag: LoneTag) => void): void {
  if (lone === 0) return;
  for (const [source, tags] of own) for (const tag of tags) take(source, tag);
  for (const child of folder.folders.values()) {
    const place = child.places.get(keys);
    if (place && place.repositories.size === 0) eachBelow(place, take);
  }
}

/** Notes all repositories of a place, where lone tags are combined with them. */
function noteAll(place: Place | undefined, changed: Set<string>): void {
  if (!place || place.repositories.size > maxCandidates) return;
  for (const name of place.repositories.keys()) changed.add(name);
}

/** Forgets what is empty now, from a folder upwards. */
function prune(folder: Folder, keys: string): void {
  for (let at: Folder | undefined = folder; at; at = at.parent) {
    const place = at.places.get(keys);
    if (place?.lone === 0 && place.repositories.size === 0) at.places.delete(keys);
    if (at.places.size === 0 && at.folders.size === 0) at.parent?.folders.delete(at.name);
  }
}

function newFolder(parent: Folder | undefined, name: string): Folder {
  return { parent, name, folders: new Map(), places: new Map() };
}

function keyOf({ namespace, name }: ValuesRepository): string {
  return `${namespace}/${name}`.toLowerCase();
}
