import type * as vscode from 'vscode';
import { Throttle } from '../../async/throttle.ts';

/** The least time (ms) between two reports. */
export const tellEvery = 100;

/** Reports progress at a pace that people can read and that costs nothing. */
export interface ThrottledProgress extends Disposable {
  /** Says that there is something new. @param increment what a progress bar grows by, percent; default 0 */
  report(increment?: number): void;
}

/**
 * Reports to `progress` at most ten times a second, and the last state for certain.
 * @param message what to say; asked for only when it is said
 */
export function throttledProgress(
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  message: () => string,
): ThrottledProgress {
  let pending: number | undefined;
  const throttle = new Throttle(tellEvery, () => {
    progress.report({ message: message(), increment: pending ?? 0 });
    pending = undefined;
  });
  return {
    report(increment = 0) {
      pending = (pending ?? 0) + increment;
      throttle.request();
    },
    [Symbol.dispose]() {
      if (pending !== undefined) throttle.flush();
    },
  };
}
