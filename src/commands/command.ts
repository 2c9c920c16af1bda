import * as vscode from 'vscode';
import { errorText, type Remedy } from '../host/errorText.ts';
import type { Services } from './services.ts';

/** What a command does; its arguments come from anywhere and are to be looked up in the model (invariant 1). */
export type CommandAction = (services: Services, ...args: unknown[]) => Promise<void> | void;

/**
 * Registers a command. This one wrapper gives all of them their error messages, with buttons for what helps, and their log lines;
 * a cancelled command ends in silence.
 */
export function registerCommand(services: Services, id: string, action: CommandAction): vscode.Disposable {
  const runCommand = async (...args: unknown[]): Promise<void> => {
    try {
      await action(services, ...args);
    } catch (error) {
      if (isCancellation(error)) return;
      services.log.error(`${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      // Not awaited: a command is over when its message stands, not when somebody has read it.
      void showError(services, error, () => runCommand(...args));
    }
  };
  return vscode.commands.registerCommand(id, runCommand);
}

function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');
}

async function showError(services: Services, error: unknown, retry: () => Promise<void>): Promise<void> {
  const { message, remedies } = errorText(error);
  const titles = new Map(remedies.map((remedy) => [remedyTitle(remedy), remedy]));
  const picked = await vscode.window.showErrorMessage(message, ...titles.keys());
  switch (picked === undefined ? undefined : titles.get(picked)) {
    case 'signIn':
      return vscode.commands.executeCommand('dockerHubPruner.signIn');
    case 'retry':
      return retry();
    case 'openSettings':
      return vscode.commands.executeCommand('workbench.action.openSettings', 'dockerHubPruner');
    case 'openDockerHub':
      await vscode.env.openExternal(vscode.Uri.parse('https://hub.docker.com'));
      return;
    case 'showLog':
      services.log.show();
      return;
    case undefined:
  }
}

function remedyTitle(remedy: Remedy): string {
  switch (remedy) {
    case 'signIn':
      return vscode.l10n.t('Sign In');
    case 'retry':
      return vscode.l10n.t('Retry');
    case 'openSettings':
      return vscode.l10n.t('Open Settings');
    case 'openDockerHub':
      return vscode.l10n.t('Open Docker Hub');
    case 'showLog':
      return vscode.l10n.t('Show Log');
  }
}
