import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import * as vscode from 'vscode';

import type { RepositoryNode, TagNode, TreeNode } from '../../src/editor/tree/node.ts';
import { startHub, type Hub } from '../hub/hub.ts';
import { settingsOf } from '../hub/options.ts';
import { World } from '../hub/world.ts';
import { product, type Product } from './product.ts';
import { ScriptedDialogs, type Step } from './scriptedDialogs.ts';
import { until } from './until.ts';

/** Names and secrets of the account that most tests sign in with; they open nothing but the tests' own server. */
export const ada = {
  name: 'ada',
  password: 'ada-password-7391',
  deleteToken: 'dckr_pat_ada-delete-00000000000',
  readToken: 'dckr_pat_ada-read-0000000000000',
} as const;

/** An instant so many days ago, in ms. */
export function daysAgo(days: number): number {
  // A server writes whole seconds, and the earlier of both clocks counts: a second of slack keeps these days whole.
  return Date.now() - days * 86_400_000 - 1000;
}

const settings = vscode.ConfigurationTarget;

/** The label of a row; ours are plain texts. */
export function labelOf({ label }: vscode.TreeItem): string {
  return typeof label === 'string' ? label : '';
}

/** A Hub, the extension pointed at it, and a person who answers dialogs. */
export class Stage {
  readonly hub: Hub;
  readonly product: Product;
  readonly dialogs: ScriptedDialogs;
  #origin: string;
  #registry: string | undefined;
  readonly #documentsBefore = new Set(ownDocuments());
  readonly #changed = new Map<string, Set<vscode.ConfigurationTarget>>();

  constructor(hub: Hub, made: Product, dialogs: ScriptedDialogs) {
    this.hub = hub;
    this.#origin = hub.origin;
    this.product = made;
    this.dialogs = dialogs;
  }

  get world(): World {
    return this.hub.world;
  }

  /** Runs a command of the extension with its dialogs answered. */
  async run(command: string, args: readonly unknown[], ...steps: readonly Step[]): Promise<void> {
    this.dialogs.script(...steps);
    await vscode.commands.executeCommand(`dockerHubPruner.${command}`, ...args);
    await turn();
  }

  /** Signs in as `ada` with a token that may delete, or as somebody else. */
  async signIn(name: string = ada.name, secret: string = ada.deleteToken): Promise<void> {
    await this.#heard(1, () => this.run('signIn', [], { enter: name }, { enter: secret }));
    assert.ok(this.dialogs.said.startsWith(`Signed in as ${name}.`), this.dialogs.said);
    this.hub.requests.length = 0;
  }

  /** Lets credentials go to another server than the Hub's in this test. */
  allow(origin: string): void {
    this.#origin = origin;
  }

  /** Points the extension at a registry of its own until the end of the test. */
  async useRegistry(origin: string): Promise<void> {
    this.#registry = origin;
    await this.set('registryUrl', origin);
  }

  /** The rows below a row, as VS Code asks for them. */
  async children(node?: TreeNode): Promise<TreeNode[]> {
    return (await this.product.provider.getChildren(node)) ?? [];
  }

  /** A row as VS Code shows it. */
  async item(node: TreeNode): Promise<vscode.TreeItem> {
    return this.product.provider.getTreeItem(node);
  }

  /** What a row that says a failure tells a screen reader: all of it. */
  told(item: vscode.TreeItem): string {
    return item.accessibilityInformation?.label ?? '';
  }

  /** Labels of the rows below a row. */
  async labels(node?: TreeNode): Promise<string[]> {
    return Promise.all((await this.children(node)).map(async (child) => labelOf(await this.item(child))));
  }

  /** The row under these labels, from the account on. */
  async node(...path: string[]): Promise<TreeNode> {
    let node: TreeNode | undefined;
    for (const label of path) {
      const children = await this.children(node);
      const labels = await Promise.all(children.map(async (child) => labelOf(await this.item(child))));
      node = children[labels.indexOf(label)];
      assert.ok(node, `no row "${label}" among ${labels.join(', ')}`);
    }
    return node!;
  }

