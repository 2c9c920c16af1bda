import * as vscode from 'vscode';
import { abortSignal } from '../host/abortSignal.ts';

/** Work that is done sooner (ms) shows nothing. */
const showAfter = 500;

/**
 * Does work that mostly takes no time and with very many tags takes some; then a progress notification stands until it is done.
 * @param work given a signal that is aborted when the user cancels the notification
 * @throws what the work throws
 */
export async function withLateProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const doing = work(controller.signal);
  const late = setTimeout(() => {
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (_, token) => {
      using cancel = abortSignal(token);
      cancel.signal.addEventListener('abort', () => controller.abort(cancel.signal.reason), { once: true });
      // Its error is the caller's.
      await doing.catch(() => undefined);
    });
  }, showAfter);
  try {
    return await doing;
  } finally {
    clearTimeout(late);
  }
}
