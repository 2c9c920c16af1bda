import * as vscode from 'vscode';

/** Where the journals of this machine's runs are, below the extension's global storage. */
export function journalsPath(globalStorage: vscode.Uri): string {
  return vscode.Uri.joinPath(globalStorage, 'runs').fsPath;
}
