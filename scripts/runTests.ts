import process from 'node:process';

import { endGroupsOnSignals } from './childProcesses.ts';
import { mochaArguments } from './mochaArguments.ts';
import { layers, type LayerResult } from './testLayers.ts';

const usage = `npm test [-- [quick] [unit] [host] [ui] [mocha options] [test files]]

Runs the layers that are named, or all but quick: quick (the unit tests that take no second each), unit (Node alone), host (inside VS Code), ui (the packaged extension in a browser).
Mocha options: --grep, --fgrep, --invert, --bail, --timeout, --retries.

PRUNER_TEST_VSCODE=desktop|server   the VS Code for the host tests
PRUNER_TEST_BROWSER=/path           the Chromium, Chrome or Edge to drive
PRUNER_TEST_REGISTRY=/path          the docker-registry to test restoring against
PRUNER_COVERAGE=1                   also says what the unit tests cover, and holds it to the floor
PRUNER_CODE_SERVER=4.110.0          another VS Code server, here the oldest that is supported`;

type LayerName = keyof typeof layers;

/** What runs when no layer is named; the quick tests are among the unit tests. */
const allLayers: readonly LayerName[] = ['unit', 'host', 'ui'];

endGroupsOnSignals();
const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(usage);
} else {
  await runLayers(args);
}

async function runLayers(args: readonly string[]): Promise<void> {
  const names = args.filter(isLayer);
  const unknown = args.filter(
    (argument) =>
      /^[a-z]+$/.test(argument) && !isLayer(argument) && args[args.indexOf(argument) - 1]?.startsWith('-') !== true,
  );
  if (unknown.length > 0) {
    console.error(`There is no test layer ${unknown.join(', ')}.\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const mocha = mochaArguments(args.filter((argument) => !isLayer(argument)));
  let passed = 0;
  let failed = 0;
  let pending = 0;
  for (const name of names.length > 0 ? names : allLayers) {
    const started = Date.now();
    console.log(`\n── ${name} ──`);
    const result = await runLayer(name, mocha);
    const empty = result.passed + result.failed === 0 && !mocha.filtered;
    if (empty) {
      console.error(`The ${name} layer ran no test.`);
    }
    passed += result.passed;
    failed += result.failed + (empty ? 1 : 0);
    pending += result.pending;
    console.log(
      `${name}: ${result.passed} passed, ${result.failed} failed, ${result.pending} left out in ${((Date.now() - started) / 1000).toFixed(1)} s`,
    );
  }
  if (pending > 0) {
    console.log(`\n${pending} tests were left out, marked with - above.`);
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

async function runLayer(name: LayerName, mocha: ReturnType<typeof mochaArguments>): Promise<LayerResult> {
  try {
    return await layers[name](mocha);
  } catch (error) {
    console.error(error);
    return { passed: 0, pending: 0, failed: 1 };
  }
}

function isLayer(argument: string): argument is LayerName {
  return Object.hasOwn(layers, argument);
}
