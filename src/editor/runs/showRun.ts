import * as vscode from 'vscode';
import { recordLines, tallyOf } from '../../text/recordReport.ts';
import { inSlices } from '../../async/inSlices.ts';
import { pickRun } from './pickRun.ts';
import type { RunServices } from './runServices.ts';

/** `Show Run`: the report of a run, out of its journal. */
export async function showRun(services: RunServices, argument?: unknown): Promise<void> {
  const entry = await pickRun(
    services,
    argument,
    vscode.l10n.t('Show Run'),
    () => true,
    vscode.l10n.t('There are no runs yet. Each prune adds one.'),
  );
  if (!entry) return;
  const record = await services.runs.journals.read(entry.id);
  const tally = await inSlices(tallyOf(record));
  await services.documents.show(
    vscode.l10n.t('Run report.txt'),
    recordLines(record, tally),
    vscode.l10n.t('"Export Run…" writes every tag of it into a file.'),
  );
}
