import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import process from 'node:process';

import type { Metafile } from 'esbuild';

import { runCommand } from './childProcesses.ts';
import { projectRoot } from './projectPaths.ts';

/** The folder that VS Code loads the extension from. */
export const distFolder = join(projectRoot, 'dist');

/** Builds the extension as it is published: minified, without source maps. @param folder `dist` by default */
export async function buildExtension(folder = distFolder): Promise<void> {
  await runCommand(process.execPath, [join(projectRoot, 'esbuild.js'), '--production', `--outdir=${folder}`], {
    cwd: projectRoot,
  });
}

/** What esbuild tells of a build: its files, the modules in each, and which files it loads. @param folder where it was built to */
export async function readMetafile(folder = distFolder): Promise<Metafile> {
  return JSON.parse(await readFile(join(folder, 'meta.json'), 'utf8')) as Metafile;
}

/** The names of the files that are loaded along with one: itself, and what it imports other than late. */
export function filesLoadedWith({ outputs }: Metafile, name: string): string[] {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const found = new Set([name]);
  for (const file of found) {
    const output = byName.get(file);
    if (!output) throw new Error(`The build has no file ${file}.`);
    for (const { path, kind, external } of output.imports) {
      if (kind === 'import-statement' && external !== true) found.add(basename(path));
    }
  }
  return [...found];
}

/** The modules that are in more than one file of a build: they would be two at run time, with a state of their own each. */
export function modulesTwice({ outputs }: Metafile): string[] {
  const modules = Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => inputs[path]!.bytesInOutput > 0),
  );
  return modules.filter((path, index) => modules.indexOf(path) !== index);
}
