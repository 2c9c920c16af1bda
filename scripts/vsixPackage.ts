import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { buildExtension, distFolder, filesLoadedWith, modulesTwice, readMetafile } from './extensionBuild.ts';
import { runCommand } from './childProcesses.ts';
import { cacheFolder, projectRoot } from './projectPaths.ts';

/** Where the user interface tests and `npm start` have the extension packaged to. */
export const testVsix = join(cacheFolder, 'docker-hub-pruner.vsix');

const allowed = [
  /^dist\/[\w.-]+\.cjs$/,
  /^dist\/planPanel\.(js|css)$/,
  /^media\/[\w./-]+$/,
  /^package(\.nls(\.[\w-]+)?)?\.json$/,
  /^l10n\/bundle\.l10n(\.[\w-]+)?\.json$/,
  /^(README|CHANGELOG)\.md$/,
  /^LICENSE(\.txt|\.md)?$/,
  /^THIRD-PARTY-NOTICES$/,
];
const required = [
  'dist/extension.cjs',
  'dist/readerProgram.cjs',
  'dist/planPanel.js',
  'dist/planPanel.css',
  'package.json',
  'README.md',
  'LICENSE',
  'THIRD-PARTY-NOTICES',
];

/** In bytes: all that is loaded at activation, and the package. */
const limits = { activation: 120_000, vsix: 600_000 };

/** What was packaged. */
export interface Package {
  readonly files: readonly string[];
  /** In bytes. */
  readonly size: number;
  /** How many bytes in how many files are loaded at activation. */
  readonly activation: { readonly bytes: number; readonly files: number };
}

/**
 * Builds the extension and packages it.
 * @param vsix the file to write
 * @throws when a file would be packaged that a user has no use for, or one is missing; when a module is built twice; when the package, or what is
 * loaded at activation, is too large
 */
export async function packageExtension(vsix: string): Promise<Package> {
  await buildExtension();
  const files = (await vsce('ls'))
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const metafile = await readMetafile();
  const built = Object.keys(metafile.outputs);
  const loaded = filesLoadedWith(metafile, 'extension.cjs');
  const sizes = await Promise.all(loaded.map(async (name) => (await stat(join(distFolder, name))).size));
  const activation = { bytes: sizes.reduce((sum, size) => sum + size, 0), files: loaded.length };
  check(
    'Not allowed in the package',
    files.filter((file) => !allowed.some((pattern) => pattern.test(file))),
  );
  check(
    'Missing in the package',
    [...required, ...built].filter((file) => !files.includes(file)),
  );
  check('Built into two files', modulesTwice(metafile));
  check(
    'Loaded at activation',
    activation.bytes < limits.activation ? [] : [`${activation.bytes} bytes, and ${limits.activation} are too many`],
  );
  await mkdir(dirname(vsix), { recursive: true });
  await vsce(
    'package',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--no-git-tag-version',
    '--out',
    vsix,
  );
  const { size } = await stat(vsix);
  check('The package', size < limits.vsix ? [] : [`${size} bytes, and ${limits.vsix} are too many`]);
  return { files, size, activation };
}

function check(what: string, wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(`The package would be wrong. ${what}: ${wrong.join(', ')}.`);
}

async function vsce(command: string, ...args: readonly string[]): Promise<string> {
  const program = join(projectRoot, 'node_modules', '@vscode', 'vsce', 'vsce');
  return runCommand(process.execPath, [program, command, '--no-dependencies', ...args], { cwd: projectRoot });
}
