import process from 'node:process';

import { chromium, type BrowserContext } from 'playwright-core';

import { ensureBrowser } from './browserInstall.ts';

const quietArguments = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/**
 * Starts a browser without a window that reaches nothing but 127.0.0.1.
 * @param profile the folder of its profile; made when it is not there
 */
export async function launchBrowser(profile: string): Promise<BrowserContext> {
  const root = process.getuid?.() === 0;
  return chromium.launchPersistentContext(profile, {
    executablePath: await ensureBrowser(),
    headless: true,
    args: root ? ['--no-sandbox', ...quietArguments] : quietArguments,
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
  });
}
