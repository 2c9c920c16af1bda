import type { Account } from '../hub/wire/account.ts';
import type { Batch } from '../retention/plan/batch.ts';
import type { StillDeletable } from '../retention/recheck/stillDeletable.ts';
import type { RunHead } from '../runs/journal/journal.ts';
import { newRunId } from '../runs/journal/journalFolder.ts';
import type { RunPolicy } from '../runs/journal/journalLine.ts';
import type { RunEvent } from '../runs/outcome/runEvent.ts';
import type { Tally } from '../runs/outcome/tally.ts';
import { StorageError } from '../runs/storageError.ts';
import { beginJournal, type BegunJournal, type JournalPorts } from './beginJournal.ts';
import { affectedRepositories } from './checkConfirmed.ts';
import { executeRun, type ExecutionPorts, type RunWatch } from './executeRun.ts';
import type { RunClaims } from './runClaims.ts';

/** A run that a person, or the one who wrote a command, has confirmed. */
export interface ConfirmedRun {
  readonly account: Account;
  readonly batch: Batch;
  readonly policy: RunPolicy;
  /** See `RunHead`. */
  readonly sourceOf?: RunHead['sourceOf'];
  /**
   * Checks what was confirmed once nobody else works on the repositories, right before the run begins.
   * @returns what of the batch may still be deleted
   * @throws what must keep the run from beginning
   */
  readonly check: () => Promise<StillDeletable>;
}

/** What executes confirmed runs; `whileRunning` gets the run's id. */
export interface ConfirmedPorts extends JournalPorts, Omit<ExecutionPorts, 'whileRunning'> {
  readonly claims: Pick<RunClaims, 'withRepositories'>;
  readonly whileRunning: (
    id: string,
    batch: Batch,
    execute: (watch: RunWatch) => Promise<void>,
  ) => ReturnType<ExecutionPorts['whileRunning']>;
}

/** A run that has come to its end. */
export interface ExecutedRun {
  readonly id: string;
  /** What became of every planned tag. */
  readonly tally: Tally;
}

/**
 * Executes a confirmed batch with a journal of its own, as far as a last check leaves it, and accounts for every planned tag (invariants 1 and 6).
 * @throws TakenError when something else works on a repository; StorageError when that can't be known or the journal can't be written; what `check`
 *   throws. In all of these cases nothing was deleted.
 */
export async function executeConfirmed(
  { account, batch, policy, sourceOf, check }: ConfirmedRun,
  ports: ConfirmedPorts,
): Promise<ExecutedRun> {
  const id = newRunId(ports.clock.now());
  const tally = await ports.claims.withRepositories(
    account,
    affectedRepositories(batch),
    async (lost) => {
      const { batch: checked, moved } = await check();
      // Everything that was confirmed is written down, so that what was pushed again meanwhile is accounted for as well.
      const begun = await beginJournal({ id, account, policy, ...(sourceOf && { sourceOf }) }, batch, ports);
      const settled = moved.map(({ repository, tag, reason }): RunEvent => ({
        type: 'outcome',
        repository,
        tag,
        outcome: { kind: 'spared', ...(reason && { reason }) },
      }));
      await noteSettled(begun, settled);
      return executeRun(
        { ...begun, batch: checked, lost, settled },
        { ...ports, whileRunning: (...run) => ports.whileRunning(id, ...run) },
      );
    },
    id,
  );
  return { id, tally };
}

/** Writes down how tags ended before a run begins. @throws StorageError when the journal can't be written */
async function noteSettled({ journal, file }: BegunJournal, settled: readonly RunEvent[]): Promise<void> {
  try {
    await journal.noteAll(settled);
  } catch (error) {
    await file.close(false).catch(() => undefined);
    throw new StorageError(error);
  }
}
