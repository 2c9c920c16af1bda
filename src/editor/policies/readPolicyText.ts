import * as vscode from 'vscode';
import { longestJson } from '../../policies/jsonText.ts';
import type { UnreadFile } from '../../policies/unreadFile.ts';

const maxTries = 3;

/**
 * Reads a file of a workspace through VS Code, so that it may be anywhere, as UTF-8 with or without a byte order mark. One that is written meanwhile
 * is read again.
 * @returns its text; `undefined` where there is none
 */
export async function readPolicyText(
  uri: vscode.Uri,
): Promise<{ readonly text: string } | { readonly unread: UnreadFile } | undefined> {
  const { fs } = vscode.workspace;
  try {
    let before = await fs.stat(uri);
    for (let tries = 0; tries < maxTries; tries++) {
      if ((before.type & vscode.FileType.File) === 0) return { unread: 'notFile' };
      // Not read at all: it may be anything.
      if (before.size > longestJson) return { unread: 'tooLarge' };
      const bytes = await fs.readFile(uri);
      const after = await fs.stat(uri);
      if (after.mtime === before.mtime && after.size === before.size) return decode(bytes);
      before = after;
    }
    return { unread: 'unsettled' };
  } catch (error) {
    return error instanceof vscode.FileSystemError && error.code === 'FileNotFound'
      ? undefined
      : { unread: 'unreadable' };
  }
}

function decode(bytes: Uint8Array): { readonly text: string } | { readonly unread: UnreadFile } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { unread: 'notUtf8' };
  }
}
