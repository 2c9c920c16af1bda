import type * as vscode from 'vscode';

/**
 * Whether a document is the file with the user's settings. VS Code opens it under a scheme of its own, and some builds of it, as code-server, as the
 * file that it is.
 * @param globalStorage the extension's folder (`ExtensionContext.globalStorageUri`), which lies two levels below the folder of that file
 */
export function isUserSettings({ uri }: Pick<vscode.TextDocument, 'uri'>, globalStorage: vscode.Uri): boolean {
  if (!uri.path.endsWith('/settings.json')) return false;
  return (
    uri.scheme === 'vscode-userdata' ||
    (uri.scheme === globalStorage.scheme &&
      uri.path === `${globalStorage.path.split('/').slice(0, -2).join('/')}/settings.json`)
  );
}
