import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { runCommand, startGroup } from './childProcesses.ts';
import type { DemoFolder } from './demoFolder.ts';
import { hasScreen } from './desktopInstall.ts';
import { findProgram } from './findProgram.ts';
import { freePort } from './freePort.ts';
import type { OpenedVsCode } from './openDesktop.ts';
import { serverEnvironment } from './vscodeServer.ts';
import { ensureServer } from './vscodeServerInstall.ts';
import { packageExtension, testVsix } from './vsixPackage.ts';
import { whenListening } from './whenListening.ts';

// Secrets belong to the address: with another port the next start would have forgotten the account.
const preferredPort = 8478;

/** Starts code-server with the packaged extension, prints its address and, where there is a screen, opens it. */
export async function openInBrowser(folder: DemoFolder): Promise<OpenedVsCode> {
  const install = await ensureServer();
  console.log('Packaging the extension …');
  await packageExtension(testVsix);
  await mkdir(folder.userData, { recursive: true });
  const config = join(folder.userData, 'code-server.yaml');
  await writeFile(config, 'auth: none\ncert: false\n');
  const common = [
    install.codeServerEntry,
    '--config',
    config,
    '--user-data-dir',
    folder.userData,
    '--extensions-dir',
    folder.extensions,
  ];
  const env = serverEnvironment();
  await runCommand(install.node, [...common, '--force', '--install-extension', testVsix], { env });
  const port = await freePort(preferredPort);
  const args = [
    ...common,
    '--auth',
    'none',
    '--bind-addr',
    `127.0.0.1:${port}`,
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
    '--disable-workspace-trust',
    '--disable-proxy',
    folder.workspace,
  ];
  const group = await startGroup(install.node, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await whenListening("VS Code's server", group, /listening on http:\/\/127\.0\.0\.1:(\d+)/);
  } catch (error) {
    await group.end();
    throw error;
  }
  const address = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder.workspace)}`;
  console.log(`\nVS Code: ${address}`);
  const opener = process.platform === 'linux' && hasScreen() ? findProgram('xdg-open') : undefined;
  if (opener !== undefined) {
    await runCommand(opener, [address]).catch(() =>
      console.log('It could not be opened in your browser; please do that yourself.'),
    );
  } else {
    console.log('Open this address in a browser on this computer.');
  }
  return { closed: group.exited, end: () => group.end() };
}
