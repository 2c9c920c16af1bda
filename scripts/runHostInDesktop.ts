import { createInterface } from 'node:readline';
import { join } from 'node:path';

import { startGroup } from './childProcesses.ts';
import { hasScreen } from './desktopInstall.ts';
import type { HostOutput, HostRun } from './hostRun.ts';
import { serverEnvironment, writeUserSettings } from './vscodeServer.ts';

/**
 * Runs an extension's tests in a desktop VS Code, under `xvfb-run` where there is no screen.
 * @param program the program of that VS Code
 * @returns the exit code that VS Code gave, 0 when all passed
 * @throws when it does not end in time
 */
export async function runHostInDesktop(program: string, run: HostRun, output: HostOutput): Promise<number> {
  const userData = join(run.scratch, 'user-data');
  await writeUserSettings(join(userData, 'User'));
  const args = [
    run.workspace,
    `--extensionDevelopmentPath=${run.extensionPath}`,
    `--extensionTestsPath=${run.testsPath}`,
    `--user-data-dir=${userData}`,
    `--extensions-dir=${join(run.scratch, 'extensions')}`,
    '--disable-extensions',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-updates',
    '--skip-welcome',
    '--skip-release-notes',
    '--disable-workspace-trust',
  ];
  const [file, all] = hasScreen() ? [program, args] : ['xvfb-run', ['-a', program, ...args]];
  const env = { ...serverEnvironment(), ...run.environment };
  const group = await startGroup(file, all, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [group.child.stdout, group.child.stderr]) {
    if (stream) {
      createInterface({ input: stream }).on('line', (line) => output.write(line));
    }
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void group.end();
  }, run.timeout);
  const code = await group.exited.finally(() => clearTimeout(timer));
  await group.end();
  if (late) {
    throw new Error(`The host tests did not end within ${run.timeout / 1000} s`);
  }
  return code;
}
