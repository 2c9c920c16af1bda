import * as vscode from 'vscode';
import { abortSignal } from './abortSignal.ts';

/** Work that is done sooner (ms) shows nothing. */
const showAfter = 500;

/** What a progress notification shows. */
export type ProgressStep = Parameters<vscode.Progress<{ message?: string; increment?: number }>['report']>[0];

/**
 * Does work that mostly takes no time and with very many tags takes some; then a progress notification stands until it is done. Quick work shows none, since
 * VS Code hides the fourth of the notifications that come within a second, and what came of a run must not be it.
 * @param work given a signal that is aborted when the user cancels the notification, and what to tell steps to, which keeps them until it is shown
 * @throws what the work throws
 */
export async function withDelayedProgress<T>(
  title: string,
  work: (signal: AbortSignal, progress: vscode.Progress<ProgressStep>) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let shown: vscode.Progress<ProgressStep> | undefined;
  let kept: ProgressStep = {};
  const report = (step: ProgressStep) => {
    if (shown) shown.report(step);
    else kept = { ...kept, ...step, increment: (kept.increment ?? 0) + (step.increment ?? 0) };
  };
  const doing = work(controller.signal, { report });
  const late = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        using cancel = abortSignal(token);
        cancel.signal.addEventListener('abort', () => controller.abort(cancel.signal.reason), { once: true });
        shown = progress;
        progress.report(kept);
        // Its error is the caller's.
        await doing.catch(() => undefined);
      },
    );
  }, showAfter);
  try {
    return await doing;
  } finally {
    clearTimeout(late);
  }
}
