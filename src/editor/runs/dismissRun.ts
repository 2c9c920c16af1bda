import * as vscode from 'vscode';
import { tallyOf } from '../../text/recordReport.ts';
import { inSlices } from '../../async/inSlices.ts';
import { Journal } from '../../runs/journal/journal.ts';
import type { JournalRecord } from '../../runs/journal/journalRecord.ts';
import type { Outcome } from '../../runs/outcome/outcome.ts';
import { canResume } from '../../runs/resume.ts';
import { pickRun } from './pickRun.ts';
import type { RunServices } from './runServices.ts';

/** `Let Interrupted Run Be`: ends an interrupted run, whose tags that are left stay on Docker Hub. It is not offered any more. */
export async function dismissRun(services: RunServices, argument?: unknown): Promise<void> {
  const entry = await pickRun(
    services,
    argument,
    vscode.l10n.t('Dismiss Interrupted Run'),
    ({ state }) => state === 'interrupted',
    vscode.l10n.t('There is no interrupted run.'),
  );
  if (entry) await endInterrupted(services, entry.id);
}

/** How the repository stands, in a run that deletes a whole one. */
function repositoryKind({ policy, wholeRepository }: JournalRecord): Outcome['kind'] | undefined {
  if (policy.kind !== 'repository') return undefined;
  return wholeRepository ? (wholeRepository.outcome?.kind ?? 'uncertain') : 'notReached';
}

/** Ends an interrupted run, and writes down that the user wants no more of what is left of it. @throws Error when another window goes on with it */
export async function endInterrupted({ runs, connections }: RunServices, id: string): Promise<void> {
  await runs.claims.withRun(id, async () => {
    const record = await runs.journals.read(id);
    const file = await runs.journals.append(id);
    let ended = false;
    try {
      // Its window may have died between its last line and its last name.
      if (!record.ended) {
        await new Journal(file, connections.clock).end(
          (await inSlices(tallyOf(record))).counts,
          canResume(record),
          repositoryKind(record),
        );
      }
      ended = true;
    } finally {
      await file.close(ended);
    }
  });
}
