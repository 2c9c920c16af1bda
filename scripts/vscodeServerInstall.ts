import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { aptInstall, canAptInstall } from './aptInstall.ts';
import { isRunning, runCommand } from './childProcesses.ts';
import { findProgram } from './findProgram.ts';
import { npmEnvironment } from './npmEnvironment.ts';
import { cacheFolder } from './projectPaths.ts';

/** Another release, such as 4.110.0 for the oldest VS Code that the extension supports, by this variable. */
const codeServerVersion = process.env['PRUNER_CODE_SERVER'] ?? '4.139.1';
const nodeVersion = '24.21.0';

/** A VS Code that runs in a browser: where its parts lie. */
export interface ServerInstall {
  /** The Node that it runs on. */
  readonly node: string;
  /** VS Code's own server, the entry for tests. */
  readonly serverMain: string;
  /** code-server around it, which keeps secrets across reloads. */
  readonly codeServerEntry: string;
  /** A folder of built-in extensions with nothing but themes. */
  readonly themesOnly: string;
}

/**
 * The VS Code server in the cache folder, installed when it is not there. It is put together in a folder of its own and then
 * renamed, so that an interrupted installation is never taken for a whole one.
 * @throws on a platform for which none is published, and when npm fails
 */
export async function ensureServer(): Promise<ServerInstall> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Error(
      'VS Code in a browser is installed on Linux (x64, arm64) only; use --code or --desktop, or PRUNER_TEST_VSCODE=desktop.',
    );
  }
  const folder = join(cacheFolder, `server-${codeServerVersion}-node-${nodeVersion}`);
  if (!existsSync(folder)) {
    await removeInterrupted();
    const partial = `${folder}.partial-${process.pid}`;
    const started = Date.now();
    console.log(`Installing VS Code's server into ${folder} (800 MB, once) …`);
    await install(partial);
    await takePlace(partial, folder);
    console.log(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  }
  return partsOf(folder);
}

function partsOf(folder: string): ServerInstall {
  const modules = join(folder, 'node_modules');
  return {
    node: join(modules, nodePackage(), 'bin', 'node'),
    serverMain: join(modules, 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
    codeServerEntry: join(modules, 'code-server', 'out', 'node', 'entry.js'),
    themesOnly: join(folder, 'themes-only'),
  };
}

function nodePackage(): string {
  return `node-linux-${process.arch}`;
}

async function install(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const npm = (args: string[], cwd: string, env = npmEnvironment()): Promise<string> =>
    runCommand('npm', args, { cwd, env });
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await npm(['install', ...quiet, `code-server@${codeServerVersion}`, `${nodePackage()}@${nodeVersion}`], folder);
  const nodeFolder = join(folder, 'node_modules', nodePackage());
  const vscode = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  // Not `npm ci`: the lock file that is published with it does not match its package.json.
  await npm(['install', '--omit=dev', ...quiet], vscode);
  await ensureBuildTools();
  const env = npmEnvironment();
  await npm(['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], vscode, {
    ...env,
    PATH: `${join(nodeFolder, 'bin')}:${env['PATH'] ?? ''}`,
    npm_config_nodedir: nodeFolder,
  });
  await linkThemes(folder, vscode);
}

/** The two native parts that are published as source: without the first the text of output channels is empty. */
async function ensureBuildTools(): Promise<void> {
  const missing = ['python3', 'make', 'g++'].filter((tool) => findProgram(tool) === undefined);
  if (missing.length > 0 && canAptInstall()) {
    await aptInstall(...missing);
  } else if (missing.length > 0) {
    throw new Error(
      `VS Code's server needs ${missing.join(', ')} to build two native parts; install them and run this again.`,
    );
  }
}

async function linkThemes(folder: string, vscode: string): Promise<void> {
  const themes = join(folder, 'themes-only');
  await mkdir(themes);
  for (const name of ['theme-defaults', 'theme-seti']) {
    await symlink(join('..', 'node_modules', 'code-server', 'lib', 'vscode', 'extensions', name), join(themes, name));
  }
  if (!existsSync(join(vscode, 'extensions', 'theme-defaults', 'package.json'))) {
    throw new Error('The default themes are not where they are expected in the VS Code server.');
  }
}

async function takePlace(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder);
  } catch (error) {
    if (!existsSync(folder)) {
      throw error;
    }
    // Another run was first.
    await rm(partial, { recursive: true, force: true });
  }
}

async function removeInterrupted(): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  for (const name of await readdir(cacheFolder)) {
    const pid = /^server-.*\.partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(cacheFolder, name), { recursive: true, force: true });
    }
  }
}
