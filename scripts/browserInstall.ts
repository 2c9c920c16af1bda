import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

import { aptInstall, canAptInstall } from './aptInstall.ts';
import { runCommand } from './childProcesses.ts';
import { findProgram, isExecutable } from './findProgram.ts';
import { npmEnvironment } from './npmEnvironment.ts';
import { cacheFolder } from './projectPaths.ts';

const names = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];
const elsewhere = [
  '/usr/lib/chromium/chromium-headless-shell',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * The path of a Chromium that Playwright can drive: `PRUNER_TEST_BROWSER`, one that is there, Debian's, or one from npm.
 * @throws when none can be had, with what each way said
 */
export async function ensureBrowser(): Promise<string> {
  const named = process.env['PRUNER_TEST_BROWSER'];
  if (named) {
    return named;
  }
  const there = findBrowser();
  if (there !== undefined) {
    return there;
  }
  const failures: string[] = [];
  if (canAptInstall()) {
    for (const name of ['chromium-headless-shell', 'chromium']) {
      try {
        await aptInstall(name);
        const installed = findBrowser();
        if (installed !== undefined) {
          return installed;
        }
      } catch (error) {
        failures.push(firstLine(error));
      }
    }
  }
  try {
    return await browserFromNpm();
  } catch (error) {
    failures.push(firstLine(error));
  }
  throw new Error(`No Chromium, Chrome or Edge was found or could be installed. ${failures.join(' ')}`);
}

function findBrowser(): string | undefined {
  return findProgram(...names) ?? elsewhere.find(isExecutable);
}

async function browserFromNpm(): Promise<string> {
  const folder = join(cacheFolder, 'browser');
  const manifest = join(folder, 'package.json');
  await mkdir(folder, { recursive: true });
  if (!existsSync(join(folder, 'node_modules', '@sparticuz', 'chromium', 'package.json'))) {
    console.log('Installing @sparticuz/chromium from npm …');
    await writeFile(manifest, '{ "private": true }\n');
    await runCommand('npm', ['install', '--no-audit', '--no-fund', '@sparticuz/chromium'], {
      cwd: folder,
      env: npmEnvironment(),
    });
  }
  const entry = createRequire(manifest).resolve('@sparticuz/chromium');
  const { default: chromium } = (await import(pathToFileURL(entry).href)) as {
    default: { executablePath(): Promise<string> };
  };
  return chromium.executablePath();
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
}
