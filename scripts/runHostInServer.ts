import { join } from 'node:path';
import { format } from 'node:util';

import type { BrowserContext } from 'playwright-core';

import type { HostOutput, HostRun } from './hostRun.ts';
import { launchBrowser } from './launchBrowser.ts';
import { startServer } from './vscodeServer.ts';
import { ensureServer } from './vscodeServerInstall.ts';

/**
 * Runs an extension's tests in the extension host of a VS Code server, driven by a page of a browser.
 * @returns the exit code that VS Code gave, 0 when all passed
 * @throws when no result comes in time
 */
export async function runHostInServer(run: HostRun, output: HostOutput): Promise<number> {
  const install = await ensureServer();
  const server = await startServer({
    install,
    dataFolder: join(run.scratch, 'server'),
    smokeTestDriver: true,
    environment: run.environment,
  });
  try {
    const browser = await launchBrowser(join(run.scratch, 'profile'));
    try {
      return await runInPage(browser, server.origin, run, output);
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}

async function runInPage(browser: BrowserContext, origin: string, run: HostRun, output: HostOutput): Promise<number> {
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => output.write(format(...args)));
  let timer: NodeJS.Timeout | undefined;
  const result = new Promise<number>((resolve, reject) => {
    void page.exposeFunction('codeAutomationExit', resolve).catch(reject);
    page.once('crash', () => reject(new Error("VS Code's page crashed")));
    timer = setTimeout(
      () => reject(new Error(`The host tests did not end within ${run.timeout / 1000} s`)),
      run.timeout,
    );
  });
  try {
    const [code] = await Promise.all([result, page.goto(testsUrl(origin, run), { waitUntil: 'commit' })]);
    return code;
  } finally {
    clearTimeout(timer);
  }
}

function testsUrl(origin: string, run: HostRun): string {
  const remote = `vscode-remote://${new URL(origin).host}`;
  const payload = [
    ['extensionDevelopmentPath', remote + run.extensionPath],
    ['extensionTestsPath', remote + run.testsPath],
    ['enableProposedApi', ''],
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload), folder: run.workspace });
  return `${origin}/?${query.toString()}`;
}
