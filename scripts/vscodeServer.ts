import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { runCommand, startGroup } from './childProcesses.ts';
import type { ServerInstall } from './vscodeServerInstall.ts';
import { quietSettings } from './vscodeSettings.ts';
import { whenListening } from './whenListening.ts';

/** How a VS Code server is started. */
export interface ServerOptions {
  readonly install: ServerInstall;
  /** Where the server keeps settings, installed extensions and logs; made when it is not there. */
  readonly dataFolder: string;
  /** User settings on top of `quietSettings`. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** A packaged extension that is installed before the start. */
  readonly vsix?: string | undefined;
  /** Lets a page run an extension's tests; it also suppresses notifications. Default: false. */
  readonly smokeTestDriver?: boolean | undefined;
  /** Whether VS Code asks about trust in the folder that is opened. Default: false. */
  readonly workspaceTrust?: boolean | undefined;
  /** Default: one that is free. */
  readonly port?: number | undefined;
  /** Variables that the extension host gets too. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** A VS Code server that answers. */
export interface RunningServer {
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly origin: string;
  readonly dataFolder: string;
  /** Ends the server and everything that it started. */
  close(): Promise<void>;
}

/**
 * Starts VS Code's own server on the loopback interface and waits until it listens.
 * @throws when it ends or is silent for a minute, with what it wrote
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { install, dataFolder } = options;
  await writeUserSettings(join(dataFolder, 'data', 'User'), options.settings);
  if (options.vsix !== undefined) {
    await installExtension(install, dataFolder, options.vsix);
  }
  const args = [
    install.serverMain,
    '--host',
    '127.0.0.1',
    '--port',
    String(options.port ?? 0),
    '--without-connection-token',
    '--accept-server-license-terms',
    '--server-data-dir',
    dataFolder,
    '--builtin-extensions-dir',
    install.themesOnly,
    '--disable-telemetry',
    '--telemetry-level',
    'off',
    '--disable-update-check',
    '--disable-getting-started-override',
  ];
  if (options.workspaceTrust !== true) {
    args.push('--disable-workspace-trust');
  }
  if (options.smokeTestDriver === true) {
    args.push('--enable-smoke-test-driver');
  }
  const group = await startGroup(install.node, args, {
    env: { ...serverEnvironment(), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const port = await whenListening("VS Code's server", group, /Extension host agent listening on (\d+)/);
    return { origin: `http://127.0.0.1:${port}`, dataFolder, close: () => group.end() };
  } catch (error) {
    await group.end();
    throw error;
  }
}

/** Writes `settings` on top of `quietSettings` as a user's settings.json into `folder`. */
export async function writeUserSettings(
  folder: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, undefined, 2));
}

/** The environment of a server: no extension gallery, and none of the variables by which a surrounding VS Code steers a nested one. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|npm_)/.test(name));
  return { ...Object.fromEntries(own), EXTENSIONS_GALLERY: '{}' };
}

async function installExtension(install: ServerInstall, dataFolder: string, vsix: string): Promise<void> {
  const args = [
    install.serverMain,
    '--install-extension',
    vsix,
    '--server-data-dir',
    dataFolder,
    '--accept-server-license-terms',
  ];
  await runCommand(install.node, args, { env: serverEnvironment() });
}
