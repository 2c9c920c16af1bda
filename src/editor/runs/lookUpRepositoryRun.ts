import * as vscode from 'vscode';
import { repositoryRecordText } from '../../text/repositoryRunText.ts';
import { StorageError } from '../../runs/storageError.ts';
import type { Account } from '../../hub/wire/account.ts';
import { inSlices } from '../../async/inSlices.ts';
import { Journal } from '../../runs/journal/journal.ts';
import { recordedTags, type JournalRecord } from '../../runs/journal/journalRecord.ts';
import type { Outcome } from '../../runs/outcome/outcome.ts';
import { lookUpDeletion } from '../../runs/run/repositoryDeletion.ts';
import { Tally } from '../../runs/outcome/tally.ts';
import { eachSliced } from '../../async/sliced.ts';
import { showRepositoryOutcome } from './showRepositoryOutcome.ts';
import type { RunServices } from './runServices.ts';

/**
 * What `Resume Interrupted Run…` does with the deletion of a whole repository: looks up whether it is gone, and sends nothing more. Whoever wants
 * it deleted that is still there runs `Delete Repository…` again, which asks again.
 */
export async function lookUpRepositoryRun(
  services: RunServices,
  account: Account,
  { id, plans }: JournalRecord,
): Promise<void> {
  const { connections, runs } = services;
  const { repository } = plans[0]!;
  const client = connections.client(account);
  const found = await runs.claims.withRepositories(
    account,
    [repository],
    async (lost) => {
      // Another window may have looked meanwhile.
      const record = await runs.journals.read(id);
      if (!isOpenDeletion(record)) throw new Error(vscode.l10n.t('The outcome for this repository is already known.'));
      const outcome = await vscode.window.withProgress({ location: { viewId: 'dockerHubPruner.runs' } }, () =>
        lookUpDeletion(record, { remover: client, admission: { lane: 'foreground' }, now: connections.clock.now() }),
      );
      if (lost.aborted) {
        throw new Error(
          vscode.l10n.t(
            'Another window took over this run while this one was suspended. Check the Runs view, then try again.',
          ),
        );
      }
      await takeDown(services, record, outcome);
      return { outcome, record: await runs.journals.read(id) };
    },
    id,
  );
  const node = services.model.findRepository(account, repository);
  if (node) services.model.refresh(services.model.parent(node));
  const isThere = found.outcome.kind === 'uncertain';
  const text = [
    repositoryRecordText(found.record),
    ...(isThere
      ? [
          vscode.l10n.t(
            'Docker Hub still lists it. If the request was received, the repository will be gone within the hour; otherwise, delete it again.',
          ),
        ]
      : []),
  ];
  void showRepositoryOutcome(id, found.outcome, text.join(' '));
}

/** Whether a look-up may still tell what became of a repository. */
function isOpenDeletion({ ended, wholeRepository, plans }: JournalRecord): boolean {
  if (!ended) return true;
  // A repository into which tags were restored is there again, and tells nothing.
  for (const { restored } of recordedTags({ plans })) if (restored) return false;
  return wholeRepository !== undefined && (wholeRepository.outcome?.kind ?? 'uncertain') === 'uncertain';
}

async function takeDown(
  { runs, connections }: RunServices,
  { id, plans }: JournalRecord,
  outcome: Outcome,
): Promise<void> {
  const tally = new Tally();
  await inSlices(
    eachSliced(recordedTags({ plans }), ({ repository, tag }) =>
      tally.add({ type: 'outcome', repository, tag, outcome }),
    ),
  );
  let file;
  let ended = false;
  try {
    file = await runs.journals.reopen(id);
    const journal = new Journal(file, connections.clock);
    await journal.resume(0, false);
    journal.repositoryOutcome(plans[0]!.repository, outcome);
    await journal.end(tally.counts, false, outcome.kind);
    ended = true;
  } catch (error) {
    throw new StorageError(error);
  } finally {
    await file?.close(ended);
  }
}
