import type * as vscode from 'vscode';

/** Progress is told at most so often (ms). */
const tellEvery = 100;

/** Tells progress at a pace that people can read and that costs nothing. */
export interface CalmReporter extends Disposable {
  /** Says that there is something new. @param increment what a progress bar grows by, percent; default 0 */
  tell(increment?: number): void;
}

/**
 * Reports to `progress` at most ten times a second, and the last state for certain.
 * @param message what to say; asked for only when it is said
 */
export function calmReporter(progress: vscode.Progress<{ message?: string; increment?: number }>, message: () => string): CalmReporter {
  let untold = 0;
  let toldAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  const report = () => {
    clearTimeout(timer);
    timer = undefined;
    toldAt = performance.now();
    progress.report({ message: message(), increment: untold });
    untold = 0;
  };
  return {
    tell(increment = 0) {
      untold += increment;
      const wait = toldAt + tellEvery - performance.now();
      if (wait <= 0) report();
      else timer ??= setTimeout(report, wait);
    },
    [Symbol.dispose]() {
      if (timer) report();
    },
  };
}
