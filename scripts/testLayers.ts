import { globSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { ensureBrowser } from './browserInstall.ts';
import { buildHostTests } from './buildHostTests.ts';
import { startGroup } from './childProcesses.ts';
import { checkCoverage } from './coverage.ts';
import type { MochaArguments } from './mochaArguments.ts';
import { buildExtension } from './extensionBuild.ts';
import { quickTests } from './quickTests.ts';
import { projectRoot } from './projectPaths.ts';
import { runHost } from './runHost.ts';
import type { MochaResult } from './runMocha.ts';
import { temporaryFolder } from './temporaryFolder.ts';
import { ensureServer } from './vscodeServerInstall.ts';
import { packageExtension, testVsix } from './vsixPackage.ts';

/** How many tests of a layer passed, failed and were left out; a layer that broke down counts as one more that failed. */
export interface LayerResult {
  readonly passed: number;
  readonly pending: number;
  readonly failed: number;
}

// In milliseconds.
const layerLimit = 10 * 60_000;

/** Runs one layer and shows its output. */
export type Layer = (args: MochaArguments) => Promise<LayerResult>;

/** The layers in the order in which they run, the quickest first. */
export const layers: Readonly<Record<'quick' | 'unit' | 'host' | 'ui', Layer>> = {
  async quick(args) {
    const files = args.files.length > 0 ? args.files : quickTests(projectRoot);
    // Two processes at a time, so that their dots are all that they may mix up.
    const halves = [0, 1]
      .map((half) => files.filter((_, index) => index % 2 === half))
      .filter((half) => half.length > 0);
    const options = { ...args.options, reporter: 'dot' };
    const results = await Promise.all(
      halves.map((half) => runInNode('unit', { ...args, options, files: half }, 10_000)),
    );
    const sum = (of: keyof LayerResult) => results.reduce((total, result) => total + result[of], 0);
    return { passed: sum('passed'), pending: sum('pending'), failed: sum('failed') };
  },
  async unit(args) {
    if (!process.env['PRUNER_COVERAGE']) return runInNode('unit', args, 10_000);
    await using scratch = await temporaryFolder('coverage');
    const result = await runInNode('unit', args, 10_000, { NODE_V8_COVERAGE: scratch.path });
    // A part of the tests covers a part.
    const isAll = args.files.length === 0 && !args.filtered;
    return (await checkCoverage(scratch.path)) || !isAll ? result : { ...result, failed: result.failed + 1 };
  },
  async host(args) {
    await buildExtension();
    await using scratch = await temporaryFolder('host');
    const tests = await buildHostTests(join(scratch.path, 'tests'));
    const workspace = join(scratch.path, 'workspace');
    await mkdir(workspace);
    const resultFile = join(scratch.path, 'result.json');
    const environment = {
      PRUNER_ROOT: projectRoot,
      PRUNER_TEST_RESULT: resultFile,
      PRUNER_MOCHA_OPTIONS: JSON.stringify(args.options),
    };
    const code = await runHost({ ...tests, workspace, scratch: scratch.path, environment, timeout: layerLimit });
    return readResult(resultFile, code);
  },
  async ui(args) {
    await ensureServer();
    await ensureBrowser();
    await packageExtension(testVsix);
    return runInNode('ui', args, 90_000);
  },
};

async function runInNode(
  layer: string,
  args: MochaArguments,
  timeout: number,
  more: NodeJS.ProcessEnv = {},
): Promise<LayerResult> {
  const files =
    args.files.length > 0 ? args.files : globSync(`test/${layer}/**/*.test.ts`, { cwd: projectRoot }).sort();
  await using scratch = await temporaryFolder(layer);
  const resultFile = join(scratch.path, 'result.json');
  const env = {
    ...process.env,
    ...more,
    PRUNER_ROOT: projectRoot,
    PRUNER_TEST_RESULT: resultFile,
    PRUNER_MOCHA_OPTIONS: JSON.stringify({ timeout, ...args.options }),
  };
  const script = join(projectRoot, 'scripts', 'mochaInNode.ts');
  const group = await startGroup(process.execPath, [script, ...files], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // Mocha's own limits do not stop a test that never yields.
  const limit = setTimeout(() => {
    console.error(`The ${layer} tests did not end within ${layerLimit / 60_000} minutes.`);
    void group.end();
  }, layerLimit);
  const code = await group.exited;
  clearTimeout(limit);
  await group.end();
  return readResult(resultFile, code);
}

async function readResult(file: string, code: number): Promise<LayerResult> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    console.error(`The tests ended with ${code} and left no result.`);
    return { passed: 0, pending: 0, failed: 1 };
  }
  const { passed, pending, failures } = JSON.parse(text) as MochaResult;
  return { passed, pending, failed: code === 0 ? failures.length : Math.max(1, failures.length) };
}
