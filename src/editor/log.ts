import * as vscode from 'vscode';

/** The extension's output channel. Lines name methods, paths and statuses; credentials never reach it (invariant 9). */
export function createLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Pruner for Docker Hub', { log: true });
}
