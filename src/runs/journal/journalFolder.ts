import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { journalFileName, listJournals, type JournalFile } from './journalFiles.ts';
import { JournalError } from './journalLine.ts';
import { readJournal } from './journalReader.ts';
import type { JournalRecord } from './journalRecord.ts';
import type { JournalSink } from './journalSink.ts';
import { readSummary, type JournalSummary } from './journalSummary.ts';
import { splitLines } from './splitLines.ts';

/** A journal that is being written. */
export interface OpenJournal extends JournalSink {
  readonly id: string;
  /** Closes the file; with `ended` it is kept as that of a run that came to its end. */
  close(ended: boolean): Promise<void>;
  /** Removes the file: nothing of what it announces was done. */
  discard(): Promise<void>;
}

/** Bytes of a journal that are read at once: as much as is made sense of in a few ms. */
const readAtOnce = 64 * 1024;
/** So often a journal is looked for that gets its other name at the very moment. */
const maxLooks = 3;

/** An id for a run that is begun at the instant `now` (ms since the epoch). */
export function newRunId(now: number): string {
  return `${new Date(now).toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`;
}

/** The journals of all runs on this machine, a file each. Only who holds the run's claim (see `Claims`) may write one. */
export class JournalFolder {
  readonly #path: string;

  /** @param path is made when the first journal is written */
  constructor(path: string) {
    this.#path = path;
  }

  /** The journals there are, see `listJournals`. @throws Error when the folder cannot be read */
  list(): Promise<JournalFile[]> {
    return listJournals(this.#path);
  }

  /** Begins a journal; see `newRunId`. @throws Error when it cannot be written, or for another kind of id */
  async create(id: string): Promise<OpenJournal> {
    const path = this.#pathOf({ id, open: true });
    const made = await mkdir(this.#path, { recursive: true });
    const file = await open(path, 'ax');
    try {
      // The name of the file has to outlast a power cut as well, and so have those of the folders above it.
      await syncFolder(this.#path);
      for (let folder = this.#path; made !== undefined && folder.startsWith(made); folder = dirname(folder)) {
        await syncFolder(dirname(folder));
      }
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    return this.#writing(id, file);
  }

  /** Opens a journal to go on with it. @throws JournalError `missing`; Error when it cannot be written */
  async reopen(id: string): Promise<OpenJournal> {
    return this.#found(id, async (found) => {
      const path = this.#pathOf({ id, open: true });
      if (!found.open) {
        await rename(this.#pathOf(found), path);
        await syncFolder(this.#path);
      }
      return this.#writing(id, await openAtLineStart(path));
    });
  }

  /** Opens a journal to add to it what does not concern its run any more. @throws JournalError `missing`; Error when it cannot be written */
  async append(id: string): Promise<OpenJournal> {
    return this.#found(id, async (found) => this.#writing(id, await openAtLineStart(this.#pathOf(found)), found.open));
  }

  /** Reads a journal. @throws JournalError; Error when the file cannot be read */
  async read(id: string): Promise<JournalRecord> {
    await using file = await this.#openToRead(id);
    const text = file.createReadStream({
      autoClose: false,
      encoding: 'utf8',
      highWaterMark: readAtOnce,
    }) as AsyncIterable<string>;
    return await readJournal(splitLines(text));
  }

  /** Sums a journal up without reading all of it, see `readSummary`. @throws JournalError; Error when the file cannot be read */
  async summary(id: string): Promise<JournalSummary> {
    await using file = await this.#openToRead(id);
    return await readSummary(file);
  }

  /** Removes a journal, if it is there. @throws Error when it cannot be removed */
  async remove(id: string): Promise<void> {
    for (const open of [true, false]) await rm(this.#pathOf({ id, open }), { force: true });
  }

  /** Removes ended journals but the newest `keep`. @throws RangeError when that is not an integer of at least 0 */
  async trim(keep: number): Promise<void> {
    if (!Number.isSafeInteger(keep) || keep < 0) {
      throw new RangeError(`The number of journals to keep must be 0 or a positive integer, not ${keep}.`);
    }
    const ended = (await this.list()).filter((file) => !file.open);
    for (const file of ended.slice(keep)) await rm(this.#pathOf(file), { force: true });
  }

  #openToRead(id: string): Promise<FileHandle> {
    return this.#found(id, (found) => open(this.#pathOf(found), 'r'));
  }

  /** Does something with the file of a journal, once more where that got its other name meanwhile. @throws JournalError `missing` */
  async #found<T>(id: string, use: (file: JournalFile) => Promise<T>): Promise<T> {
    for (let looks = 1; ; looks++) {
      const found = looks > maxLooks ? undefined : (await this.list()).find((file) => file.id === id);
      if (!found) throw new JournalError('missing', 'The journal is not there any more.');
      try {
        return await use(found);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }

  #writing(id: string, file: FileHandle, stillOpen = true): OpenJournal {
    return {
      id,
      async append(text) {
        await file.appendFile(text);
        await file.datasync();
      },
      close: async (ended) => {
        await file.close();
        if (!ended || !stillOpen) return;
        await rename(this.#pathOf({ id, open: true }), this.#pathOf({ id, open: false }));
        await syncFolder(this.#path);
      },
      discard: async () => {
        await file.close();
        await this.remove(id);
      },
    };
  }

  #pathOf(file: JournalFile): string {
    return join(this.#path, journalFileName(file));
  }
}

/** Opens a file to append to it, behind a line end: its last line may be torn. */
async function openAtLineStart(path: string): Promise<FileHandle> {
  // Not 'a+', which would begin a journal anew that was removed at the very moment.
  const file = await open(path, constants.O_RDWR | constants.O_APPEND);
  try {
    const { size } = await file.stat();
    const { buffer } =
      size === 0 ? { buffer: Buffer.from('\n') } : await file.read({ buffer: Buffer.alloc(1), position: size - 1 });
    if (buffer.toString() !== '\n') await file.appendFile('\n');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Not every system lets a folder be flushed; where it does not, the names in it are as safe as it makes them. */
async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, 'r');
    await folder.sync();
  } catch (error) {
    if (
      !['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')
    ) {
      throw error;
    }
  }
}
