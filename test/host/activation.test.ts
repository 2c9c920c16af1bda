import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import process from 'node:process';

import * as vscode from 'vscode';

import { filesLoadedWith, readMetafile } from '../../scripts/extensionBuild.ts';
import { product, type Product } from './product.ts';

const commandTitles = {
  signIn: 'Sign In…',
  signOut: 'Sign Out',
  refresh: 'Refresh',
  refreshBranch: 'Refresh',
  pruneOldTags: 'Prune Old Tags…',
  previewPrune: 'Preview Prune…',
  exportPlan: 'Export Plan…',
  deleteRepository: 'Delete Repository…',
  deleteTag: 'Delete Tag…',
  copyReference: 'Copy Image Reference',
  openOnDockerHub: 'Open on Docker Hub',
  addNamespace: 'Add Namespace…',
  removeNamespace: 'Remove Namespace',
  filterTags: 'Filter Tags…',
  sortTags: 'Sort Tags…',
  showUses: 'Show Uses…',
  readClusterImages: 'Read Images of the Current Kubernetes Context',
  cancelRun: 'Cancel Run',
  resumeRun: 'Resume Interrupted Run…',
  restoreTags: 'Restore Deleted Tags…',
  leaveRun: 'Dismiss Interrupted Run',
  removeRun: 'Remove Run…',
  showRun: 'Show Run',
  exportRun: 'Export Run…',
  showLog: 'Show Log',
};

interface Manifest {
  readonly publisher: string;
  readonly displayName: string;
  readonly extensionKind: string[];
  readonly contributes: {
    readonly commands: { command: string; title: string; category: string }[];
    readonly views: Record<string, { id: string }[]>;
    readonly viewsContainers: Record<string, { id: string }[]>;
    readonly colors: { id: string; defaults: Record<string, string> }[];
    readonly configuration: { properties: Record<string, { scope: string; default: unknown }> };
    readonly menus: Record<string, { command: string; when?: string }[]>;
  };
}

describe('activation', () => {
  let made: Product;
  let manifest: Manifest;

  before(async () => {
    made = await product();
    manifest = made.extension.packageJSON as Manifest;
  });

  it('waits until VS Code has started, and comes then to look for interrupted runs', async () => {
    const published = JSON.parse(await readFile(join(process.env['PRUNER_ROOT']!, 'package.json'), 'utf8')) as {
      activationEvents: string[];
    };
    assert.deepEqual(published.activationEvents, ['onStartupFinished', 'onWebviewPanel:dockerHubPruner.plan']);
    assert.equal(made.activation.wasActive, false, 'a view or a command would activate it as well');
  });

  it('is quick and sends nothing, also with an account signed in', () => {
    assert.ok(made.activation.ms < 200, `${made.activation.ms} ms`);
    assert.equal(made.activation.requests, 0);
  });

  it('loads what it needs to register, then reads who is signed in, and loads nothing else before it is used', async () => {
    const metafile = await readMetafile(join(made.extension.extensionPath, 'dist'));
    const files = Object.keys(metafile.outputs).map((path) => basename(path));
    const [first, parser] = ['extension.cjs', files.find((name) => name.startsWith('storedAccount-'))!].map((name) =>
      filesLoadedWith(metafile, name),
    ) as [string[], string[]];
    assert.deepEqual(made.activation.loaded, first.sort());
    assert.deepEqual(made.activation.loadedAfter, [...new Set([...first, ...parser])].sort());
    assert.ok(files.length > 2 * made.activation.loadedAfter.length, 'most of it is late');
  });

  it('looks for interrupted runs after it has returned, with one look at a folder', () => {
    assert.deepEqual(made.activation.looksBefore, []);
    assert.deepEqual(made.activation.looks, [join(made.context.globalStorageUri.fsPath, 'runs')]);
  });

  it('registers exactly the commands of the manifest', async () => {
    const registered = (await vscode.commands.getCommands(true)).filter(
      (id) => id.startsWith('dockerHubPruner.') && !isOfView(id),
    );
    assert.deepEqual(registered.sort(), manifest.contributes.commands.map(({ command }) => command).sort());
  });

  it('names no command in a menu that it does not have', () => {
    const known = new Set(manifest.contributes.commands.map(({ command }) => command));
    const used = Object.values(manifest.contributes.menus).flatMap((items) => items.map(({ command }) => command));
    assert.deepEqual(
      used.filter((command) => !known.has(command)),
      [],
    );
  });

  it('has the commands of the design under their titles', () => {
    const titles = manifest.contributes.commands.map(({ command, title, category }) => [command, category, title]);
    assert.deepEqual(
      titles.sort(),
      Object.entries(commandTitles)
        .map(([id, title]) => [`dockerHubPruner.${id}`, 'Docker Hub', title])
        .sort(),
    );
  });

  it('keeps commands that need a row out of the palette', () => {
    const hidden = manifest.contributes.menus['commandPalette']!.filter(({ when }) => when === 'false').map(
      ({ command }) => command,
    );
    assert.deepEqual(
      hidden.sort(),
      ['copyReference', 'deleteRepository', 'deleteTag', 'openOnDockerHub', 'refreshBranch', 'removeNamespace'].map(
        (id) => `dockerHubPruner.${id}`,
      ),
    );
  });

  it('has the views, the colors and the settings of the design', () => {
    const { views, viewsContainers, colors, configuration } = manifest.contributes;
    assert.deepEqual(
      viewsContainers['activitybar']!.map(({ id }) => id),
      ['dockerHubPruner'],
    );
    assert.deepEqual(
      views['dockerHubPruner']!.map(({ id }) => id),
      ['dockerHubPruner.repositories', 'dockerHubPruner.runs'],
    );
    assert.deepEqual(
      colors.map(({ id }) => id),
      ['fresh', 'aging', 'old', 'stale', 'unknown'].map((band) => `dockerHubPruner.tag.${band}`),
    );
    for (const { defaults } of colors) {
      assert.deepEqual(Object.keys(defaults).sort(), ['dark', 'highContrast', 'highContrastLight', 'light']);
    }
    const found = Object.entries(configuration.properties).map(([key, { scope, default: value }]) => [
      key.replace('dockerHubPruner.', ''),
      scope,
      value,
    ]);
    assert.deepEqual(found.sort(), [
      ['ageBands', 'window', { aging: '30 days', old: '90 days', stale: '1 year' }],
      ['apiUrl', 'application', 'https://hub.docker.com'],
      ['keepRuns', 'application', 100],
      ['maxDeletions', 'window', 0],
      ['olderThan', 'application', '90 days'],
      ['policies', 'application', []],
      ['protect', 'window', ['latest']],
      ['registryUrl', 'application', 'https://registry-1.docker.io'],
    ]);
  });

  it('runs on the side of the user first', () => {
    assert.deepEqual(manifest.extensionKind, ['ui', 'workspace']);
    assert.equal(manifest.publisher, 'pruner-for-docker-hub');
    assert.equal(manifest.displayName, 'Pruner for Docker Hub');
  });
});

/** VS Code makes commands of its own for each view. */
function isOfView(id: string): boolean {
  return /^dockerHubPruner\.(repositories|runs)\./.test(id);
}