  /** The row of a repository of `ada`'s own namespace or of another that she sees. */
  async repository(name: string, namespace: string = ada.name): Promise<RepositoryNode> {
    return (await this.node(ada.name, namespace, name)) as RepositoryNode;
  }

  /** The row of a tag. */
  async tag(repository: string, tag: string): Promise<TagNode> {
    return (await this.node(ada.name, ada.name, repository, tag)) as TagNode;
  }

  /** Names of a repository's tags on the server. */
  tagsOf(repository: string, namespace: string = ada.name): string[] {
    return [...(this.world.repository(namespace, repository)?.tags.keys() ?? [])].sort();
  }

  /** Sets a setting until the end of the test. */
  async set(key: string, value: unknown, target: vscode.ConfigurationTarget = settings.Global): Promise<void> {
    const targets = this.#changed.get(key) ?? new Set();
    this.#changed.set(key, targets.add(target));
    await vscode.workspace.getConfiguration('dockerHubPruner').update(key, value, target);
  }

  /** Every file that the extension keeps. */
  async storedFiles(): Promise<string[]> {
    const found = await readdir(this.product.context.globalStorageUri.fsPath, {
      recursive: true,
      withFileTypes: true,
    }).catch(() => []);
    return found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  }

  /** Texts of the plans and reports that this test opened; VS Code keeps closed ones for a while. */
  documents(): string[] {
    return ownDocuments()
      .filter((document) => !this.#documentsBefore.has(document))
      .map((document) => document.getText());
  }

  /** Puts everything back and checks what must hold after every test. */
  async end(): Promise<void> {
    try {
      this.dialogs.verify();
      await this.#checkSecrets();
    } finally {
      this.dialogs.dispose();
      const { context, view, log, sent } = this.product;
      const keys = await context.secrets.keys();
      await this.#heard(keys.length, () => Promise.all(keys.map((key) => context.secrets.delete(key))));
      for (const key of context.globalState.keys()) await context.globalState.update(key, undefined);
      await rm(context.globalStorageUri.fsPath, { recursive: true, force: true });
      for (const [key, targets] of this.#changed) {
        const value = key === 'apiUrl' || key === 'registryUrl' ? this.hub.origin : undefined;
        for (const target of targets) {
          await vscode.workspace.getConfiguration('dockerHubPruner').update(key, value, target);
        }
      }
      if (this.documents().length > 0) await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      if (view.visible) {
        await vscode.commands.executeCommand('workbench.action.closeSidebar');
        await until('a closed side bar', () => !view.visible);
      }
      log.length = 0;
      sent.all.length = 0;
    }
  }

  /** Does something that changes SecretStorage so many times, and waits until the extension has heard of it. */
  async #heard(changes: number, work: () => Promise<unknown>): Promise<void> {
    let heard = 0;
    const listening = this.product.context.secrets.onDidChange(() => void heard++);
    try {
      await work();
      await until('news of SecretStorage', () => heard >= changes);
    } finally {
      listening.dispose();
    }
    // The extension reads what is stored now; its answer comes before this one.
    await this.product.context.secrets.keys();
    await turn();
  }

  /** Credentials stand nowhere but in SecretStorage and where they are for (invariant 9). */
  async #checkSecrets(): Promise<void> {
    const { context, log, sent } = this.product;
    const secrets = [...this.world.secrets, ...this.dialogs.secrets].filter((secret) => secret.trim() !== '');
    sent.check(this.#origin, secrets, this.#registry);
    const files = await Promise.all((await this.storedFiles()).map((file) => readFile(file, 'utf8')));
    const state = context.globalState.keys().map((key) => [key, context.globalState.get(key)]);
    const places = {
      'the log': log,
      'a dialog': this.dialogs.texts(),
      'a document': this.documents(),
      'a file': files,
      'the global state': [JSON.stringify(state)],
      'the workspace state': [JSON.stringify(context.workspaceState.keys())],
      'the settings': [JSON.stringify(vscode.workspace.getConfiguration('dockerHubPruner'))],
    };
    for (const [place, texts] of Object.entries(places)) {
      for (const secret of [...secrets, ...sent.tokens, ...sent.registryTokens]) {
        assert.ok(
          !texts.some((text) => text.includes(secret)),
          `credentials in ${place}: ${texts.find((text) => text.includes(secret))?.replaceAll(secret, '***')}`,
        );
      }
    }
  }
}

