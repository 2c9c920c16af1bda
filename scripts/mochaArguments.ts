import { parseArgs } from 'node:util';

import type { MochaOptions } from 'mocha';

/** What the command line asks of mocha. */
export interface MochaArguments {
  readonly options: MochaOptions;
  /** Test files to run instead of all of a layer. */
  readonly files: readonly string[];
  /** Whether only some of the tests are wanted. */
  readonly filtered: boolean;
}

/**
 * Reads those of mocha's options that every layer can follow, also inside an extension host.
 * @throws on any other option
 */
export function mochaArguments(args: readonly string[]): MochaArguments {
  const { values, positionals } = parseArgs({
    args: args.filter((argument) => argument !== '--'),
    allowPositionals: true,
    options: {
      grep: { type: 'string', short: 'g' },
      fgrep: { type: 'string', short: 'f' },
      invert: { type: 'boolean', short: 'i' },
      bail: { type: 'boolean', short: 'b' },
      timeout: { type: 'string', short: 't' },
      retries: { type: 'string' },
    },
  });
  const { timeout, retries, ...others } = values;
  return {
    options: {
      ...others,
      ...(timeout === undefined ? {} : { timeout: Number(timeout) }),
      ...(retries === undefined ? {} : { retries: Number(retries) }),
    },
    files: positionals,
    filtered: positionals.length > 0 || values.grep !== undefined || values.fgrep !== undefined,
  };
}
