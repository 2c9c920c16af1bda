import { setImmediate as turn } from 'node:timers/promises';
import { environmentsAbove } from '../files/environmentsAbove.ts';
import { fileKind, isEnvironmentFile } from '../files/fileKind.ts';
import type { FoundReferences } from '../images/foundReferences.ts';
import type { ListedPart } from '../files/listFolder.ts';
import type { ReadOutcome } from './readDiskFiles.ts';
import { ReaderError } from './readerThread.ts';
import { nothingFound } from './readReferences.ts';

/** What came of a file: what was found; that it is too large; that it could not be read, or took too long; that it is gone. */
export type FileOutcome = FoundReferences | 'tooLarge' | 'unreadable' | 'gone';

/** Where the files of a folder come from. Paths are relative to it, with `/` between their parts. */
export interface FileSource {
  /** Files that are read as one. */
  readonly batch: number;
  /** All files as they are now. @throws where that cannot be found out */
  list(signal: AbortSignal): AsyncIterable<ListedPart>;
  /** What is to be told of some files; see `FilesToRead`. @throws where reading itself fails, as for a file that takes too long */
  read(
    paths: readonly string[],
    environments: readonly string[],
    namespaces: readonly string[],
  ): Promise<readonly ReadOutcome[]>;
}

/** What a scan tells. */
export interface FolderListener {
  /** A file was looked into and something is to be told of it, or not any more; or it, or a folder, could not be looked at, or is gone. */
  readonly onFile: (path: string, outcome: FileOutcome) => void;
  readonly log: (line: string) => void;
}

/** Batches in progress at the same time: while one is reported, the next is read. */
const together = 3;
/** Items that are handled before others have their turn. */
const slice = 1000;

/** Keeps up with the files of one folder: each look lists them, and reads those that are not what they were when they were read. */
export class FolderScan {
  readonly #source: FileSource;
  readonly #listener: FolderListener;
  /** The stamp that each file had before it was read. */
  #known = new Map<string, string>();
  #environments = new Map<string, string>();
  readonly #toRead = new Set<string>();
  /** Files of which something was told. */
  readonly #told = new Set<string>();
  /** Folders and files that could not be looked at. */
  #blocked: ReadonlySet<string> = new Set();
  #namespaces: readonly string[] = [];
  #hasMore = false;

  constructor(source: FileSource, listener: FolderListener) {
    this.#source = source;
    this.#listener = listener;
  }

  /** Whether there are more files than are looked into. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Whether this file was there at the last look. */
  has(path: string): boolean {
    return this.#known.has(path);
  }

  /** Whether files are known to have changed that were not read yet. */
  get hasToRead(): boolean {
    return this.#toRead.size > 0;
  }