function ownDocuments(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'docker-hub-pruner');
}

let started: Promise<Hub> | undefined;

/** One Hub for all suites, since each change of a setting takes VS Code a quarter of a second. */
function sharedHub(): Promise<Hub> {
  return (started ??= (async () => {
    const hub = await startHub({ world: new World() });
    await configure(hub.origin);
    return hub;
  })());
}

async function configure(origin: string | undefined): Promise<void> {
  for (const key of ['apiUrl', 'registryUrl']) {
    await vscode.workspace.getConfiguration('dockerHubPruner').update(key, origin, settings.Global);
  }
}

after(async () => {
  if (!started) return;
  await configure(undefined);
  await (await started).close();
});

/**
 * Points the extension at a Hub, and before each test of the suite puts the Hub and the dialogs into their first state.
 * @param fill puts into the empty world what the tests need
 */
export function useStage(fill: (world: World) => void): Stage {
  let stage: Stage | undefined;

  beforeEach(async () => {
    const made = await product();
    const hub = await sharedHub();
    const { world } = hub;
    for (const map of [world.accounts, world.organisations, world.repositories]) map.clear();
    fill(world);
    hub.clearScripts();
    Object.assign(hub.options, settingsOf({}));
    for (const list of [hub.requests, hub.deleted, hub.deletedRepositories]) list.length = 0;
    stage = new Stage(hub, made, new ScriptedDialogs());
  });

  afterEach(async () => {
    await stage?.end();
    stage = undefined;
  });

  // Tests hold one object, whichever stage stands behind it at the moment.
  return new Proxy({} as Stage, {
    get: (_, key) => {
      assert.ok(stage, 'outside of a test');
      const value: unknown = Reflect.get(stage, key, stage);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(stage) : value;
    },
  });
}

/** `ada` with two tokens, an organisation that she administers, one that she reads, and a few repositories with tags of every age. */
export function smallWorld(world: World): void {
  world.addAccount({
    name: ada.name,
    password: ada.password,
    tokens: [
      { secret: ada.deleteToken, scope: 'repo:admin' },
      { secret: ada.readToken, scope: 'repo:read' },
    ],
  });
  world.addOrganisation({ name: 'acme', members: { [ada.name]: 'admin' } });
  world.addOrganisation({ name: 'readers', members: { [ada.name]: 'read' } });
  addRepository(world, ada.name, 'web', {
    latest: 1,
    'build-5': 10,
    'build-4': 45,
    'build-3': 100,
    'build-2': 200,
    'build-1': 400,
    undated: null,
  });
  addRepository(world, ada.name, 'api', { 'v1.0': 500, 'v1.1': 300, 'v1.2': 2 });
  addRepository(world, 'acme', 'site', { one: 700, two: 150, three: 3 });
  addRepository(world, 'readers', 'handbook', { draft: 300, final: 200 });
}

/** Adds a repository with tags so many days old; null for an unknown date. */
export function addRepository(
  world: World,
  namespace: string,
  name: string,
  ages: Readonly<Record<string, number | null>>,
  init: { isPrivate?: boolean } = {},
): void {
  world.addRepository({ namespace, name, ...init });
  for (const [tag, days] of Object.entries(ages)) {
    world.pushTag(namespace, name, tag, { pushedAt: days === null ? null : daysAgo(days) });
  }
}
