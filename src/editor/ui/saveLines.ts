import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { bytesOf, piecesOf } from '../../text/exportPieces.ts';
import { inSlices } from '../../async/inSlices.ts';
import { withDelayedProgress } from './withDelayedProgress.ts';

/**
 * Asks for a file and writes lines of text into it, however many they are.
 * @param name of the file, to begin with
 * @throws Error when it cannot be written; an AbortError when it is cancelled
 */
export async function saveLines(title: string, name: string, lines: Iterable<string>): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const target = await vscode.window.showSaveDialog({ title, defaultUri: vscode.Uri.joinPath(folder, name) });
  if (!target) return;
  await withDelayedProgress(vscode.l10n.t('Writing {0}', name), async (signal) =>
    vscode.workspace.fs.writeFile(target, await inSlices(bytesOf(piecesOf(lines)), signal)),
  );
}
