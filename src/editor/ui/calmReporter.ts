import type * as vscode from 'vscode';
import { AtMostEvery } from '../../async/atMostEvery.ts';

/** Progress is told at most so often (ms). */
export const tellEvery = 100;

/** Tells progress at a pace that people can read and that costs nothing. */
export interface CalmReporter extends Disposable {
  /** Says that there is something new. @param increment what a progress bar grows by, percent; default 0 */
  tell(increment?: number): void;
}

/**
 * Reports to `progress` at most ten times a second, and the last state for certain.
 * @param message what to say; asked for only when it is said
 */
export function calmReporter(
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  message: () => string,
): CalmReporter {
  let untold: number | undefined;
  const teller = new AtMostEvery(tellEvery, () => {
    progress.report({ message: message(), increment: untold ?? 0 });
    untold = undefined;
  });
  return {
    tell(increment = 0) {
      untold = (untold ?? 0) + increment;
      teller.ask();
    },
    [Symbol.dispose]() {
      if (untold !== undefined) teller.now();
    },
  };
}
