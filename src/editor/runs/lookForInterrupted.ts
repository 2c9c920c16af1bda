import type * as vscode from 'vscode';
import { journalsPath } from './journalsPath.ts';
import { listJournals } from '../../runs/journal/journalFiles.ts';
import type { RunServices } from './runServices.ts';

/**
 * Looks for runs that came to no end, at the start of the window. One look at a folder where there is none; only where there is one, what
 * can go on with it is loaded.
 * @throws Error when the folder cannot be read; LoadError
 */
export async function lookForInterrupted(
  globalStorage: vscode.Uri,
  services: () => Promise<RunServices>,
): Promise<void> {
  if (!(await listJournals(journalsPath(globalStorage))).some(({ open }) => open)) return;
  const { offerInterrupted } = await import('./offerInterrupted.ts');
  await offerInterrupted(await services());
}
