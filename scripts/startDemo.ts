import { join } from 'node:path';
import process from 'node:process';

import { runCommand, startGroup, type ProcessGroup } from './childProcesses.ts';
import { prepareDemoFolder } from './demoFolder.ts';
import { ensureDesktop, hasScreen } from './desktopInstall.ts';
import { findProgram } from './findProgram.ts';
import { freePort } from './freePort.ts';
import { openDesktop, type OpenedVsCode } from './openDesktop.ts';
import { openInBrowser } from './openInBrowser.ts';
import { projectRoot } from './projectPaths.ts';

const usage = `npm start [-- options]

Builds the extension, starts a Docker Hub for demonstration on this computer and opens VS Code with the extension pointed at it.

  --code       use the VS Code that is installed: code on PATH
  --desktop    use a downloaded desktop VS Code
  --browser    use VS Code in a browser, from npm
               (default: the first of these that can be had)
  --help       print this

Any other option goes to the demonstration, such as --port 8477, --latency 200 or --limit 30; npm run hub -- --help lists them.
Ctrl-C ends everything.`;

const builds = ['code', 'desktop', 'browser'] as const;
type Build = (typeof builds)[number];

// Sign-ins belong to both addresses: with other ports the next start would have forgotten them.
const preferredHubPort = 8477;
const preferredRegistryPort = 8479;

const tryFirst = `Try first
  1. Open Pruner for Docker Hub in the activity bar and choose Sign In…
  2. Fold the namespace dustynv, unfold acme below it, and a repository in it: its tags are colored by age.
  3. Right-click a repository, choose Prune Old Tags… and look at what would go before anything does.
  4. Right-click acme/web, choose Preview Prune… and try rules: the picture and the table answer at once.
  5. Prune acme/shop, whose images are real, and restore its tags from the summary or from the view Runs.

Ctrl-C ends everything.`;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(usage);
} else {
  await demonstrate(args);
}

async function demonstrate(args: readonly string[]): Promise<void> {
  const asked = builds.filter((build) => args.includes(`--${build}`));
  const hubArguments = args.filter((argument) => !builds.some((build) => argument === `--${build}`));
  const ending = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      // Not `once`: a signal often comes twice, from the terminal and handed on by npm, and the second must not cut the ending short.
      process.on(name, () => resolve());
    }
  });
  const interrupted = ending.then(() => 'interrupted' as const);
  let hub: StartedHub | undefined;
  let vscode: OpenedVsCode | undefined;
  try {
    const started = (async () => {
      hub = await startDemoHub(hubArguments);
      vscode = await openFirst(asked.length > 0 ? asked : builds, asked.length > 0, hub);
      console.log(`\n${tryFirst}`);
      await Promise.race([vscode.closed, hub.group.exited]);
    })();
    if ((await Promise.race([started, interrupted])) === 'interrupted') {
      console.log('\nEnding …');
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await vscode?.end();
    await hub?.group.end();
  }
  // What is still being installed or opened ends with this process.
  process.exit();
}

interface StartedHub {
  readonly origin: string;
  /** Missing where there is none. */
  readonly registry?: string;
  readonly group: ProcessGroup;
}

/** Starts the demonstration as `npm run hub` does, and shows what it says about itself. */
async function startDemoHub(options: readonly string[]): Promise<StartedHub> {
  const port = options.some((option) => /^--port(=|$)/.test(option))
    ? []
    : ['--port', String(await freePort(preferredHubPort))];
  const registryPort = options.some((option) => /^--registry(=|$)/.test(option))
    ? []
    : ['--registry', String(await freePort(preferredRegistryPort))];
  const script = join(projectRoot, 'test', 'hub', 'main.ts');
  const group = await startGroup(process.execPath, [script, ...port, ...registryPort, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const addresses = await new Promise<Omit<StartedHub, 'group'>>((resolve, reject) => {
    group.child.stdout?.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      said += said.length < 10_000 ? chunk.toString() : '';
      const [, origin, registry] =
        /^Docker Hub .*(http:\/\/127\.0\.0\.1:\d+)\n(?:Registry .*(http:\/\/127\.0\.0\.1:\d+)\n)?.*\n/m.exec(said) ??
        [];
      if (origin !== undefined) {
        resolve({ origin, ...(registry !== undefined && { registry }) });
      }
    });
    void group.exited.then((code) => reject(new Error(`The demonstration ended with ${code}.`)));
  });
  return { ...addresses, group };
}

/** Opens the first of the builds that can be had; says in a line why another could not. */
async function openFirst(order: readonly Build[], forced: boolean, hub: StartedHub): Promise<OpenedVsCode> {
  for (const build of order) {
    try {
      return await open(build, forced, hub);
    } catch (error) {
      if (build === order.at(-1)) {
        throw error;
      }
      console.log(`Not ${build}: ${error instanceof Error ? error.message : String(error)}.`);
    }
  }
  throw new Error('No VS Code could be opened.');
}

async function open(build: Build, forced: boolean, hub: StartedHub): Promise<OpenedVsCode> {
  const folder = await prepareDemoFolder(build, hub);
  if (build === 'browser') {
    return openInBrowser(folder);
  }
  if (!hasScreen() && !forced) {
    throw new Error('there is no screen');
  }
  const program = build === 'code' ? findProgram('code', 'code.cmd') : await ensureDesktop();
  if (program === undefined) {
    throw new Error('there is no code on PATH');
  }
  await runCommand(process.execPath, [join(projectRoot, 'esbuild.js')], { cwd: projectRoot });
  console.log(`Opening VS Code (${program}) …`);
  return openDesktop(program, folder);
}
