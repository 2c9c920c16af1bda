import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { RepositoryNode, TreeNode } from '../../src/editor/tree/node.ts';
import { generateRepository } from '../hub/generate.ts';
import { product } from './product.ts';
import { ada, addRepository, daysAgo, labelOf, smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

describe('the tree', () => {
  const stage = useStage(smallWorld);

  const gets = (): string[] =>
    stage.hub.requests.filter(({ method }) => method === 'GET').map(({ path }) => path.replace(/\?.*/, ''));
  const described = async (node: TreeNode): Promise<string> => String((await stage.item(node)).description);

  it('is empty while nobody is signed in', async () => {
    assert.deepEqual(await stage.children(), []);
    assert.equal(stage.hub.requests.length, 0);
  });

  it('goes from the account over its namespaces and repositories to the tags', async () => {
    await stage.signIn();
    assert.deepEqual(await stage.labels(), ['ada']);
    const account = await stage.node('ada');
    assert.deepEqual(await stage.labels(account), ['ada', 'acme', 'readers']);
    assert.deepEqual(await stage.labels(await stage.node('ada', 'ada')), ['api', 'web']);
    assert.deepEqual(await stage.labels(await stage.repository('web')), [
      'latest',
      'build-5',
      'build-4',
      'build-3',
      'build-2',
      'build-1',
      'undated',
    ]);
    assert.deepEqual(await stage.labels(await stage.tag('web', 'latest')), []);
  });

  it('reads each branch once, and only what is opened', async () => {
    await stage.signIn();
    await stage.children();
    assert.deepEqual(gets(), []);
    await stage.repository('web');
    await stage.repository('web');
    assert.deepEqual(gets(), ['/v2/user/orgs', '/v2/namespaces/ada/repositories']);
  });

  it('has icons, states and a unique id for each row', async () => {
    await stage.signIn();
    addRepository(stage.world, 'ada', 'secret', {}, { isPrivate: true });
    const nodes = [
      await stage.node('ada'),
      ...(await stage.children(await stage.node('ada'))),
      ...(await stage.children(await stage.node('ada', 'ada'))),
      ...(await stage.children(await stage.repository('web'))),
      ...(await stage.children(await stage.repository('secret'))),
    ];
    const items = await Promise.all(nodes.map((node) => stage.item(node)));
    const ids = items.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const iconOf = (label: string): string =>
      (items.find((item) => item.label === label)!.iconPath as vscode.ThemeIcon).id;
    assert.deepEqual(['ada', 'acme', 'web', 'secret', 'latest', 'No tags'].map(iconOf), [
      'account',
      'briefcase',
      'repo',
      'lock',
      'bookmark',
      'info',
    ]);
    assert.deepEqual(
      items
        .map(({ contextValue }) => contextValue)
        .filter(Boolean)
        .slice(0, 6),
      ['account', 'namespace', 'namespace', 'namespace', 'repository', 'repository'],
    );
  });

  it('says tag count, size, last push and privacy of a repository once they are known', async () => {
    stage.world.addRepository({
      namespace: 'ada',
      name: 'big',
      isPrivate: true,
      storageSize: 3_200_000_000,
      pullCount: 1234,
    });
    stage.world.pushTag('ada', 'big', 'one', { pushedAt: daysAgo(5) });
    await stage.signIn();
    const node = await stage.repository('big');
    assert.equal(await described(node), '5d ago · 3.2 GB · private');
    await stage.children(node);
    assert.equal(await described(await stage.repository('big')), '1 tag · 5d ago · 3.2 GB · private');
    const item = await stage.item(await stage.repository('big'));
    assert.equal(
      item.accessibilityInformation?.label,
      'Repository ada/big, private, 1 tag, last push 5 days ago, stores 3.2 GB, 1,234 pulls',
    );
  });

  it('shows the age of a tag in words, in color and for screen readers, unknown age in grey', async () => {
    await stage.signIn();
    const items = await Promise.all(
      (await stage.children(await stage.repository('web'))).map((node) => stage.item(node)),
    );
    const colorOf = (item: vscode.TreeItem): string =>
      ((item.iconPath as vscode.ThemeIcon).color as unknown as { id: string }).id.replace('dockerHubPruner.tag.', '');
    assert.deepEqual(
      items.map((item) => `${labelOf(item)} ${colorOf(item)} ${String(item.description)}`),
      [
        'latest fresh 1d ago · 100 MB',
        'build-5 fresh 10d ago · 100 MB',
        'build-4 aging 6w ago · 100 MB',
        'build-3 old 3mo ago · 100 MB',
        'build-2 old 6mo ago · 100 MB',
        'build-1 stale 13mo ago · 100 MB',
        'undated unknown unknown age · 100 MB',
      ],
    );
    assert.deepEqual(items.map(({ accessibilityInformation }) => accessibilityInformation?.label).slice(-2), [
      'Tag build-1, pushed 13 months ago, stale, 100 MB',
      'Tag undated, unknown age, 100 MB',
    ]);
  });

  it('decorates each age band with its color and a badge', async () => {
    await stage.signIn();
    const items = await Promise.all(
      (await stage.children(await stage.repository('web'))).map((node) => stage.item(node)),
    );
    const found = await Promise.all(
      items.map(async ({ resourceUri }) => {
        const decoration = await stage.product.decorations.provideFileDecoration(
          resourceUri!,
          new vscode.CancellationTokenSource().token,
        );
        return [(decoration!.color as unknown as { id: string }).id, decoration!.badge, decoration!.tooltip];
      }),
    );
    const band = (name: string, badge = '●', text = name): unknown[] => [`dockerHubPruner.tag.${name}`, badge, text];
    assert.deepEqual(found, [
      band('fresh'),
      band('fresh'),
      band('aging'),
      band('old'),
      band('old'),
      band('stale'),
      band('unknown', '?', 'unknown age'),
    ]);
  });

  it("leaves other extensions' files undecorated", async () => {
    const none = await stage.product.decorations.provideFileDecoration(
      vscode.Uri.file('/a'),
      new vscode.CancellationTokenSource().token,
    );
    assert.equal(none, undefined);
  });

  it('follows the setting of the age bands', async () => {
    await stage.signIn();
    let redrawn = 0;
    const listening = stage.product.provider.onDidChangeTreeData!(() => void redrawn++);
    await stage.set('ageBands', { aging: '5 days', old: '20 days', stale: '40 days' });
    await until('a redrawn tree', () => redrawn > 0);
    listening.dispose();
    const item = await stage.item(await stage.tag('web', 'build-4'));
    assert.match(item.accessibilityInformation!.label, /, stale,/);
  });

  it('has pushed, pulled, sizes, platforms without attestations and the digest in the tooltip', async () => {
    const digest = `sha256:${'ab'.repeat(32)}`;
    const platform = (architecture: string, os: string, size: number) => ({
      architecture,
      features: '',
      variant: null,
      os,
      os_features: '',
      os_version: null,
      size,
      status: 'active',
    });
    stage.world.pushTag('ada', 'web', 'two', {
      pushedAt: daysAgo(3),
      pulledAt: daysAgo(1),
      digest,
      row: {
        images: [
          platform('amd64', 'linux', 10_000_000),
          platform('unknown', 'unknown', 2_000),
          platform('arm64', 'linux', 9_000_000),
        ],
      },
    });
    await stage.signIn();
    // How much of the Markdown is escaped differs between releases of VS Code.
    const text = (await tooltip(await stage.tag('web', 'two'))).replaceAll('\\', '');
    assert.match(text, /ada\/web:two/);
    assert.match(text, /\*\*Pushed\*\* 3 days ago \(\d{4}-/);
    assert.match(text, /\*\*Pulled\*\* 1 day ago/);
    assert.match(text, /\*\*Platforms\*\* linux\/amd64 \(10 MB\), linux\/arm64 \(9 MB\)/);
    assert.match(text, new RegExp(`\\*\\*Digest\\*\\* ${digest}`));
    assert.doesNotMatch(text, /unknown\/unknown/);
    assert.match(await tooltip(await stage.tag('web', 'undated')), /\*\*Pushed\*\* unknown/);
  });

  it("shows the server's text as text", async () => {
    const evil = '[x](command:workbench.action.quit) <img src=x> $(trash) \u202egnp';
    stage.world.addRepository({ namespace: 'ada', name: evil, tags: [] });
    stage.world.pushTag('ada', 'web', evil, {
      row: {
        images: [
          {
            architecture: evil,
            features: '',
            variant: null,
            os: evil,
            os_features: '',
            os_version: null,
            size: 1,
            status: 'active',
          },
        ],
      },
    });
    await stage.signIn();
    const tags = await stage.children(await stage.repository('web'));
    const tag = tags.find((node) => node.kind === 'tag' && node.tag.name === evil)!;
    const item = await stage.item(tag);
    assert.equal(item.label, '[x] (command:workbench.action.quit) <img src=x> $ (trash) \ufffdgnp');
    const markdown = await tooltip(tag);
    assert.doesNotMatch(markdown, /(?<!\\)\[x\]/);
    const resolved = (await stage.product.provider.resolveTreeItem!(
      item,
      tag,
      new vscode.CancellationTokenSource().token,
    ))!.tooltip as vscode.MarkdownString;
    assert.ok(!resolved.isTrusted && !resolved.supportHtml && !resolved.supportThemeIcons);
    const repository = (await stage.children(await stage.node('ada', 'ada'))).find(
      (node) => node.kind === 'repository' && node.repository.name === evil,
    )!;
    assert.equal(typeof (await stage.item(repository)).tooltip, 'string', 'no markdown');
    // Such a name cannot be part of a path: nothing is sent for it, and the row says so.
    stage.hub.requests.length = 0;
    assert.match(stage.told(await stage.item((await stage.children(repository))[0]!)), /can't be used in a request/);
    assert.equal(stage.hub.requests.length, 0);
  });

  it('shows a hundred at a time, the first of 10,000 after one request', async () => {
    stage.world.addRepository(generateRepository({ namespace: 'ada', name: 'huge', tags: 10_000 }));
    await stage.signIn();
    const node = await stage.repository('huge');
    stage.hub.requests.length = 0;
    stage.hub.options.latencyMs = 100;
    const askedAt = performance.now();
    let rows = await stage.children(node);
    await stage.item(rows[0]!);
    console.log(
      `      first row given to VS Code after ${(performance.now() - askedAt).toFixed()} ms, 100 ms of them the Hub's`,
    );
    stage.hub.options.latencyMs = 0;
    assert.equal(rows.length, 101);
    assert.equal(stage.hub.requests.length, 1);
    const more = await stage.item(rows[100]!);
    assert.deepEqual([more.label, more.description], ['Load more…', '100 of 10,000 loaded']);
    await vscode.commands.executeCommand(more.command!.command, ...more.command!.arguments!);
    rows = await stage.children(node);
    assert.equal(rows.length, 201);
    assert.equal(stage.hub.requests.length, 2);
    assert.equal((await stage.item(rows[200]!)).description, '200 of 10,000 loaded');
  });

  it('shows a hundred repositories at a time', async () => {
    for (let i = 0; i < 130; i++) addRepository(stage.world, 'acme', `repo-${String(i).padStart(3, '0')}`, {});
    await stage.signIn();
    const namespace = await stage.node('ada', 'acme');
    const rows = await stage.children(namespace);
    assert.equal(rows.length, 101);
    await vscode.commands.executeCommand('_dockerHubPruner.loadMore', rows[100]);
    const all = await stage.children(namespace);
    assert.equal(all.length, 131);
    assert.ok(all.every(({ kind }) => kind === 'repository'));
  });

  it('sorts by age, name and size', async () => {
    stage.world.pushTag('ada', 'web', 'fat', { pushedAt: daysAgo(60), size: 900_000_000 });
    await stage.signIn();
    const first = async (label: string): Promise<string[]> => {
      await stage.run('sortTags', [], { pick: label });
      return (await stage.labels(await stage.repository('web'))).slice(0, 3);
    };
    assert.deepEqual(await first('Oldest first'), ['undated', 'build-1', 'build-2']);
    assert.deepEqual(await first('Name, descending'), ['undated', 'latest', 'fat']);
    assert.deepEqual(await first('Name'), ['build-1', 'build-2', 'build-3']);
    assert.deepEqual(await first('Largest first'), ['fat', 'build-1', 'build-2']);
    assert.deepEqual((await first('Smallest first')).includes('fat'), false);
    assert.deepEqual(await first('Newest first'), ['latest', 'build-5', 'build-4']);
  });

  it('sorts a long list without reading all of it: the server is asked for that order', async () => {
    stage.world.addRepository(generateRepository({ namespace: 'ada', name: 'huge', tags: 1000 }));
    await stage.signIn();
    const node = await stage.repository('huge');
    await stage.run('sortTags', [], { pick: 'Name, descending' });
    stage.hub.requests.length = 0;
    const [first] = await stage.labels(node);
    await stage.run('sortTags', [], { pick: 'Newest first' });
    assert.equal(stage.hub.requests.length, 1);
    assert.equal(first, stage.world.repository('ada', 'huge')!.tags.page('-name', '', 0, 1).rows[0]!.name);
  });

  it('filters by a part of the name or a glob, and says so', async () => {
    await stage.signIn();
    const node = await stage.repository('web');
    const filtered = async (enter: string): Promise<string[]> => {
      await stage.run('filterTags', [await stage.repository('web')], { enter });
      return stage.labels(await stage.repository('web'));
    };
    assert.deepEqual(await filtered('build-'), [
      '5 tags match "build-"',
      'build-5',
      'build-4',
      'build-3',
      'build-2',
      'build-1',
    ]);
    assert.match(await described(await stage.repository('web')), /^filter: build- · /);
    assert.equal((await stage.item(await stage.repository('web'))).contextValue, 'repository filtered');
    assert.deepEqual(await filtered('*-[12]'), ['2 tags match "*-[12]"', 'build-2', 'build-1']);
    assert.deepEqual(await filtered('BUILD-'), ['No tags match "BUILD-"'], 'tag names tell case apart');
    assert.equal((await filtered('')).length, 7);
    assert.equal((await stage.item(node)).contextValue, 'repository');
  });

  it('tells a bad glob in place', async () => {
    await stage.signIn();
    await stage.run('filterTags', [await stage.repository('web')], { enter: 'build-[' }, { enter: 'build-1' });
    assert.match(
      stage.dialogs.only(/^Filter Tags/).told[0]!,
      /"build-\[" can't be used, at character 7: a "\[" or "\]" has no match/,
    );
    assert.deepEqual(await stage.labels(await stage.repository('web')), ['1 tag match "build-1"', 'build-1']);
  });

  it('refreshes one branch alone', async () => {
    await stage.signIn();
    const [web, api] = [await stage.repository('web'), await stage.repository('api')];
    await stage.children(web);
    await stage.children(api);
    stage.world.pushTag('ada', 'web', 'brand-new');
    stage.hub.requests.length = 0;
    await stage.run('refreshBranch', [web]);
    assert.equal((await stage.labels(web))[0], 'brand-new');
    await stage.children(api);
    assert.deepEqual(gets(), ['/v2/namespaces/ada/repositories/web/tags']);
  });

  it('refreshes everything', async () => {
    await stage.signIn();
    await stage.children(await stage.repository('web'));
    addRepository(stage.world, 'ada', 'zoo', { a: 1 });
    await stage.run('refresh', []);
    assert.deepEqual(await stage.labels(await stage.node('ada', 'ada')), ['api', 'web', 'zoo']);
  });

  it('drops an answer that comes after the question has changed', async () => {
    await stage.signIn();
    const web = await stage.repository('web');
    stage.hub.script({ match: { path: '/web/tags' }, act: { delayMs: 300 } });
    const late = stage.children(web);
    await until('the slow request', () => stage.hub.count({ path: '/web/tags' }) === 1);
    await stage.run('filterTags', [web], { enter: 'latest' });
    await late;
    assert.deepEqual(await stage.labels(await stage.repository('web')), ['1 tag match "latest"', 'latest']);
  });

  it('keeps nothing of an answer that was asked for before a refresh', async () => {
    await stage.signIn();
    const web = await stage.repository('web');
    stage.hub.script({
      match: { path: '/web/tags' },
      act: {
        delayMs: 300,
        transform: (body) => ({
          ...body,
          results: [{ name: 'past', last_updated: '2020-01-01T00:00:00Z' }],
          count: 1,
          next: null,
        }),
      },
    });
    const late = stage.children(web);
    await until('the slow request', () => stage.hub.count({ path: '/web/tags' }) === 1);
    await stage.run('refreshBranch', [web]);
    const labels = await stage.labels(web);
    assert.deepEqual(
      (await late).map((node) => (node.kind === 'tag' ? node.tag.name : node.kind)),
      labels,
    );
    assert.equal(labels.includes('past'), false);
  });

  it('keeps nothing of an answer that comes after the account was signed out', async () => {
    await stage.signIn();
    const namespace = await stage.node('ada', 'ada');
    stage.hub.script({ match: { path: '/namespaces/ada/repositories?' }, act: { delayMs: 300 } });
    const late = stage.children(namespace);
    await until('the slow request', () => stage.hub.count({ path: '/namespaces/ada/repositories?' }) === 1);
    await stage.run('signOut', []);
    assert.deepEqual(await late, []);
    await stage.run('filterTags', []);
    assert.match(stage.dialogs.said, /^Expand a namespace in the tree first/);
  });

  it('knows the row above each row', async () => {
    await stage.signIn();
    const tag = await stage.tag('web', 'latest');
    const parentOf = async (node: TreeNode): Promise<TreeNode | undefined> =>
      (await stage.product.provider.getParent!(node)) ?? undefined;
    const chain: (TreeNode | undefined)[] = [];
    for (let node: TreeNode | undefined = tag; node; node = await parentOf(node)) chain.push(node);
    assert.deepEqual(
      chain.map((node) => node!.kind),
      ['tag', 'repository', 'namespace', 'account'],
    );
    assert.equal(chain[1], await stage.repository('web'));
  });

  it('reveals and selects a tag in the real view', async () => {
    await stage.signIn();
    const tag = await stage.tag('web', 'build-1');
    await stage.product.view.reveal(tag, { select: true, focus: false });
    await until('a selection', () => stage.product.view.selection[0] === tag);
    assert.ok(stage.product.view.visible);
  });
});

describe('the states of the tree', () => {
  const stage = useStage(smallWorld);
  const noDelays = { every: 1, times: Infinity };

  /** The only row below a row, as it says what is the matter. */
  const only = async (node: TreeNode): Promise<vscode.TreeItem> => {
    const rows = await stage.children(node);
    assert.equal(rows.length, 1, (await stage.labels(node)).join(', '));
    return stage.item(rows[0]!);
  };
  const web = async (): Promise<RepositoryNode> => stage.repository('web');

  it('says that a repository or a namespace is empty', async () => {
    addRepository(stage.world, 'ada', 'empty', {});
    stage.world.addOrganisation({ name: 'vacant', members: { [ada.name]: 'admin' } });
    await stage.signIn();
    const tags = await only(await stage.repository('empty'));
    assert.deepEqual([tags.label, tags.description], ['No tags', 'nothing pushed yet']);
    const repositories = await only(await stage.node('ada', 'vacant'));
    assert.deepEqual(
      [repositories.label, repositories.description],
      ['No repositories', 'none that this account can access'],
    );
    assert.equal(repositories.accessibilityInformation?.label, 'No repositories, none that this account can access');
  });

  it('D6: does not call a repository empty that stores something or was pushed to, and reads again', async () => {
    addRepository(stage.world, 'ada', 'pruned', { old: 100 });
    stage.world.removeTag('ada', 'pruned', 'old');
    stage.world.addRepository({ namespace: 'ada', name: 'stored', storageSize: 5_000_000 });
    await stage.signIn();
    for (const name of ['pruned', 'stored']) {
      stage.hub.requests.length = 0;
      const item = await only(await stage.repository(name));
      assert.deepEqual([item.label, item.description], ['No tags are listed', 'doubtful; click to refresh']);
      assert.match(
        stage.told(item),
        /^Docker Hub lists no tags, but this repository stores something or was pushed to\. Either all its tags were deleted, or the answer is wrong\. Nothing is planned from it\./,
      );
      assert.equal(stage.hub.count({ path: `/${name}/tags?` }), 2);
    }
    await stage.run('pruneOldTags', [await stage.repository('pruned')], { pick: '90 days' });
    stage.dialogs.takeError(
      /^Docker Hub lists no tags of a repository that stores something or was pushed to\. Either all its tags were deleted, or the answer is wrong\.$/,
    );
  });

  it('D6: shows the tags where the list came empty once, and reads again where the row is clicked', async () => {
    await stage.signIn();
    const script = stage.hub.script({
      match: { path: '/web/tags?' },
      act: { transform: () => ({ count: 0, next: null, results: [] }) },
    });
    assert.equal((await stage.labels(await web())).length, 7);
    script.remove();
    await stage.run('refresh', []);
    stage.hub.script({
      match: { path: '/web/tags?' },
      times: 2,
      act: { transform: () => ({ count: 0, next: null, results: [] }) },
    });
    const item = await only(await web());
    assert.equal(item.label, 'No tags are listed');
    await vscode.commands.executeCommand(item.command!.command, ...item.command!.arguments!);
    assert.equal((await stage.labels(await web())).length, 7);
  });

  it('D4: says how many of how many a list has that ends before its count', async () => {
    await stage.signIn();
    stage.hub.script({
      match: { path: '/web/tags?' },
      times: Infinity,
      act: { transform: (body) => ({ ...body, count: 500 }) },
    });
    const rows = await stage.children(await web());
    const item = await stage.item(rows.at(-1)!);
    assert.deepEqual([rows.length, item.label, item.description], [8, 'Incomplete list', '7 of 500']);
  });

  it('says that something is forbidden, in the words of the server', async () => {
    await stage.signIn();
    stage.hub.script({
      match: { path: '/web/tags' },
      act: { status: 403, body: { message: 'access denied', errinfo: {} } },
    });
    const item = await only(await web());
    assert.match(stage.told(item), /Access denied\. .* Docker Hub says: "access denied"/);
    assert.deepEqual([item.label, item.description], ['Not allowed', 'click: Retry']);
    assert.match(item.tooltip as string, /Access denied\.[^]*Click: Retry$/);
  });

  it('reads again when the row of a failure is clicked', async () => {
    await stage.signIn();
    stage.hub.script({ match: { path: '/web/tags' }, act: { status: 403 } });
    const item = await only(await web());
    await vscode.commands.executeCommand(item.command!.command, ...item.command!.arguments!);
    assert.equal((await stage.labels(await web()))[0], 'latest');
  });

  it('says that the server has trouble, after trying again', async () => {
    await stage.signIn();
    stage.hub.script({
      ...noDelays,
      match: { path: '/web/tags' },
      act: { status: 500, body: { detail: 'out of order' } },
    });
    const item = await only(await web());
    assert.match(stage.told(item), /reported an error \(500\)\. Try again later\. Docker Hub says: "out of order"/);
    assert.equal(stage.hub.count({ path: '/web/tags' }), 3);
  });

  it('says that the server cannot be reached', async () => {
    await stage.signIn();
    stage.hub.script({ ...noDelays, match: { path: '/web/tags' }, act: { reset: true } });
    assert.match(
      stage.told(await only(await web())),
      /can't be reached\. Check the network connection and the proxy settings/,
    );
  });

  it('says that the answer cannot be understood: a web page, wrong types', async () => {
    await stage.signIn();
    stage.hub.script({ match: { path: '/web/tags' }, act: { htmlUnder200: true } });
    assert.match(
      stage.told(await only(await web())),
      /sent an unexpected answer\. It is a web page instead of data\. /,
    );
    await stage.run('refresh', []);
    stage.hub.script({ match: { path: '/web/tags' }, act: { wrongTypes: true } });
    assert.match(stage.told(await only(await web())), /sent an unexpected answer/);
  });

  it("says that Cloudflare blocks, and that it is not the secret's fault", async () => {
    await stage.signIn();
    for (const cloudflare of ['1010', 'challenge'] as const) {
      stage.hub.script({ match: { path: '/web/tags' }, act: { cloudflare } });
      assert.match(stage.told(await only(await web())), /Cloudflare blocked the request.*credentials aren't the cause/);
      await stage.run('refresh', []);
    }
  });

  it('renews an expired token by itself, once', async () => {
    await stage.signIn();
    const node = await web();
    stage.hub.expireTokens();
    stage.hub.requests.length = 0;
    assert.equal((await stage.labels(node))[0], 'latest');
    assert.equal(stage.hub.count({ method: 'POST' }), 1);
  });

  it('offers to sign in where the sign-in is not good any more', async () => {
    await stage.signIn();
    const node = await web();
    stage.world.revoke(ada.deleteToken);
    const item = await only(node);
    assert.match(stage.told(item), /doesn't accept this password or access token/);
    assert.equal(item.command?.command, 'dockerHubPruner.signIn');
  });

  it('shows the own namespace and the failure where the organizations cannot be read', async () => {
    await stage.signIn();
    stage.hub.script({ match: { path: '/v2/user/orgs' }, act: { htmlUnder200: true } });
    assert.deepEqual(await stage.labels(await stage.node('ada')), ['ada', 'Unexpected answer']);
    assert.deepEqual(
      await stage.labels(await stage.node('ada')),
      ['ada', 'acme', 'readers'],
      'the next look reads again',
    );
  });

  it('keeps what was read when the next page fails, and reads on from there', async () => {
    stage.world.addRepository(generateRepository({ namespace: 'ada', name: 'huge', tags: 250 }));
    await stage.signIn();
    const node = await stage.repository('huge');
    const more = (await stage.children(node)).at(-1)!;
    stage.hub.script({
      match: { path: /huge\/tags\?.*page=2/ },
      act: { status: 403, body: { message: 'not this page' } },
    });
    await vscode.commands.executeCommand('_dockerHubPruner.loadMore', more);
    const rows = await stage.children(node);
    assert.equal(rows.length, 101);
    const failure = await stage.item(rows[100]!);
    assert.match(stage.told(failure), /not this page/);
    stage.hub.requests.length = 0;
    await vscode.commands.executeCommand(failure.command!.command, ...failure.command!.arguments!);
    assert.equal((await stage.children(node)).length, 201);
    assert.equal(stage.hub.requests.length, 1);
  });

  it('says what is wrong with the settings of the servers', async () => {
    await stage.signIn();
    await stage.set('apiUrl', 'ftp://hub.example.org');
    stage.hub.requests.length = 0;
    const rows = await stage.children();
    assert.equal(rows.length, 1);
    const item = await stage.item(rows[0]!);
    assert.match(stage.told(item), /The setting dockerHubPruner\.apiUrl is "ftp:\/\/hub\.example\.org"/);
    assert.equal(item.command?.command, 'workbench.action.openSettings');
    assert.equal(stage.hub.requests.length, 0);
  });

  it('says in the view what it waits for, and stops saying it', async () => {
    await stage.signIn();
    const node = await web();
    stage.hub.script({ match: { path: '/web/tags' }, act: { rateLimited: { form: 'seconds', seconds: 1 } } });
    const reading = stage.children(node);
    await until('a message', () =>
      /^Waiting for Docker Hub's rate limit until \d\d:\d\d:\d\d$/.test(stage.product.view.message ?? ''),
    );
    assert.equal((await reading).length, 7);
    assert.equal(stage.product.view.message ?? '', '');
  });

  it('shows no age bands of its own making where the setting cannot be used', async () => {
    await stage.signIn();
    await stage.set('ageBands', { aging: '90 days', old: '30 days' });
    const item = await stage.item(await stage.tag('web', 'build-4'));
    assert.match(item.accessibilityInformation!.label, /, aging,/);
    assert.ok(
      stage.product.log.some((line) => line.includes('dockerHubPruner.ageBands')),
      'the log says it',
    );
  });
});

/** The tooltip of a row as Markdown, as VS Code resolves it when the pointer rests there. */
async function tooltip(node: TreeNode): Promise<string> {
  const { provider } = await product();
  const item = await provider.resolveTreeItem!(
    await provider.getTreeItem(node),
    node,
    new vscode.CancellationTokenSource().token,
  );
  return (item!.tooltip as vscode.MarkdownString).value.replaceAll('&nbsp;', ' ');
}
