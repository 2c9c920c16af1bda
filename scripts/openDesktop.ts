import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { isRunning, startGroup } from './childProcesses.ts';
import type { DemoFolder } from './demoFolder.ts';
import { projectRoot } from './projectPaths.ts';
import { serverEnvironment } from './vscodeServer.ts';

/** A VS Code that was opened for a person. */
export interface OpenedVsCode {
  /** Resolves when the person closes it. */
  readonly closed: Promise<unknown>;
  end(): Promise<void>;
}

/**
 * Opens a desktop VS Code with the extension under development.
 * @param program `code` or the program of a downloaded build
 */
export async function openDesktop(program: string, folder: DemoFolder): Promise<OpenedVsCode> {
  const args = [
    folder.workspace,
    '--new-window',
    '--wait',
    `--extensionDevelopmentPath=${projectRoot}`,
    `--user-data-dir=${folder.userData}`,
    `--extensions-dir=${folder.extensions}`,
    '--disable-workspace-trust',
    '--skip-welcome',
    '--skip-release-notes',
    '--disable-updates',
  ];
  if (process.getuid?.() === 0) {
    args.push('--no-sandbox');
  }
  const group = await startGroup(program, args, {
    env: serverEnvironment(),
    stdio: 'ignore',
    shell: process.platform === 'win32',
  });
  return {
    closed: group.exited,
    async end() {
      await group.end();
      await endMainProcess(folder.userData);
    },
  };
}

/** The command line tool starts VS Code in a process group of its own; its main process leaves its id in the user data. */
async function endMainProcess(userData: string): Promise<void> {
  const pid = Number(await readFile(join(userData, 'code.lock'), 'utf8').catch(() => ''));
  if (pid > 0 && isRunning(pid)) {
    process.kill(pid, 'SIGTERM');
  }
}
