import process from 'node:process';

import type { MochaOptions } from 'mocha';

import { endGroupsOnSignals } from './childProcesses.ts';
import { runMocha } from './runMocha.ts';

endGroupsOnSignals();

// A process of its own: PRUNER_MOCHA_OPTIONS holds mocha's options as JSON, the arguments are the test files.
const options = JSON.parse(process.env['PRUNER_MOCHA_OPTIONS'] ?? '{}') as MochaOptions;
const { failures } = await runMocha(
  { ...options, color: process.stdout.isTTY === true },
  {
    async load(mocha) {
      mocha.files = process.argv.slice(2);
      await mocha.loadFilesAsync();
    },
  },
);
process.exit(failures.length > 0 ? 1 : 0);
