import { randomUUID } from 'node:crypto';
import type { FolderToList, ListedPart } from '../files/listFolder.ts';
import type { ReadOutcome } from './readDiskFiles.ts';
import type { ReaderThread } from './readerThread.ts';
import type { FileSource } from './folderScan.ts';

/** The files of a folder on this machine, which the thread lists and reads itself: of their bytes nothing comes here. */
export class DiskFolder implements FileSource {
  readonly batch = 50;
  readonly #reader: ReaderThread;
  readonly #folder: () => FolderToList;

  /** @param folder is asked for each list */
  constructor(reader: ReaderThread, folder: () => FolderToList) {
    this.#reader = reader;
    this.#folder = folder;
  }

  /** @throws ReaderError */
  async *list(signal: AbortSignal): AsyncGenerator<ListedPart, void> {
    const list = randomUUID();
    let part = await this.#reader.read({ kind: 'list', list, folder: this.#folder() });
    while (!part.isLast) {
      yield part;
      signal.throwIfAborted();
      part = await this.#reader.read({ kind: 'list', list });
    }
    yield part;
  }

  /** @throws ReaderError */
  read(
    paths: readonly string[],
    environments: readonly string[],
    namespaces: readonly string[],
  ): Promise<readonly ReadOutcome[]> {
    return this.#reader.read({ kind: 'files', root: this.#folder().root, paths, environments, namespaces });
  }
}
