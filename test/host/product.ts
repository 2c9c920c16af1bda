import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import sinon from 'sinon';
import * as vscode from 'vscode';

import type { TreeNode } from '../../src/host/node.ts';
import type { RunEntry } from '../../src/host/runEntry.ts';
import { SentRequests } from './sentRequests.ts';

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
  /** How long `activate` took, in ms, and how many requests it sent while an account was signed in. */
  readonly activation: { readonly ms: number; readonly requests: number; readonly wasActive: boolean };
}

let activated: Promise<Product> | undefined;

/** Activates the extension at the first call. */
export function product(): Promise<Product> {
  return (activated ??= activate());
}

/** Signed in while the extension starts; nothing may be sent for it. */
const sleeper = {
  account: { name: 'sleeper', kind: 'user', origins: { api: 'https://hub.docker.com', registry: 'https://registry-1.docker.io', token: 'https://auth.docker.io' } },
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
  const original = require(main) as { activate(context: vscode.ExtensionContext): void };
  let context: vscode.ExtensionContext | undefined;
  let ms = Infinity;
  require.cache[main]!.exports = {
    ...original,
    activate: async (given: vscode.ExtensionContext) => {
      context = given;
      await given.secrets.store('account:sleeper@https://hub.docker.com', JSON.stringify(sleeper));
      const startedAt = performance.now();
      original.activate(given);
      ms = performance.now() - startedAt;
    },
  };
  const sandbox = sinon.createSandbox();
  const views = sandbox.spy(vscode.window, 'createTreeView');
  const decorations = sandbox.spy(vscode.window, 'registerFileDecorationProvider');
  const createChannel = vscode.window.createOutputChannel.bind(vscode.window) as (name: string, options: { log: true }) => vscode.LogOutputChannel;
  sandbox.stub(vscode.window, 'createOutputChannel').callsFake((name: string) => recorded(createChannel(name, { log: true }), log));
  await extension.activate();
  sandbox.restore();
  assert.ok(context, 'the extension was active before the tests');
  const requests = sent.all.length;
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
    activation: { ms, requests, wasActive },
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
