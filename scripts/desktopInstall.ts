import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { downloadAndUnzipVSCode } from '@vscode/test-electron';

import { findProgram } from './findProgram.ts';
import { cacheFolder } from './projectPaths.ts';

const version = '1.139.1';
const probeTimeout = 4000;
const idleTimeout = 15_000;

/** Whether a window can be shown: on a screen, or on a virtual one by `xvfb-run`. */
export function canShowWindow(): boolean {
  return hasScreen() || findProgram('xvfb-run') !== undefined;
}

/** Whether there is a screen. */
export function hasScreen(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

/**
 * The program of a desktop VS Code in the cache folder, downloaded when it is not there.
 * @throws within seconds when the download is refused
 */
export async function ensureDesktop(): Promise<string> {
  if (!isDownloaded()) {
    const answer = await fetch(`https://update.code.visualstudio.com/api/versions/${version}/linux-x64/stable`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(probeTimeout),
    });
    if (answer.status >= 500 || answer.status === 403) {
      throw new Error(`the download answers ${answer.status}`);
    }
  }
  return downloadAndUnzipVSCode({ version, cachePath: cacheFolder, timeout: idleTimeout });
}

function isDownloaded(): boolean {
  return existsSync(join(cacheFolder, `vscode-${process.platform}-${process.arch}-${version}`, 'is-complete'));
}
