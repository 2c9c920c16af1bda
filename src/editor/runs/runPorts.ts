import * as vscode from 'vscode';
import type { Account } from '../../hub/wire/account.ts';
import type { JournalPorts } from '../../prune/beginJournal.ts';
import type { ConfirmedPorts } from '../../prune/executeConfirmed.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { withDelayedProgress } from '../ui/withDelayedProgress.ts';
import { logRunEvent } from './logRunEvent.ts';
import { showRunProgress } from './runProgress.ts';
import type { RunServices } from './runServices.ts';

/** What the editor executes runs with: a progress notification and the log. @param place "acme/web": what the run is about */
export function runPorts(
  services: Pick<RunServices, 'runs' | 'connections' | 'log'>,
  account: Account,
  place: string,
): Omit<ConfirmedPorts, 'claims' | 'keepRuns'> {
  const { runs, connections, log } = services;
  const remover = connections.client(account);
  return {
    ...journalPorts(services, place),
    remover,
    onUnrecorded: (error) => logUnrecorded(log, error),
    whileRunning: (id, batch, execute) =>
      runs.track({ id, account, place }, (cancelled) =>
        showRunProgress({ batch, remover, clock: connections.clock, signal: cancelled }, ({ signal, onEvent }) =>
          execute({
            signal,
            onEvent: (event) => {
              onEvent(event);
              logRunEvent(log, event);
            },
          }),
        ),
      ),
  };
}

/** What the editor begins journals with. @param place "acme/web": what the run is about */
export function journalPorts(
  { runs, connections }: Pick<RunServices, 'runs' | 'connections'>,
  place: string,
): Omit<JournalPorts, 'keepRuns'> {
  return {
    journals: runs.journals,
    clock: connections.clock,
    whileWriting: (write) =>
      withDelayedProgress(vscode.l10n.t('Recording what will be deleted in {0}', place), (signal) => write(signal)),
  };
}

/** Records the end of a run. Where that fails, its journal stays that of an interrupted run, and the summary says what it came to all the same. */
export async function recordOrLog({ log }: Pick<RunServices, 'log'>, record: () => Promise<void>): Promise<void> {
  try {
    await record();
  } catch (error) {
    logUnrecorded(log, error);
  }
}

function logUnrecorded(log: RunServices['log'], error: unknown): void {
  log.error(`The end of the run could not be recorded: ${String(error)}`);
}

/** Reads the rows of the repositories of a batch or a recorded run again. */
export function refreshRows(
  { model }: RunServices,
  account: Account,
  { plans }: { readonly plans: readonly { readonly repository: RepositoryName }[] },
): void {
  for (const { repository } of plans) {
    const node = model.findRepository(account, repository);
    if (node) model.refresh(node);
  }
}
