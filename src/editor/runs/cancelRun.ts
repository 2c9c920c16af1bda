import * as vscode from 'vscode';
import { pickRun } from './pickRun.ts';
import type { RunServices } from './runServices.ts';

/** `Cancel Run`: does what Cancel in the progress notification does, which may have been closed. */
export async function cancelRun(services: RunServices, argument?: unknown): Promise<void> {
  const entry = await pickRun(
    services,
    argument,
    vscode.l10n.t('Cancel Run'),
    ({ state }) => state === 'running',
    vscode.l10n.t('No run is in progress.'),
  );
  if (!entry) return;
  const run = services.runs.active.find(({ id }) => id === entry.id);
  if (!run) throw new Error(vscode.l10n.t('This run belongs to another window. Cancel it there.'));
  run.cancel();
}
