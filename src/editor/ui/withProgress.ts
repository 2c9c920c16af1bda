import * as vscode from 'vscode';
import { abortSignal } from './abortSignal.ts';
import type { withDelayedProgress } from './withDelayedProgress.ts';

/**
 * Does work under a progress notification that stands from its beginning, otherwise as `withDelayedProgress`.
 * @throws what the work throws
 */
export const withProgress: typeof withDelayedProgress = async (title, work) =>
  vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      using cancel = abortSignal(token);
      return await work(cancel.signal, progress);
    },
  );
