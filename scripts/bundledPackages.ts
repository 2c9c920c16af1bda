import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Metafile } from 'esbuild';

import { buildExtension, readMetafile } from './extensionBuild.ts';
import { missingLicences } from './missingLicences.ts';
import { projectRoot } from './projectPaths.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A package of which something is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression; `undefined` where the package names none. */
  readonly licence: string | undefined;
  /** Its licence, and its notice where it has one; empty where it brings none. */
  readonly texts: readonly string[];
}

const licenceFile = /^(licen[cs]e|copying|notice)([.-][\w.-]+)?$/i;

/** The packages that the extension's bundle is made of, by name: those with at least a byte in it. */
export async function bundledPackages(): Promise<readonly BundledPackage[]> {
  await using scratch = await temporaryFolder('licences');
  await buildExtension(scratch.path);
  const folders = packageFolders(await readMetafile(scratch.path));
  const packages = await Promise.all(folders.map((folder) => readPackage(join(projectRoot, folder))));
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The folders below `node_modules` out of which something is in an output, each once. */
export function packageFolders({ outputs }: Pick<Metafile, 'outputs'>): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
    return folder !== undefined && bytesInOutput > 0 ? [folder] : [];
  });
  return [...new Set(folders)];
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: unknown;
  };
  const files = (await readdir(folder)).filter((file) => licenceFile.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const missing = name in missingLicences ? [missingLicences[name]!] : [];
  return {
    name,
    version,
    licence: typeof license === 'string' ? license : undefined,
    texts: texts.length > 0 ? texts.map((text) => text.replaceAll('\r\n', '\n').trim()) : missing,
  };
}
