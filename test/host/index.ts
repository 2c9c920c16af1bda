import process from 'node:process';
import { format } from 'node:util';

import type { MochaOptions } from 'mocha';

import { extensionHostMark } from '../../scripts/extensionHostMark.ts';
import { sourceStacks } from '../../scripts/sourceStacks.ts';

/** Every `*.test.ts` of this folder, without that ending; the bundler puts the list here, so that none can be forgotten. */
declare const HOST_TEST_FILES: readonly string[];

/**
 * Runs the host tests inside the extension host that VS Code loads this module into. `PRUNER_MOCHA_OPTIONS` holds mocha's
 * options as JSON.
 * @throws when a test fails
 */
export async function run(): Promise<void> {
  markConsole();
  // Not earlier: mocha keeps the console that it finds.
  const { runMocha } = await import('../../scripts/runMocha.ts');
  const options = JSON.parse(process.env['PRUNER_MOCHA_OPTIONS'] ?? '{}') as MochaOptions;
  const { passed, failures } = await runMocha(
    { timeout: 30_000, ...options, color: false },
    {
      async load(mocha) {
        for (const name of HOST_TEST_FILES) {
          mocha.suite.emit('pre-require', globalThis, name, mocha);
          await import(`./${name}.test.ts`);
        }
      },
      readableStack: sourceStacks(__filename),
    },
  );
  if (failures.length > 0) {
    throw new Error(`${failures.length} of ${passed + failures.length} host tests failed`);
  }
}

/**
 * The runner tells what is written here from the workbench's own log by a mark in front of each line. The extension host
 * makes the methods of its console unassignable, so the console as a whole is replaced.
 */
function markConsole(): void {
  const original = console;
  const marked =
    (write: (text: string) => void) =>
    (...args: unknown[]) =>
      write(format(...args).replace(/^/gm, extensionHostMark));
  globalThis.console = Object.create(original, {
    log: { value: marked((text) => original.log(text)) },
    info: { value: marked((text) => original.info(text)) },
    warn: { value: marked((text) => original.warn(text)) },
    error: { value: marked((text) => original.error(text)) },
  }) as Console;
}
