import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';

/**
 * The bytes of a file of the workspace, wherever that is; what lies on this machine is read directly, since each call of VS Code's own takes a
 * round trip to its window.
 * @returns `tooLarge` when it has more than `most` bytes, `gone` when there is no such file
 * @throws where it cannot be read
 */
export async function readBoundedFile(uri: vscode.Uri, most: number): Promise<Uint8Array | 'tooLarge' | 'gone'> {
  const isLocal = uri.scheme === 'file';
  try {
    const { size } = await (isLocal ? stat(uri.fsPath) : vscode.workspace.fs.stat(uri));
    if (size > most) return 'tooLarge';
    return await (isLocal ? readFile(uri.fsPath) : vscode.workspace.fs.readFile(uri));
  } catch (error) {
    const isGone = error instanceof vscode.FileSystemError ? error.code === 'FileNotFound' : (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isGone) return 'gone';
    throw error;
  }
}
