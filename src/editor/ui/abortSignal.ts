import type * as vscode from 'vscode';

/** An AbortSignal that follows a CancellationToken; dispose it when the work is over. The only place where one becomes the other. */
export function abortSignal(token: vscode.CancellationToken): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const abort = () => controller.abort(new DOMException('Cancelled', 'AbortError'));
  if (token.isCancellationRequested) abort();
  const subscription = token.onCancellationRequested(abort);
  return { signal: controller.signal, [Symbol.dispose]: () => void subscription.dispose() };
}
