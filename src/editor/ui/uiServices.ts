import type * as vscode from 'vscode';
import type { TextDocuments } from './textDocuments.ts';

/** What every feature may show things with. */
export interface UiServices {
  readonly documents: TextDocuments;
  readonly log: vscode.LogOutputChannel;
}
