import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';

import * as vscode from 'vscode';

import { deletePlan } from '../../src/editor/planPanel/deletePlan.ts';
import type { PanelServices } from '../../src/editor/planPanel/panelServices.ts';
import { hasImage, imageKey } from '../../src/retention/tags/tagImages.ts';
import type { TagNode } from '../../src/editor/tree/node.ts';
import { ClusterStore } from '../../src/editor/references/clusterStore.ts';
import { referenceFacts } from '../../src/text/referenceFacts.ts';
import { readProtection } from '../../src/editor/settings/settings.ts';
import type { ReferenceDoubt } from '../../src/references/referenceDoubt.ts';
import { WorkspaceReferences } from '../../src/editor/references/workspaceReferences.ts';
import { inSlices } from '../../src/async/inSlices.ts';
import { ReaderThread } from '../../src/references/reader/readerThread.ts';
import { checkPolicy } from '../../src/retention/policy/checkPolicy.ts';
import { PlanDraft } from '../../src/retention/draft/planDraft.ts';
import { smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';
import { errorText } from '../../src/text/errorText.ts';

describe('the references of the workspace', () => {
  const stage = useStage(smallWorld);
  const written = new Set<string>();
  const folder = (): string => vscode.workspace.workspaceFolders![0]!.uri.fsPath;

  /** Writes a file of the workspace until the end of the test. */
  const write = async (path: string, text: string): Promise<void> => {
    const file = join(folder(), path);
    written.add(join(folder(), path.split('/')[0]!));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };

  const described = async (tag: string): Promise<string> =>
    String((await stage.item(await stage.tag('web', tag))).description);
  const isUsed = async (tag: string): Promise<boolean> => (await described(tag)).startsWith('used · ');
  const tooltip = async (tag: string): Promise<string> => {
    const node = await stage.tag('web', tag);
    const item = await stage.product.provider.resolveTreeItem!(
      await stage.item(node),
      node,
      new vscode.CancellationTokenSource().token,
    );
    return (item!.tooltip as vscode.MarkdownString).value;
  };

  /** Signs in, and waits until what another test wrote is forgotten. */
  const begin = async (): Promise<void> => {
    await stage.signIn();
    for (const tag of ['build-1', 'build-2', 'build-3', 'build-4']) {
      await until(`no mark on ${tag}`, async () => !(await isUsed(tag)));
    }
  };

  afterEach(async () => {
    for (const path of written) await rm(path, { recursive: true, force: true });
    written.clear();
  });

  it("mark a used tag, say so to screen readers, and lead to the line: production's image stays (island.is#10926)", async () => {
    await write('deploy (prod)/compose.yaml', 'services:\n  web:\n    image: docker.io/ada/web:build-1\n');
    await stage.signIn();
    await until('a mark', () => isUsed('build-1'));
    assert.equal(await described('build-1'), 'used · 13mo ago · 100 MB');
    assert.equal(await described('build-2'), '6mo ago · 100 MB');
    const item = await stage.item(await stage.tag('web', 'build-1'));
    assert.equal(item.accessibilityInformation?.label, 'Tag build-1, pushed 13 months ago, stale, 100 MB, used');
    assert.equal((item.iconPath as vscode.ThemeIcon).color?.id, 'dockerHubPruner.tag.stale');
    const value = await tooltip('build-1');
    const [, shown, target] = /\*\*Used in\*\* \[(.*)\]\((.*)\)$/.exec(value) ?? [];
    assert.equal(shown?.replaceAll('&nbsp;', ' ').replaceAll('\\', ''), 'deploy (prod)/compose.yaml:3');
    const uri = vscode.Uri.parse(target!, true);
    assert.equal(
      uri.with({ fragment: '' }).toString(),
      vscode.Uri.file(join(folder(), 'deploy (prod)/compose.yaml'))
        .with({
          scheme: vscode.workspace.workspaceFolders![0]!.uri.scheme,
          authority: vscode.workspace.workspaceFolders![0]!.uri.authority,
        })
        .toString(),
    );
    assert.equal(uri.fragment, 'L3,12');
    assert.doesNotMatch(target!, /[()\s]/);
    assert.doesNotMatch(await tooltip('build-2'), /Used in/);
  });

  it('follow what is saved, added and taken away, also as a folder, and tell only the rows that it is about', async () => {
    await begin();
    const web = await stage.repository('web');
    const redrawn: unknown[] = [];
    const listening = stage.product.provider.onDidChangeTreeData!((row) => void redrawn.push(row));
    await write('sub/deep/Dockerfile-dev', 'FROM ada/web:build-1\n');
    await until('a mark', () => isUsed('build-1'));
    await until('a redrawn row', () => redrawn.length > 0);
    listening.dispose();
    assert.ok(
      redrawn.every((row) => row === web),
      JSON.stringify(redrawn),
    );
    const document = await vscode.workspace.openTextDocument(join(folder(), 'sub/deep/Dockerfile-dev'));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, 1, 0), 'FROM ada/web:build-2\n');
    await vscode.workspace.applyEdit(edit);
    assert.equal(await isUsed('build-1'), true, 'as it is saved');
    await document.save();
    await until('another mark', async () => (await isUsed('build-2')) && !(await isUsed('build-1')));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(join(folder(), 'sub'), { recursive: true });
    await until('no mark', async () => !(await isUsed('build-2')));
  });

  for (const [when, steps] of [
    ['plan', (used: () => unknown) => [{ pick: '90 days' }, { meanwhile: used }, { pick: 'Delete 3 Tags' }]],
    [
      'question',
      (used: () => unknown) => [
        { pick: '90 days' },
        { pick: 'Delete 3 Tags' },
        { meanwhile: used },
        { press: 'Delete 3 Tags' },
      ],
    ],
  ] as const) {
    it(`let nothing go that comes into use while its ${when} stands open`, async () => {
      await begin();
      const used = async (): Promise<void> => {
        await write('later/compose.yaml', 'services:\n  web:\n    image: ada/web:build-2\n');
        await until('a mark', () => isUsed('build-2'));
      };
      await stage.run('pruneOldTags', [await stage.repository('web')], ...steps(used));
      stage.dialogs.takeError(
        /^ada\/web:build-2 must now be kept: used in later\/compose\.yaml:3\. Nothing was deleted\. Create a new plan\.$/,
      );
      assert.deepEqual(stage.hub.deleted, []);
    });
  }

  it('E11: keep what files name that changed a moment ago where VS Code does not watch: below a link, and below files.watcherExclude', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'linked-'));
    const files = vscode.workspace.getConfiguration('files');
    await files.update('watcherExclude', { '**/unwatched/**': true }, vscode.ConfigurationTarget.Global);
    try {
      await writeFile(join(outside, 'Dockerfile'), 'FROM ada/web:build-1\n');
      await write('unwatched/Dockerfile', 'FROM ada/web:build-1\n');
      await mkdir(join(folder(), 'links'));
      written.add(join(folder(), 'links'));
      await symlink(outside, join(folder(), 'links/linked'));
      await stage.signIn();
      const repository = await stage.repository('web');
      await stage.run('pruneOldTags', [repository], { pick: '90 days' }, { pick: 'Delete 2 Tags' }, 'leave');
      assert.deepEqual(stage.hub.deleted, []);
      await writeFile(join(outside, 'Dockerfile'), 'FROM ada/web:build-2\n');
      await writeFile(join(folder(), 'unwatched/Dockerfile'), 'FROM ada/web:build-3\n');
      await stage.run(
        'pruneOldTags',
        [repository],
        { pick: '90 days' },
        { pick: 'Delete 1 Tag' },
        { press: 'Delete 1 Tag' },
      );
      assert.deepEqual(stage.tagsOf('web'), ['build-2', 'build-3', 'build-4', 'build-5', 'latest', 'undated']);
    } finally {
      await files.update('watcherExclude', undefined, vscode.ConfigurationTarget.Global);
      await rm(outside, { recursive: true, force: true });
    }
  });

  it('E11: let nothing go that such a file comes to name while the question stands open', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'linked-'));
    try {
      await mkdir(join(folder(), 'links'));
      written.add(join(folder(), 'links'));
      await symlink(outside, join(folder(), 'links/linked'));
      await begin();
      const used = () => writeFile(join(outside, 'Dockerfile'), 'FROM ada/web:build-2\n');
      await stage.run(
        'pruneOldTags',
        [await stage.repository('web')],
        { pick: '90 days' },
        { pick: 'Delete 3 Tags' },
        { meanwhile: used },
        { press: 'Delete 3 Tags' },
      );
      stage.dialogs.takeError(/^ada\/web:build-2 must now be kept: used in links\/linked\/Dockerfile:1\. /);
      assert.deepEqual(stage.hub.deleted, []);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it('let nothing go by a panel whose lists were read before it came into use, and ask nothing', async () => {
    const [repository, now] = [{ namespace: 'ada', name: 'web' }, Date.now()];
    const policy = checkPolicy({ repositories: ['ada/*'], olderThan: '30 days' }, now);
    const sources = [
      {
        repository,
        tags: [
          { name: 'build-1', pushedAt: 1 },
          { name: 'build-2', pushedAt: 2 },
        ],
        asOf: now,
        inDateOrder: false,
      },
    ];
    const rules = { protect: readProtection(), maxDeletions: 0, now };
    const { settled } = await inSlices(PlanDraft.create({ ...rules, sources, policy }));
    assert.equal(settled.totals.going, 2);
    const services = {
      references: {
        ready: async () => undefined,
        usesOf: () => ({ tags: new Map([['build-2', 'web.yaml:1']]), digests: new Map() }),
      },
    } as unknown as PanelServices;
    const account = { name: 'ada', kind: 'user', origins: { api: '', registry: '', token: '' } } as const;
    const lists = { ...rules, sources, unread: [], doubts: [], asOf: now };
    const deleting = deletePlan(services, account, {
      settled,
      lists,
      isShown: () => true,
      begun: () => assert.fail('begun'),
    });
    await assert.rejects(deleting, (error) =>
      /^ada\/web:build-2 must now be kept: used in web\.yaml:1\. /.test(errorText(error).message),
    );
  });

  it('take the values of a .env file that comes later, and changes', async () => {
    await begin();
    await write('env/compose.yaml', 'services: {a: {image: "ada/web:${TAG:-build-3}"}}\n');
    await until('the default', () => isUsed('build-3'));
    await write('env/.env', 'TAG=build-1\n');
    await until('the value', async () => (await isUsed('build-1')) && !(await isUsed('build-3')));
    await write('env/.env', 'TAG=build-2\n');
    await until('the next value', async () => (await isUsed('build-2')) && !(await isUsed('build-1')));
    await rm(join(folder(), 'env/.env'));
    await until('the default again', () => isUsed('build-3'));
  });

  it('respect files.exclude, also when it changes, and leave packages alone; search.exclude hides nothing', async () => {
    const files = vscode.workspace.getConfiguration('files');
    const search = vscode.workspace.getConfiguration('search');
    await files.update('exclude', { '**/hidden': true }, vscode.ConfigurationTarget.Global);
    await search.update('exclude', { '**/unsearched': true }, vscode.ConfigurationTarget.Global);
    try {
      await begin();
      await write('hidden/Dockerfile', 'FROM ada/web:build-1\n');
      await write('node_modules/a/Dockerfile', 'FROM ada/web:build-4\n');
      await write('.gitignore', 'unsearched\n');
      await write('unsearched/Dockerfile', 'FROM ada/web:build-2\n');
      await until('a mark', () => isUsed('build-2'));
      assert.equal(await isUsed('build-1'), false);
      await files.update('exclude', undefined, vscode.ConfigurationTarget.Global);
      await until('what was hidden', () => isUsed('build-1'));
      assert.equal(await isUsed('build-4'), false);
      await files.update('exclude', { '**/hidden': true }, vscode.ConfigurationTarget.Global);
      await until('what is hidden again', async () => !(await isUsed('build-1')));
    } finally {
      await files.update('exclude', undefined, vscode.ConfigurationTarget.Global);
      await search.update('exclude', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('know a tag by its digest and by that of one of its platforms', async () => {
    const [own, platform] = [`sha256:${'12'.repeat(32)}`, `sha256:${'34'.repeat(32)}`];
    const image = {
      architecture: 'amd64',
      features: '',
      variant: null,
      os: 'linux',
      os_features: '',
      os_version: null,
      size: 1,
      status: 'active',
      digest: platform,
    };
    stage.world.pushTag('ada', 'web', 'multi', {
      pushedAt: Date.now() - 1e9,
      digest: own,
      row: { images: [image, { ...image, architecture: 'arm64', digest: `sha256:${'56'.repeat(32)}` }] },
    });
    await begin();
    await write('Dockerfile', `FROM ada/web@${platform}\n`);
    await until('a mark', () => isUsed('multi'));
    await write('Dockerfile', `FROM ada/web@${own}\n`);
    await until('the link', async () => (await tooltip('multi')).includes('Dockerfile:1'));
    const node: TagNode = await stage.tag('web', 'multi');
    assert.ok(hasImage(node.tag.images ?? '', imageKey(platform)));
  });
});

describe('the images of a cluster', () => {
  const stage = useStage(smallWorld);
  const path = process.env['PATH'];
  const digest = `sha256:${'78'.repeat(32)}`;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  });

  afterEach(async () => {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true, force: true });
  });

  /** Puts a program of that name first on PATH, which writes its arguments down. */
  const kubectl = async (script: string): Promise<void> => {
    const file = join(folder, 'kubectl');
    await writeFile(file, `#!/bin/sh\necho "$@" >> "$(dirname "$0")/calls"\n${script}\n`, { mode: 0o755 });
    process.env['PATH'] = `${folder}${delimiter}${path}`;
  };
  const calls = async (): Promise<string[]> => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
  const answering = (pods: unknown): string =>
    `case "$1" in config) echo 'prod](command:x)';; *) cat <<'END'\n${JSON.stringify(pods)}\nEND\n;; esac`;
  const pod = (name: string, image: string, imageID: string) => ({
    metadata: { namespace: 'shop', name },
    spec: { containers: [{ image }] },
    status: { containerStatuses: [{ image, imageID }] },
  });
  const described = async (tag: string): Promise<string> =>
    String((await stage.item(await stage.tag('web', tag))).description);

  it('are in use once they were read, after a question that names the context, until they are read again', async () => {
    stage.world.pushTag('ada', 'web', 'running', { pushedAt: Date.now() - 1e9, digest });
    await stage.signIn();
    await kubectl(answering({ items: [pod('web-1', 'ada/web:build-1', `docker.io/ada/web@${digest}`)] }));
    await stage.run('readClusterImages', [], { press: 'Read Images' });
    const question = stage.dialogs.only(/^Read the images/);
    assert.deepEqual(
      [question.title, question.modal],
      ['Read the images of the Kubernetes context "prod] (command:x)"?', true],
    );
    assert.equal(stage.dialogs.said, '1 pods of prod] (command:x) refer to 2 images of Docker Hub, by tag or digest.');
    assert.deepEqual(await calls(), [
      'config current-context',
      'get pods --all-namespaces --output=json --context=prod](command:x)',
    ]);
    assert.match(await described('build-1'), /^used · /);
    assert.match(await described('running'), /^used · /);
    const node = await stage.tag('web', 'build-1');
    const item = await stage.product.provider.resolveTreeItem!(
      await stage.item(node),
      node,
      new vscode.CancellationTokenSource().token,
    );
    const { value } = item!.tooltip as vscode.MarkdownString;
    assert.match(
      value.replaceAll('&nbsp;', ' ').replaceAll('\\', ''),
      /\*\*Used in\*\* shop\/web-1 \(prod\] \(command:x\)\)$/,
    );
    await kubectl(answering({ items: [] }));
    await stage.run('readClusterImages', [], { press: 'Read Images' });
    assert.doesNotMatch(await described('build-1'), /used/);
  });

  /** What a window that is loaded again knows of clusters, at this instant. */
  const reloaded = async <T>(look: (references: WorkspaceReferences) => T | Promise<T>): Promise<T> => {
    const reader = new ReaderThread(join(stage.product.extension.extensionPath, 'dist', 'readerProgram.cjs'));
    const references = new WorkspaceReferences(
      reader,
      () => undefined,
      undefined,
      new ClusterStore(stage.product.context.workspaceState),
    );
    try {
      return await look(references);
    } finally {
      references.dispose();
      reader[Symbol.dispose]();
    }
  };
  const web = { namespace: 'ada', name: 'web' };
  const agesOf = (references: WorkspaceReferences, now?: number): string[] =>
    referenceFacts(references.clusterDoubts, now);

  it('C7: count and are dated also after a reload of the window, in the question before a delete too, until they are forgotten', async () => {
    stage.world.pushTag('ada', 'web', 'running', { pushedAt: Date.now() - 1e9, digest });
    await stage.signIn();
    await kubectl(answering({ items: [pod('web-1', 'ada/web:build-1', `docker.io/ada/web@${digest}`)] }));
    await stage.run('readClusterImages', [], { press: 'Read Images' });
    await reloaded((references) => {
      assert.equal(references.placesOf(web, { name: 'build-1' })[0]?.text, 'shop/web-1 (prod] (command:x))');
      assert.equal(references.placesOf(web, { name: 'running', digest }).length, 1);
      assert.deepEqual(agesOf(references, Date.now() + 3 * 86_400_000), [
        'Images of the cluster "prod] (command:x)" were read 3 days ago. To refresh them, run "Read Images of the Current Kubernetes Context".',
      ]);
    });
    await stage.run('deleteRepository', [await stage.repository('web')], 'leave');
    const { detail } = stage.dialogs.only(/^Delete the repository ada\/web/);
    assert.match(
      detail,
      /\nIn use: 2 tags: running \(shop\/web-1 .*\), build-1 \(.*\)\.\n(.*\n)*Images of the cluster "prod\] \(command:x\)" were read just now\. /,
    );
    await stage.run('readClusterImages', [], { press: 'Forget Cluster Images' });
    assert.match(
      stage.dialogs.find(/^Read the images/).at(-1)!.detail,
      /\nImages of the cluster .* were read just now\./,
    );
    await reloaded((references) =>
      assert.deepEqual([references.placesOf(web, { name: 'build-1' }), agesOf(references)], [[], []]),
    );
    assert.doesNotMatch(await described('build-1'), /used/);
  });

  it('C7: a cluster that cannot be read any more can be forgotten all the same', async () => {
    await stage.signIn();
    await kubectl(answering({ items: [pod('web-1', 'ada/web:build-1', '')] }));
    await stage.run('readClusterImages', [], { press: 'Read Images' });
    await kubectl('echo "error: current-context is not set" >&2; exit 1');
    await stage.run('readClusterImages', [], { press: 'Forget Cluster Images' });
    stage.dialogs.takeError(/^kubectl says: "error: current-context is not set"$/);
    await reloaded((references) => assert.equal(references.hasClusters, false));
  });

  it('C7: what is kept and cannot be read is reported as unknown', async () => {
    const { workspaceState } = stage.product.context;
    await workspaceState.update('clusterImages', { version: 1, clusters: 'prod' });
    await reloaded(async (references) => {
      assert.deepEqual(agesOf(references), [
        'The stored images of Kubernetes clusters can no longer be read, so they aren\'t protected. Run "Read Images of the Current Kubernetes Context" again for each context.',
      ]);
      assert.ok((await references.unsure([web])).some(({ kind }) => kind === 'clustersUnknown'));
    });
    await workspaceState.update('clusterImages', undefined);
  });

  it('are not read when the question is left', async () => {
    await kubectl(answering({ items: [] }));
    await stage.run('readClusterImages', [], 'leave');
    assert.deepEqual(await calls(), ['config current-context']);
  });

  for (const [what, script, expected] of [
    [
      'that fails',
      'echo "error: current-context is not set" >&2; exit 1',
      /^kubectl says: "error: current-context is not set"$/,
    ],
    [
      'that writes something else',
      'case "$1" in config) echo prod;; *) echo \'[]\';; esac',
      /^This is no list of pods\.$/,
    ],
  ] as const) {
    it(`say what is wrong with a kubectl ${what}`, async () => {
      await kubectl(script);
      await stage.run('readClusterImages', [], ...(what === 'that fails' ? [] : [{ press: 'Read Images' }]));
      stage.dialogs.takeError(expected);
    });
  }

  it('say that there is no kubectl', async () => {
    process.env['PATH'] = folder;
    await stage.run('readClusterImages', []);
    stage.dialogs.takeError(/^kubectl wasn't found\./);
  });

  it('end kubectl when they are cancelled', async () => {
    await kubectl('case "$1" in config) echo prod;; *) exec sleep 1000;; esac');
    const cancelling = (async () => (await stage.dialogs.progress(/^Reading the Images/)).cancel())();
    await Promise.all([stage.run('readClusterImages', [], { press: 'Read Images' }), cancelling]);
    assert.equal(stage.dialogs.find('error').length, 0);
  });
});

