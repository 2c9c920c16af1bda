import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { aptDownload } from './aptInstall.ts';
import { isRunning, runCommand } from './childProcesses.ts';
import { findProgram, isExecutable } from './findProgram.ts';
import { cacheFolder } from './projectPaths.ts';

/** The registry's program, or in one sentence why there is none. */
export type RegistryProgram = { readonly path: string } | { readonly unavailable: string };

/**
 * Debian's `docker-registry` (CNCF distribution): the one that `PRUNER_TEST_REGISTRY` names, one on PATH, or one that is taken out of
 * its package into a folder of `cache`. Installing the package would start a daemon on port 5000 and would need root. It is put
 * together in a folder of its own and then renamed, so that an interrupted download is never taken for a whole one.
 * @param cache default: the project's cache folder
 */
export async function ensureRegistry(cache = cacheFolder): Promise<RegistryProgram> {
  const named = process.env['PRUNER_TEST_REGISTRY'];
  if (named) {
    return isExecutable(named)
      ? { path: named }
      : { unavailable: `PRUNER_TEST_REGISTRY names ${named}, which is no program.` };
  }
  const folder = join(cache, 'docker-registry');
  const unpacked = join(folder, 'usr', 'bin', 'docker-registry');
  const there = findProgram('docker-registry') ?? (isExecutable(unpacked) ? unpacked : undefined);
  if (there !== undefined) {
    return { path: there };
  }
  const missing = ['apt-get', 'dpkg'].filter((tool) => findProgram(tool) === undefined);
  if (missing.length > 0) {
    return {
      unavailable: `docker-registry is not on PATH, and without ${missing.join(' and ')} Debian's package cannot be had.`,
    };
  }
  try {
    await removeInterrupted(cache);
    await unpack(`${folder}.partial-${process.pid}`, folder);
  } catch (error) {
    return { unavailable: `docker-registry is not on PATH, and Debian's package cannot be had: ${reasonOf(error)}` };
  }
  return isExecutable(unpacked)
    ? { path: unpacked }
    : { unavailable: "Debian's package docker-registry holds no usr/bin/docker-registry." };
}

async function unpack(partial: string, folder: string): Promise<void> {
  console.log(`Unpacking Debian's docker-registry into ${folder} (5 MB, once) …`);
  await mkdir(partial, { recursive: true });
  try {
    const file = await aptDownload('docker-registry', partial);
    await runCommand('dpkg', ['-x', file, '.'], { cwd: partial });
    await rm(join(partial, file));
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another run was first.
    if (!existsSync(folder)) {
      throw error;
    }
  }
}

async function removeInterrupted(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  for (const name of await readdir(cache)) {
    const pid = /^docker-registry\.partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(cache, name), { recursive: true, force: true });
    }
  }
}

/** What apt said, which ends with what matters, in one line. */
function reasonOf(error: unknown): string {
  const lines = String(error instanceof Error ? error.message : error).split('\n');
  return (lines.findLast((line) => line.startsWith('E: ')) ?? lines[0] ?? '').replace(/^E: /, '');
}
