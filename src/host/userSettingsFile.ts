import type * as vscode from 'vscode';

type Document = Pick<vscode.TextDocument, 'uri' | 'getText'>;

/** Whether a document is the file with the user's settings, as VS Code opens it. */
export function isUserSettings({ uri }: Pick<Document, 'uri'>): boolean {
  return uri.scheme === 'vscode-userdata' && uri.path.endsWith('/settings.json');
}

/** Whether a document is the file with the user's settings, and policies may stand in it. */
export function userSettingsNamePolicies(document: Document): boolean {
  return isUserSettings(document) && document.getText().includes('dockerHubPruner.policies');
}
