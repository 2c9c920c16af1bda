import { readdir, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { buildExtension } from './buildExtension.ts';
import { runCommand } from './childProcesses.ts';
import { cacheFolder, projectRoot } from './projectPaths.ts';

/** Where the user interface tests and `npm start` have the extension packaged to. */
export const testVsix = join(cacheFolder, 'docker-hub-pruner.vsix');

const allowed = [
  /^dist\/[\w.-]+\.cjs$/, /^media\/[\w./-]+$/, /^package(\.nls(\.[\w-]+)?)?\.json$/,
  /^(README|CHANGELOG)\.md$/, /^LICENSE(\.txt|\.md)?$/, /^THIRD-PARTY-NOTICES$/,
];
const required = ['dist/extension.cjs', 'package.json', 'README.md', 'LICENSE', 'THIRD-PARTY-NOTICES'];

/**
 * Builds the extension and packages it.
 * @param vsix the file to write
 * @returns the files that are in it
 * @throws when a file would be packaged that a user has no use for, or one is missing
 */
export async function packageExtension(vsix: string): Promise<readonly string[]> {
  await removeOldBuild();
  await buildExtension();
  const files = (await vsce('ls')).split('\n').map((line) => line.trim()).filter(Boolean);
  const foreign = files.filter((file) => !allowed.some((pattern) => pattern.test(file)));
  const missing = required.filter((file) => !files.includes(file));
  if (foreign.length > 0 || missing.length > 0) {
    throw new Error(`The package would be wrong. Not allowed: ${foreign.join(', ') || 'none'}; missing: ${missing.join(', ') || 'none'}.`);
  }
  await mkdir(dirname(vsix), { recursive: true });
  await vsce('package', '--allow-missing-repository', '--no-rewrite-relative-links', '--no-git-tag-version', '--out', vsix);
  return files;
}

/** A part that was built once and is no longer must not be packaged. */
async function removeOldBuild(): Promise<void> {
  const folder = join(projectRoot, 'dist');
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name.endsWith('.cjs') || name.endsWith('.map')) {
      await rm(join(folder, name));
    }
  }
}

async function vsce(command: string, ...args: readonly string[]): Promise<string> {
  const program = join(projectRoot, 'node_modules', '@vscode', 'vsce', 'vsce');
  return runCommand(process.execPath, [program, command, '--no-dependencies', ...args], { cwd: projectRoot });
}
