import * as vscode from 'vscode';
import type { RunEntry } from '../../prune/runEntry.ts';
import { runItem } from './runItem.ts';
import type { RunServices } from './runServices.ts';

/**
 * The run that a command is for: the one that its argument names, or one that is picked.
 * @param fits which runs the command is for
 * @param none what to say where there is none
 * @returns `undefined` when none was picked
 * @throws Error when the run that is named is not there, or not one that the command is for; JournalError when that is because it cannot be read
 */
export async function pickRun(
  services: RunServices,
  argument: unknown,
  title: string,
  fits: (entry: RunEntry) => boolean,
  none: string,
): Promise<RunEntry | undefined> {
  if (argument !== undefined) {
    const entry = await services.runs.find(argument);
    if (!entry) throw new Error(vscode.l10n.t('This run no longer exists.'));
    if (!fits(entry)) throw entry.state === 'unreadable' ? entry.error : new Error(none);
    return entry;
  }
  const entries = (await services.runs.entries()).filter(fits);
  if (entries.length === 0) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  const items = entries.map((entry) => {
    const { label, description } = runItem(entry, Date.now());
    return { label: label as string, description: description as string, entry };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Select a run'),
    matchOnDescription: true,
  });
  return picked?.entry;
}
