import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { JournalError } from './journalLine.ts';
import { readJournal, type JournalRecord } from './journalRecord.ts';
import type { JournalSink } from './journalSink.ts';

/** A journal as its file name tells of it. */
export interface JournalFile {
  /** Sorts by the instant at which the run was begun. */
  readonly id: string;
  /** Whether the run has not come to an end: it goes on right now, or was interrupted. */
  readonly open: boolean;
}

/** A journal that is being written. */
export interface OpenJournal extends JournalSink {
  readonly id: string;
  /** Closes the file; with `ended` it is kept as that of a run that came to its end. */
  close(ended: boolean): Promise<void>;
  /** Removes the file: nothing of what it announces was done. */
  discard(): Promise<void>;
}

const openEnd = '.open.jsonl';
const endedEnd = '.jsonl';

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

  /** The journals there are, newest first; one look at the folder. None where it is not there. @throws Error when it cannot be read */
  async list(): Promise<JournalFile[]> {
    let names: string[];
    try {
      names = await readdir(this.#path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    return names
      .filter((name) => name.endsWith(endedEnd))
      .map((name) => ({ id: name.slice(0, name.indexOf('.')), open: name.endsWith(openEnd) }))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** Begins a journal; see `newRunId`. @throws Error when it cannot be written */
  async create(id: string): Promise<OpenJournal> {
    await mkdir(this.#path, { recursive: true });
    const file = await open(this.#pathOf({ id, open: true }), 'ax');
    // The name of the file has to outlast a power cut as well.
    await syncFolder(this.#path);
    return this.#writing(id, file);
  }

  /** Opens a journal to go on with it. @throws JournalError `missing`; Error when it cannot be written */
  async reopen(id: string): Promise<OpenJournal> {
    const found = await this.#find(id);
    const path = this.#pathOf({ id, open: true });
    if (!found.open) await rename(this.#pathOf(found), path);
    return this.#writing(id, await openAtLineStart(path));
  }

  /** Opens a journal to add to it what does not concern its run any more. @throws JournalError `missing`; Error when it cannot be written */
  async append(id: string): Promise<OpenJournal> {
    const found = await this.#find(id);
    return this.#writing(id, await openAtLineStart(this.#pathOf(found)), found.open);
  }

  /** Reads a journal. @throws JournalError */
  async read(id: string): Promise<JournalRecord> {
    const stream = createReadStream(this.#pathOf(await this.#find(id)), { encoding: 'utf8', highWaterMark: 256 * 1024 });
    // A read error reaches the loop only through the stream itself.
    const failed = new Promise<never>((_, reject) => stream.once('error', reject));
    failed.catch(() => undefined);
    return Promise.race([readJournal(createInterface({ input: stream, crlfDelay: Infinity })), failed]);
  }

  /** Removes a journal. */
  async remove(id: string): Promise<void> {
    for (const open of [true, false]) await rm(this.#pathOf({ id, open }), { force: true });
  }

  /** Removes ended journals but the newest `keep`. */
  async trim(keep: number): Promise<void> {
    const ended = (await this.list()).filter((file) => !file.open);
    for (const file of ended.slice(keep)) await rm(this.#pathOf(file), { force: true });
  }

  async #find(id: string): Promise<JournalFile> {
    const found = (await this.list()).find((file) => file.id === id);
    if (!found) throw new JournalError('missing', 'The journal is not there any more.');
    return found;
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

  #pathOf({ id, open }: JournalFile): string {
    return join(this.#path, `${id}${open ? openEnd : endedEnd}`);
  }
}

/** Opens a file to append to it, behind a line end: its last line may be torn. */
async function openAtLineStart(path: string): Promise<FileHandle> {
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const { buffer } = size === 0 ? { buffer: Buffer.from('\n') } : await file.read({ buffer: Buffer.alloc(1), position: size - 1 });
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
    if (!['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