describe('what is said of uses that may be there (facts of references)', () => {
  const place = (file: string, line?: number) => ({
    text: line === undefined ? file : `${file}:${line}`,
    source: file,
    ...(line !== undefined && { line, column: 1 }),
  });
  const about = { namespace: 'acme', name: 'web' };
  const doubt = (
    file: string,
    line: number,
    { kind = 'unresolved', repository }: { kind?: 'unresolved' | 'overridable'; repository?: typeof about } = {},
  ): ReferenceDoubt => ({
    kind,
    text: `acme/web:\${T${line}}`,
    place: place(file, line),
    ...(repository && { repository }),
  });
  const lines = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

  it('is nothing where all is known', () => assert.deepEqual(referenceFacts([]), []));

  it('is a line for each file; a single one says what is written, and where', () => {
    const prod = lines(3).map((line) => doubt('deploy/prod.yaml', line, { repository: about }));
    const defaults = lines(2).map((line) =>
      doubt('deploy/test.yaml', line, { kind: 'overridable', repository: about }),
    );
    assert.deepEqual(referenceFacts([...prod, doubt('compose.yaml', 7, { repository: about }), ...defaults]), [
      "The tags of 3 images in deploy/prod.yaml come from the environment, so they aren't protected.",
      'The tag of "acme/web:${T7}" in compose.yaml:7 comes from the environment, so it isn\'t protected.',
      '2 images in deploy/test.yaml protect only their defaults; the environment might set other tags.',
    ]);
    // Of what stands apart in the list, and of both kinds, there is one line all the same.
    assert.deepEqual(referenceFacts([defaults[0]!, prod[0]!, doubt('deploy/test.yaml', 9, { repository: about })]), [
      "The tags of 2 images in deploy/test.yaml come from the environment, so they aren't protected.",
      'The tag of "acme/web:${T1}" in deploy/prod.yaml:1 comes from the environment, so it isn\'t protected.',
    ]);
  });

  it('counts what may be of other repositories, and names one', () => {
    assert.deepEqual(referenceFacts([doubt('a.yaml', 3)]), [
      '"acme/web:${T3}" in a.yaml:3 might be an image from these repositories and isn\'t protected.',
    ]);
    assert.deepEqual(referenceFacts([doubt('a.yaml', 3), doubt('a.yaml', 4)]), [
      "2 images in a.yaml might be from these repositories and aren't protected.",
    ]);
    assert.deepEqual(referenceFacts([doubt('a.yaml', 3), doubt('a.yaml', 4), doubt('b.yaml', 1)]), [
      '3 images in 2 files might be from these repositories and aren\'t protected. One of them is "acme/web:${T3}" in a.yaml:3.',
    ]);
  });

  it('is a few lines, however much there is', () => {
    const many = lines(5000).flatMap((line) => [
      doubt(`a${line % 100}.yaml`, line, { repository: about }),
      doubt(`a${line}.yaml`, line),
      { kind: 'unreadable', place: place(`b${line}.yaml`) } as const,
    ]);
    assert.deepEqual(referenceFacts([{ kind: 'noWorkspace' }, { kind: 'tooManyFiles', limit: 20_000 }, ...many]), [
      'No folder is open, so no tag is known to be in use.',
      "The workspace has more than 20,000 files; the rest weren't searched for images.",
      "The tags of 50 images in a1.yaml come from the environment, so they aren't protected.",
      "The tags of 50 images in a2.yaml come from the environment, so they aren't protected.",
      "The tags of 50 images in a3.yaml come from the environment, so they aren't protected.",
      'The same goes for 4,850 images in 97 more files.',
      '5,000 images in 5,000 files might be from these repositories and aren\'t protected. One of them is "acme/web:${T1}" in a1.yaml:1.',
      "5,000 files couldn't be read, so the images that they name aren't protected. One of them is b1.yaml.",
    ]);
    const four = lines(4).map((file) => doubt(`a${file}.yaml`, 1, { repository: about }));
    assert.equal(referenceFacts(four).at(-1), 'The same goes for 1 image in 1 more file.');
    assert.equal(
      referenceFacts([...four, doubt('a4.yaml', 2, { repository: about })]).at(-1),
      'The same goes for 2 images in 1 more file.',
    );
  });

  it('takes names of files and what stands in them as text (invariant 10)', () => {
    const evil = '[x](command:y)\u202e\n';
    const shown = '[x] (command:y)\ufffd';
    assert.deepEqual(
      referenceFacts([
        { kind: 'unfinished' },
        { kind: 'overridable', text: evil, place: place(evil, 2), repository: about },
        { kind: 'unresolved', text: '$X', place: place('a', 1) },
        { kind: 'unreadable', place: place(evil) },
      ]),
      [
        "The workspace hasn't been searched completely; images that haven't been found yet aren't protected.",
        `"${shown}" in ${shown} :2 protects only its default; the environment might set another tag.`,
        '"$X" in a:1 might be an image from these repositories and isn\'t protected.',
        `${shown} couldn't be read, so the images that it names aren't protected.`,
      ],
    );
    assert.match(
      referenceFacts(lines(2).map((line) => doubt(evil, line, { repository: about })))[0]!,
      /^The tags of 2 images in \[x\] \(command:y\)\ufffd come from /,
    );
  });
});