  /** Looks for images of other namespaces from now on: every file is read again. @param namespaces as in `FileBytes` */
  lookFor(namespaces: readonly string[]): void {
    this.#namespaces = namespaces;
    for (const path of this.#known.keys()) this.#toRead.add(path);
  }

  /** A file that may have changed is read again. Nothing happens where it is not known. */
  changed(path: string): void {
    if (!this.#known.has(path)) return;
    // The next look cannot tell whether what was read was as it finds it.
    this.#distrust(path);
    this.#toRead.add(path);
  }

  /** Finds out what has changed, and reads that. @throws where the folder cannot be listed, or the signal's reason */
  async look(signal: AbortSignal): Promise<void> {
    const [listed, environments, blocked] = [new Map<string, string>(), new Map<string, string>(), new Set<string>()];
    let hasMore = false;
    for await (const part of this.#source.list(signal)) {
      signal.throwIfAborted();
      part.paths.forEach((path, index) => {
        const stamp = part.stamps[index]!;
        listed.set(path, stamp);
        if (isEnvironmentFile(path)) environments.set(path, stamp);
        if (stamp === '' || this.#known.get(path) !== stamp) this.#toRead.add(path);
      });
      for (const path of part.unreadable) blocked.add(path);
      hasMore = part.hasMore;
    }
    await eachWithBreaks([...this.#known], ([path, stamp]) => {
      if (listed.has(path)) return;
      // What is in a folder that cannot be listed may well be there still.
      if (blocked.size > 0 && isBelow(path, blocked)) listed.set(path, stamp);
      else this.#forget(path);
    });
    signal.throwIfAborted();
    this.#known = listed;
    this.#hasMore = hasMore;
    for (const path of blocked) if (!this.#blocked.has(path)) this.#listener.onFile(path, 'unreadable');
    for (const path of this.#blocked) {
      if (blocked.has(path)) continue;
      if (!listed.has(path)) {
        this.#listener.onFile(path, 'gone');
      } else {
        // That it could not be looked at was told.
        this.#told.add(path);
        this.#toRead.add(path);
      }
    }
    this.#blocked = blocked;
    await this.#readBelow(environments);
    await this.readOn(signal);
  }

  /** Reads what is known to have changed. @throws the signal's reason */
  async readOn(signal: AbortSignal): Promise<void> {
    const work = async (): Promise<void> => {
      while (this.#toRead.size > 0 && !signal.aborted) {
        const paths = [...firstOf(this.#toRead, this.#source.batch)];
        for (const path of paths) this.#toRead.delete(path);
        await this.#read(paths, signal);
        await turn();
      }
    };
    await Promise.all(Array.from({ length: together }, work));
    signal.throwIfAborted();
  }

  /** Tells of everything that was told that it is gone. */
  forgetAll(): void {
    for (const path of [...this.#told, ...this.#blocked]) this.#listener.onFile(path, 'gone');
    this.#known.clear();
    this.#told.clear();
    this.#toRead.clear();
    this.#blocked = new Set();
  }

  /** A `.env` file decides what files beside it and below it say. */
  async #readBelow(environments: Map<string, string>): Promise<void> {
    const before = this.#environments;
    this.#environments = environments;
    const changed = [...new Set([...before.keys(), ...environments.keys()])].filter(
      (path) => before.get(path) !== environments.get(path) || environments.get(path) === '',
    );
    if (changed.length === 0) return;
    const folders = new Set(changed.map(folderOf));
    await eachWithBreaks(this.#known.keys(), (path) => {
      if (isBelow(path, folders) && fileKind(path) !== undefined) this.#toRead.add(path);
    });
  }

  async #read(paths: readonly string[], signal: AbortSignal): Promise<void> {
    let outcomes: ReadonlyMap<number, ReadOutcome>;
    try {
      outcomes = new Map(
        (await this.#source.read(paths, this.#environmentsOf(paths), this.#namespaces)).map((outcome) => [
          outcome.at,
          outcome,
        ]),
      );
    } catch (error) {
      if (signal.aborted) return;
      if (paths.length > 1) {
        // One of them is to blame, and only that one is not read.
        for (const path of paths) await this.#read([path], signal);
        return;
      }
      this.#listener.log(
        `references in ${paths[0]!}: ${error instanceof ReaderError ? error.reason : ''} ${String(error)}`,
      );
      this.#take(paths[0]!, 'unreadable');
      // What takes too long does so the next time as well.
      if (!(error instanceof ReaderError && error.reason === 'tooLong')) this.#distrust(paths[0]!);
      return;
    }
    paths.forEach((path, at) => {
      const { outcome = nothingFound, why } = outcomes.get(at) ?? {};
      if (why !== undefined) this.#listener.log(`references in ${path}: ${why}`);
      this.#take(path, outcome);
      // It may be read the next time although it does not change.
      if (outcome === 'unreadable') this.#distrust(path);
    });
  }

  /** Has a file read again by the next look. */
  #distrust(path: string): void {
    if (this.#known.has(path)) this.#known.set(path, '');
  }

  #environmentsOf(paths: readonly string[]): string[] {
    if (this.#environments.size === 0) return [];
    const found = new Set<string>();
    for (const path of paths) {
      if (fileKind(path) === undefined) continue;
      for (const environment of environmentsAbove(path, this.#environments)) found.add(environment);
    }
    return [...found];
  }

  #take(path: string, outcome: FileOutcome): void {
    if (outcome === 'gone') return this.#forget(path);
    if (!this.#known.has(path)) return;
    if (outcome === nothingFound) {
      if (this.#told.delete(path)) this.#listener.onFile(path, nothingFound);
      return;
    }
    this.#told.add(path);
    this.#listener.onFile(path, outcome);
  }

  #forget(path: string): void {
    this.#toRead.delete(path);
    this.#known.delete(path);
    if (this.#told.delete(path)) this.#listener.onFile(path, 'gone');
  }
}

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T, void> {
  for (const item of items) {
    if (count-- === 0) return;
    yield item;
  }
}

async function eachWithBreaks<T>(items: Iterable<T>, use: (item: T) => void): Promise<void> {
  let done = 0;
  for (const item of items) {
    use(item);
    if (++done % slice === 0) await turn();
  }
}

/** The folder that a path is in; empty at the top. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Whether a path is one of some paths, or in one of them at any depth. */
function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  for (let slash = path.length; slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    if (folders.has(path.slice(0, slash))) return true;
  }
  return folders.has('');
}
