import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { BrowserContext, Route } from 'playwright-core';

import { launchBrowser } from '../../scripts/launchBrowser.ts';
import { temporaryFolder } from '../../scripts/temporaryFolder.ts';
import { startServer, writeUserSettings, type RunningServer } from '../../scripts/vscodeServer.ts';
import { ensureServer } from '../../scripts/vscodeServerInstall.ts';
import { testVsix } from '../../scripts/vsixPackage.ts';
import { themes, Workbench, type Theme } from './workbench.ts';

/** How a window is started. */
export interface WorkbenchOptions {
  /** User settings, on top of those that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The origin of a Docker Hub double: the API, and the registry unless that has an origin of its own. */
  readonly hubOrigin?: string;
  readonly registryOrigin?: string;
  /** Default: dark. */
  readonly theme?: Theme;
  /** Files of the folder that is opened: path to text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether VS Code asks about trust in that folder. Default: false. */
  readonly workspaceTrust?: boolean;
  /** The packaged extension. Default: this project's. */
  readonly vsix?: string;
}

/**
 * Opens VS Code with the packaged extension in a new browser profile, with new data: nothing is left from another test.
 * `close()` ends and removes all of it.
 */
export async function startWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const install = await ensureServer();
  const folder = await temporaryFolder('ui');
  const dataFolder = join(folder.path, 'server');
  const workspace = join(folder.path, 'workspace');
  let settings: Record<string, unknown> = {
    'security.workspace.trust.enabled': options.workspaceTrust === true,
    'workbench.colorTheme': themes[options.theme ?? 'dark'].id,
    ...(options.hubOrigin === undefined
      ? {}
      : {
          'dockerHubPruner.apiUrl': options.hubOrigin,
          'dockerHubPruner.registryUrl': options.registryOrigin ?? options.hubOrigin,
        }),
    ...options.settings,
  };
  const { workspaceTrust } = options;
  let server: RunningServer | undefined;
  let browser: BrowserContext | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await server?.close();
    await folder[Symbol.asyncDispose]();
  };
  try {
    await writeFiles(workspace, options.files ?? {});
    const vsix = options.vsix ?? testVsix;
    [server, browser] = await Promise.all([
      startServer({ install, dataFolder, settings, vsix, workspaceTrust }).then((started) => (server = started)),
      launchBrowser(join(folder.path, 'profile')).then((started) => (browser = started)),
    ]);
    const { origin } = server;
    await browser.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    await browser.route('**/mint-key', answerMintKey);
    const page = browser.pages()[0] ?? (await browser.newPage());
    const workbench = new Workbench(page, `${origin}/?folder=${encodeURIComponent(workspace)}`, {
      workspace,
      written: [dataFolder, workspace],
      async writeSettings(changed) {
        settings = { ...settings, ...changed };
        await writeUserSettings(join(dataFolder, 'data', 'User'), settings);
      },
      writeFile: (path, text) => writeFiles(workspace, { [path]: text }),
      async restart() {
        await server?.close();
        server = await startServer({
          install,
          dataFolder,
          settings,
          port: Number(new URL(origin).port),
          workspaceTrust,
        });
      },
      close,
    });
    await workbench.load();
    return workbench;
  } catch (error) {
    await close();
    throw error;
  }
}

/** VS Code's server does not hand out the key by which the browser seals secrets; without one they last as long as the page. */
async function answerMintKey(route: Route): Promise<void> {
  await route.fulfill({ status: 200, contentType: 'application/octet-stream', body: Buffer.alloc(32, 7) });
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
