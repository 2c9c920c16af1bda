import * as vscode from 'vscode';
import type { ErrorText, Remedy } from '../text/errorText.ts';
import { LoadError } from '../text/loadError.ts';
import type { PolicySourcesError } from '../policies/policySourcesError.ts';
import type { PanelServices } from './planPanel/panelServices.ts';

/** What a command does; its arguments come from anywhere and are to be looked up in the model (invariant 1). */
export type CommandAction = (services: PanelServices, ...args: unknown[]) => Promise<void> | void;

/** What the wrapper of all commands works with. */
export interface CommandHost {
  /** Loads what commands work with, at the first call. @throws LoadError */
  readonly services: () => Promise<PanelServices>;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Registers a command. This one wrapper gives all of them their error messages, with buttons for what helps, and their log lines;
 * a cancelled command ends in silence.
 * @param load gives what the command does; called when it runs, so that no code is loaded before
 */
export function registerCommand(host: CommandHost, id: string, load: () => Promise<CommandAction>): vscode.Disposable {
  const runCommand = async (...args: unknown[]): Promise<void> => {
    try {
      const [services, action] = await Promise.all([
        host.services(),
        load().catch((error: unknown) => Promise.reject(new LoadError(error))),
      ]);
      await action(services, ...args);
    } catch (error) {
      if (isCancellation(error)) return;
      host.log.error(`${id}: ${logText(error)}`);
      // Not awaited: a command is over when its message stands, not when somebody has read it.
      void showError(host.log, error, () => runCommand(...args));
    }
  };
  return vscode.commands.registerCommand(id, runCommand);
}

function logText(error: unknown): string {
  if (error instanceof LoadError) return `${error.message} ${logText(error.cause)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');
}

/** What to tell of an error. Where not even that can be loaded, it is that which is told. */
async function textOf(error: unknown): Promise<ErrorText> {
  try {
    const { errorText } = await import('../text/errorText.ts');
    return errorText(error);
  } catch (failure) {
    return { message: new LoadError(failure).message, remedies: ['retry', 'showLog'] };
  }
}

async function showError(log: vscode.LogOutputChannel, error: unknown, retry: () => Promise<void>): Promise<void> {
  const { message, remedies } = await textOf(error);
  const titles = new Map(remedies.map((remedy) => [remedyTitle(remedy), remedy]));
  const picked = await vscode.window.showErrorMessage(message, ...titles.keys());
  switch (picked === undefined ? undefined : titles.get(picked)) {
    case 'signIn':
      return vscode.commands.executeCommand('dockerHubPruner.signIn');
    case 'retry':
      return retry();
    case 'openSettings':
      return vscode.commands.executeCommand('workbench.action.openSettings', 'dockerHubPruner');
    case 'openPolicies': {
      const { openPolicies } = await import('./policies/openPolicies.ts');
      return openPolicies((error as PolicySourcesError).problem);
    }
    case 'openDockerHub':
      await vscode.env.openExternal(vscode.Uri.parse('https://hub.docker.com'));
      return;
    case 'showLog':
      log.show();
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
    case 'openPolicies':
      return vscode.l10n.t('Open Policies');
    case 'openDockerHub':
      return vscode.l10n.t('Open Docker Hub');
    case 'showLog':
      return vscode.l10n.t('Show Log');
  }
}
