import process from 'node:process';

import { canShowWindow, ensureDesktop } from './desktopInstall.ts';
import { HostOutput, type HostRun } from './hostRun.ts';
import { runHostInDesktop } from './runHostInDesktop.ts';
import { runHostInServer } from './runHostInServer.ts';

/**
 * Runs an extension's tests in a real VS Code: the desktop build where it can be had and shown, else the server's.
 * `PRUNER_TEST_VSCODE` forces one of them: `desktop` or `server`.
 * @returns the exit code that VS Code gave, 0 when all passed
 */
export async function runHost(run: HostRun): Promise<number> {
  const output = new HostOutput();
  try {
    const desktop = await chooseDesktop();
    return await (desktop === undefined ? runHostInServer(run, output) : runHostInDesktop(desktop, run, output));
  } catch (error) {
    output.showOwnLog();
    throw error;
  }
}

/** The program of the desktop build; undefined when the server's is to be used. */
async function chooseDesktop(): Promise<string | undefined> {
  const forced = process.env['PRUNER_TEST_VSCODE'];
  if (forced === 'desktop') {
    return ensureDesktop();
  }
  if (forced === 'server') {
    return undefined;
  }
  if (forced) {
    throw new Error(`PRUNER_TEST_VSCODE is 'desktop' or 'server', not '${forced}'.`);
  }
  if (!canShowWindow()) {
    console.log("Host tests use VS Code's server: no screen and no xvfb-run for the desktop build.");
    return undefined;
  }
  try {
    return await ensureDesktop();
  } catch (error) {
    const why = error instanceof Error ? (error.cause ?? error) : error;
    console.log(`Host tests use VS Code's server: the desktop build could not be downloaded (${String(why)}).`);
    return undefined;
  }
}
