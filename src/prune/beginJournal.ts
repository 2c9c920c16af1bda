import type { Clock } from '../async/clock.ts';
import type { Batch } from '../retention/plan/batch.ts';
import { Journal, type RunHead } from '../runs/journal/journal.ts';
import type { JournalFolder, OpenJournal } from '../runs/journal/journalFolder.ts';
import { StorageError } from '../runs/storageError.ts';

/** A journal that is being written, and its file. */
export interface BegunJournal {
  readonly file: OpenJournal;
  readonly journal: Journal;
}

/** What it takes to begin a journal. */
export interface JournalPorts {
  readonly journals: JournalFolder;
  readonly clock: Clock;
  /** How many ended runs are kept, this one included; at least 1. */
  readonly keepRuns: number;
  /** Shows that the plans are being written, for as long as that takes; gives a signal that cancels it. By default nothing is shown. */
  readonly whileWriting?: <T>(write: (signal?: AbortSignal) => Promise<T>) => Promise<T>;
}

/**
 * Begins the journal of a run: first room is made for it, then all that is to be deleted is written down (invariant 5).
 * @throws StorageError when it can't be written, so that the run must not begin; the signal's reason when it is cancelled
 */
export async function beginJournal(
  head: RunHead,
  batch: Batch,
  { journals, clock, keepRuns, whileWriting = (write) => write() }: JournalPorts,
): Promise<BegunJournal> {
  let file: OpenJournal | undefined;
  let cancelled: AbortSignal | undefined;
  try {
    await journals.trim(keepRuns - 1);
    file = await journals.create(head.id);
    const journal = new Journal(file, clock);
    await whileWriting((signal) => {
      cancelled = signal;
      return journal.begin(head, batch, signal);
    });
    return { file, journal };
  } catch (error) {
    await file?.discard().catch(() => undefined);
    cancelled?.throwIfAborted();
    throw new StorageError(error);
  }
}
