import { writeFile } from 'node:fs/promises';
import process from 'node:process';

import Mocha, { type MochaOptions } from 'mocha';

/** What a run of mocha leaves in the file that `PRUNER_TEST_RESULT` names. */
export interface MochaResult {
  readonly passed: number;
  /** How many were left out, such as those that need something that cannot be had here. */
  readonly pending: number;
  readonly failures: readonly { readonly title: string; readonly stack: string }[];
}

/** How tests are brought in, and what is done to their failures. */
export interface MochaWork {
  /** Brings the test files in once mocha's globals are there. */
  readonly load: (mocha: Mocha) => Promise<void>;
  /** Makes a stack readable before it is shown. */
  readonly readableStack?: (stack: string) => string;
}

/**
 * Runs tests with mocha's `spec` output and records what came of them.
 */
export async function runMocha(
  options: MochaOptions,
  { load, readableStack = String }: MochaWork,
): Promise<MochaResult> {
  const mocha = new Mocha({ slow: 2000, reporter: 'spec', ...options, ui: 'bdd' });
  await load(mocha);
  const failures: { title: string; stack: string }[] = [];
  let passed = 0;
  let pending = 0;
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('pass', () => passed++);
    runner.on('pending', () => pending++);
    runner.on('fail', (test, error: Error) => {
      if (error.stack) {
        error.stack = readableStack(error.stack);
      }
      failures.push({ title: test.fullTitle(), stack: error.stack ?? String(error) });
    });
  });
  const result = { passed, pending, failures };
  const file = process.env['PRUNER_TEST_RESULT'];
  if (file) {
    await writeFile(file, JSON.stringify(result, undefined, 2));
  }
  return result;
}
