import assert from 'node:assert/strict';
import promises from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import sinon from 'sinon';
import * as vscode from 'vscode';

import type { TreeNode } from '../../src/editor/tree/node.ts';
import type { RunEntry } from '../../src/prune/runEntry.ts';
import { SentRequests } from './sentRequests.ts';
import { until } from './until.ts';

/** The extension as it is published, activated, and what it gave to VS Code and got from it. */
export interface Product {
  readonly extension: vscode.Extension<unknown>;
  readonly context: vscode.ExtensionContext;
  readonly provider: vscode.TreeDataProvider<TreeNode>;
  readonly view: vscode.TreeView<TreeNode>;
  /** The list of runs. */
  readonly runs: vscode.TreeDataProvider<RunEntry>;
  readonly decorations: vscode.FileDecorationProvider;
  /** Every line that was logged. */
  readonly log: string[];
  /** Every request that was sent, also before and during activation. */
  readonly sent: SentRequests;
  readonly activation: Activation;
}

/** What happened while the extension started, with an account signed in. */
export interface Activation {
  readonly wasActive: boolean;
  /** How long `activate` took, in ms. */
  readonly ms: number;
  /** How many requests were sent. */
  readonly requests: number;
  /** The extension's files that were loaded when `activate` returned, and once all was done that follows by itself. */
  readonly loaded: readonly string[];
  readonly loadedAfter: readonly string[];
  /** The folders that the extension looked at until `activate` returned, and in all. */
  readonly looksBefore: readonly string[];
  readonly looks: readonly string[];
}

let activated: Promise<Product> | undefined;

/** Activates the extension at the first call. */
export function product(): Promise<Product> {
  return (activated ??= activate());
}

/** Signed in while the extension starts; nothing may be sent for it. */
const sleeper = {
  account: {
    name: 'sleeper',
    kind: 'user',
    origins: {
      api: 'https://hub.docker.com',
      registry: 'https://registry-1.docker.io',
      token: 'https://auth.docker.io',
    },
  },
  secret: 'dckr_pat_sleeper',
};

/**
 * The tests are bundled to a file below the extension's folder, so VS Code gives them the extension's own instance of its API, and what is
 * spied on and stubbed here reaches the extension. Its module is wrapped for its context, which nothing else gives.
 */
async function activate(): Promise<Product> {
  const extension = vscode.extensions.getExtension('pruner-for-docker-hub.docker-hub-pruner');
  assert.ok(extension, 'the extension is not installed');
  const wasActive = extension.isActive;
  const sent = new SentRequests();
  const log: string[] = [];
  const main = join(extension.extensionPath, 'dist', 'extension.cjs');
  const require = createRequire(main);
  const sandbox = sinon.createSandbox();
  const looks: { readonly path: string; readonly ended: Promise<unknown> }[] = [];
  const { readdir } = promises;
  sandbox.stub(promises, 'readdir').callsFake(((path, options) => {
    const ended = readdir(path, options as undefined);
    // VS Code itself looks at folders as well.
    if (new Error().stack?.includes(dirname(main))) looks.push({ path: String(path), ended });
    return ended;
  }) as typeof readdir);
  const loaded = () =>
    Object.keys(require.cache)
      .filter((path) => dirname(path) === dirname(main))
      .map((path) => basename(path))
      .sort();
  const original = require(main) as { activate(context: vscode.ExtensionContext): void };
  let context: vscode.ExtensionContext | undefined;
  let returned: Pick<Activation, 'ms' | 'loaded' | 'looksBefore'> | undefined;
  require.cache[main]!.exports = {
    ...original,
    activate: async (given: vscode.ExtensionContext) => {
      context = given;
      await given.secrets.store('account:sleeper@https://hub.docker.com', JSON.stringify(sleeper));
      const startedAt = performance.now();
      original.activate(given);
      returned = { ms: performance.now() - startedAt, loaded: loaded(), looksBefore: looks.map(({ path }) => path) };
    },
  };
  const views = sandbox.spy(vscode.window, 'createTreeView');
  const decorations = sandbox.spy(vscode.window, 'registerFileDecorationProvider');
  const createChannel = vscode.window.createOutputChannel.bind(vscode.window) as (
    name: string,
    options: { log: true },
  ) => vscode.LogOutputChannel;
  sandbox
    .stub(vscode.window, 'createOutputChannel')
    .callsFake((name: string) => recorded(createChannel(name, { log: true }), log));
  const contexts = sandbox.spy(vscode.commands, 'executeCommand').withArgs('setContext', 'dockerHubPruner.signedIn');
  await extension.activate();
  assert.ok(context && returned, 'the extension was active before the tests');
  await until('a look for interrupted runs', () => looks.length > 0);
  await until('whether somebody is signed in', () => contexts.called);
  await Promise.allSettled([...looks.map(({ ended }) => ended), ...contexts.returnValues]);
  // What follows of these is under way by then.
  await turn();
  const activation = {
    wasActive,
    ...returned,
    requests: sent.all.length,
    loadedAfter: loaded(),
    looks: looks.map(({ path }) => path),
  };
  sandbox.restore();
  await context.secrets.delete('account:sleeper@https://hub.docker.com');
  return {
    extension,
    context,
    provider: views.firstCall.args[1].treeDataProvider as vscode.TreeDataProvider<TreeNode>,
    runs: views.secondCall.args[1].treeDataProvider as vscode.TreeDataProvider<RunEntry>,
    view: views.firstCall.returnValue as vscode.TreeView<TreeNode>,
    decorations: decorations.firstCall.args[0],
    log,
    sent,
    activation,
  };
}

function recorded(channel: vscode.LogOutputChannel, log: string[]): vscode.LogOutputChannel {
  const writers = ['trace', 'debug', 'info', 'warn', 'error', 'append', 'appendLine', 'replace'] as const;
  const recording = Object.fromEntries(
    writers.map((name) => [
      name,
      (...args: unknown[]) => {
        log.push(args.map((argument) => (argument instanceof Error ? argument.stack : String(argument))).join(' '));
        (channel[name] as (...args: unknown[]) => void)(...args);
      },
    ]),
  );
  return Object.assign(Object.create(channel) as vscode.LogOutputChannel, recording);
}
