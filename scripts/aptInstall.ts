import { readdir } from 'node:fs/promises';
import process from 'node:process';

import { runCommand } from './childProcesses.ts';
import { findProgram } from './findProgram.ts';

// In milliseconds.
const downloadLimit = 90_000;
const listsLimit = 120_000;

let listsRead: Promise<string> | undefined;

/** Whether Debian packages can be installed here: apt is there and this process is root. */
export function canAptInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && findProgram('apt-get') !== undefined;
}

/**
 * Installs Debian packages without their recommendations.
 * @throws when one of them does not exist or does not install
 */
export async function aptInstall(...packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await readLists(env);
  console.log(`Installing ${packages.join(', ')} with apt …`);
  await runCommand(
    'apt-get',
    ['-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '-qq', '--no-install-recommends', ...packages],
    { env },
  );
}

/**
 * Downloads a Debian package into `folder` without installing it, which needs no root where the lists of packages are there.
 * As root it reads the lists anew when they do not lead to the package.
 * @returns the name of the file
 * @throws when there is no such package, or it cannot be downloaded
 */
export async function aptDownload(name: string, folder: string): Promise<string> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const download = (): Promise<string> =>
    runCommand('apt-get', ['download', '-qq', name], { cwd: folder, env, timeout: downloadLimit });
  await download().catch(async (error: unknown) => {
    if (!canAptInstall()) {
      throw error;
    }
    await readLists(env);
    await download();
  });
  const file = (await readdir(folder)).find((entry) => entry.startsWith(`${name}_`) && entry.endsWith('.deb'));
  if (file === undefined) {
    throw new Error(`apt-get download ${name} left no package.`);
  }
  return file;
}

function readLists(env: NodeJS.ProcessEnv): Promise<string> {
  return (listsRead ??= runCommand('apt-get', ['update', '-qq'], { env, timeout: listsLimit }).catch(
    (error: unknown) => {
      listsRead = undefined;
      throw error;
    },
  ));
}
