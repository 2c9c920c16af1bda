import { inSlices } from '../async/inSlices.ts';
import type { Clock } from '../async/clock.ts';
import { eachSliced } from '../async/sliced.ts';
import type { Batch } from '../retention/plan/batch.ts';
import type { RunEvent } from '../runs/outcome/runEvent.ts';
import { Tally } from '../runs/outcome/tally.ts';
import { run } from '../runs/run/run.ts';
import type { TagRemover } from '../runs/run/tagRemover.ts';
import type { BegunJournal } from './beginJournal.ts';

/** How a shell accompanies a run. */
export interface RunWatch {
  /** Cancels the run: no DELETE is sent after it, those in flight are awaited (invariant 8). */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/** What executes runs. */
export interface ExecutionPorts {
  readonly remover: TagRemover;
  readonly clock: Clock;
  /** The end of the run can't be written down; its journal stays that of an interrupted run. */
  readonly onUnrecorded: (error: unknown) => void;
  /** Shows the run of a batch while `execute` goes on; not called where nothing is left to delete. */
  readonly whileRunning: (batch: Batch, execute: (watch: RunWatch) => Promise<void>) => PromiseLike<void>;
}

/** A run whose journal has begun and whose repositories are claimed. */
export interface ExecutableRun extends BegunJournal {
  readonly batch: Batch;
  /** Aborted when another process has taken the claims away. */
  readonly lost: AbortSignal;
  /** How tags of the run ended before, which the account includes; none of them is in the batch. */
  readonly settled?: Iterable<RunEvent>;
}

/** Executes a run to its end and closes its journal. @returns what became of every planned tag (invariant 6) */
export async function executeRun(
  { batch, journal, file, lost, settled = [] }: ExecutableRun,
  { remover, clock, onUnrecorded, whileRunning }: ExecutionPorts,
): Promise<Tally> {
  const tally = new Tally();
  let ended = false;
  try {
    if (batch.total > 0) {
      await whileRunning(batch, async ({ signal, onEvent }) => {
        const parts = { remover, clock, journal, signal: AbortSignal.any([signal, lost]) };
        for await (const event of run(batch, parts)) {
          tally.add(event);
          onEvent(event);
        }
      });
    }
    await inSlices(eachSliced(settled, (event) => tally.add(event)));
    // The journal of a run that was taken over is another process's.
    if (!lost.aborted) {
      await record(async () => {
        await journal.end(tally.counts);
        ended = true;
      });
    }
  } finally {
    await record(() => file.close(ended));
  }
  return tally;

  async function record(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      onUnrecorded(error);
    }
  }
}
