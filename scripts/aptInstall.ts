import process from 'node:process';

import { runCommand } from './childProcesses.ts';
import { findProgram } from './findProgram.ts';

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
  listsRead ??= runCommand('apt-get', ['update', '-qq'], { env });
  await listsRead;
  console.log(`Installing ${packages.join(', ')} with apt …`);
  await runCommand('apt-get', ['-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}
