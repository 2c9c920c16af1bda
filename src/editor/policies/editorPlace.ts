import * as vscode from 'vscode';
import type { FileAddress, FileRange } from '../../policies/policySources.ts';

/** A file's address as VS Code takes it. */
export function editorUri(address: FileAddress): vscode.Uri {
  return address instanceof vscode.Uri ? address : vscode.Uri.parse(address.toString(), true);
}

/** A place in a file as VS Code takes it. */
export function editorRange({ start, end }: FileRange): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
