import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { RepositoryNode, TagNode, TreeNode } from '../../src/editor/tree/node.ts';
import type { World } from '../hub/world.ts';
import { assertPlain } from '../unit/hostile/plain.ts';
import { daysAgo, smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

/** A line of a dialog or a document may hold several texts of 300 characters at most. */
const longestLine = 4000;

/** Names that Docker Hub would not allow; a server that means harm does. */
const evil = [
  '[x](command:workbench.action.quit)',
  '](command:workbench.action.quit)',
  '$(trash) $(error)',
  '\u202egnp.exe',
  '\u001b[31mred\u001b]8;;https://evil.test\u0007',
  '<img src=x onerror=alert(1)>',
  '../../../etc/passwd',
  'a\r\nb',
  '\ud800half',
  'lat\u200best',
  'x'.repeat(900),
] as const;
const words = `${evil.join(' ')} ${'y'.repeat(1_000_000)}`;

/** Fails where a text of several lines holds what is no text. Icons at its beginning are ours, and so are the tabs of a stack in the log. */
function assertShown(text: string | undefined): void {
  for (const line of (text ?? '').replace(/^\$\([a-z-]+\) /, '').split('\n')) {
    assertPlain(line.replace(/^\tat /, 'at '), longestLine);
  }
}

function hostileWorld(world: World): void {
  smallWorld(world);
  for (const name of evil) {
    world.addRepository({ namespace: 'ada', name, description: words, tags: [] });
    const image = {
      architecture: name.slice(0, 90),
      features: '',
      variant: name.slice(0, 90),
      os: name.slice(0, 90),
      os_features: '',
      os_version: null,
      size: 1,
      status: 'active',
    };
    world.pushTag('ada', 'web', name, { pushedAt: daysAgo(200), row: { images: [image], digest: `sha256:${name}` } });
  }
}

describe('hostile text (invariant 10) is shown as text', () => {
  // Before the stage's own, which clears all of it away.
  afterEach(() => {
    for (const text of [...stage.dialogs.texts(), ...stage.documents(), ...stage.product.log]) assertShown(text);
  });

  const stage = useStage(hostileWorld);

  const rows = async (node: TreeNode, count: number): Promise<TreeNode[]> => {
    const children = await stage.children(node);
    assert.ok(children.length >= count, `${children.length} rows`);
    return children;
  };

  async function assertRow(node: TreeNode): Promise<void> {
    const item = await stage.item(node);
    for (const text of [item.label, item.description, item.tooltip, item.accessibilityInformation?.label]) {
      assert.ok(text === undefined || typeof text === 'string', 'no markdown');
      assertShown(text);
    }
    assert.ok(item.resourceUri === undefined || item.resourceUri.toString().length < 10_000);
  }

  const evilTags = async (): Promise<TagNode[]> => {
    const tags = (await stage.children(await stage.repository('web'))).filter((node) => node.kind === 'tag');
    return tags.filter(({ tag }) => (evil as readonly string[]).includes(tag.name));
  };

  it('in the rows of the tree and what a screen reader says of them', async () => {
    await stage.signIn();
    for (const node of await rows(await stage.node('ada', 'ada'), evil.length + 2)) await assertRow(node);
    for (const node of await rows(await stage.repository('web'), evil.length + 7)) await assertRow(node);
    assert.equal((await evilTags()).length, evil.length);
  });

  it('in the tooltips of tags', async () => {
    await stage.signIn();
    const { token } = new vscode.CancellationTokenSource();
    for (const node of await evilTags()) {
      const { tooltip } = (await stage.product.provider.resolveTreeItem!(await stage.item(node), node, token))!;
      assert.ok(tooltip instanceof vscode.MarkdownString);
      assert.ok(!tooltip.isTrusted && !tooltip.supportHtml && !tooltip.supportThemeIcons);
      assertShown(tooltip.value);
    }
  });

  it('in the row of a branch that cannot be read, and in the message of a command', async () => {
    await stage.signIn();
    const web = await stage.repository('web');
    stage.hub.script({ match: { path: '/web/tags' }, times: 2, act: { status: 403, body: { message: words } } });
    const [failed] = await stage.children(web);
    await assertRow(failed!);
    assert.match(stage.told(await stage.item(failed!)), /Docker Hub says: "\[x\] \(command:/);
    await stage.run('pruneOldTags', [web], { pick: '90 days' });
    stage.dialogs.takeError(/Docker Hub says: "\[x\] \(command:/);
  });

  it('in a plan, its confirmation, the run, its summary and its report', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, act: { status: 409, body: { message: words } } });
    const count = evil.length + 3;
    const button = `Delete ${count} Tags`;
    await stage.run(
      'pruneOldTags',
      [await stage.repository('web')],
      { pick: '90 days' },
      { pick: 'View All Tags' },
      { pick: button },
      { press: button },
      { press: 'Show Details' },
    );
    await until('plan and report', () => stage.documents().length >= 2);
    const [plan, report] = [
      stage.documents().find((text) => text.includes('delete  '))!,
      stage.documents().find((text) => text.includes('Not removed:'))!,
    ];
    for (const text of [plan, report]) {
      assert.match(text, /<img src=x onerror=alert\(1\)>/);
      assert.match(text, /lat\ufffdest/);
    }
    // Such names cannot be part of a path: nothing is sent for them, and each is accounted for.
    assert.deepEqual(
      stage.tagsOf('web').filter((name) => (evil as readonly string[]).includes(name)).length,
      evil.length,
    );
    assert.ok(
      stage.hub.requests
        .filter(({ method }) => method === 'DELETE')
        .every(({ path }) => /\/tags\/build-\d\/?$/.test(path)),
    );
  });

  it('in the confirmation of picked tags', async () => {
    await stage.signIn();
    const tags = await evilTags();
    await stage.run('deleteTag', [tags[0], tags], 'leave');
    const modal = stage.dialogs.only(/^Delete \d+ tags in ada\/web\?$/);
    assert.match(modal.detail, /and 1 more/);
  });

  it('in the pickers of repositories', async () => {
    await stage.signIn();
    await stage.run('pruneOldTags', [], { tick: ['ada/web'] }, 'leave');
    assert.equal(
      stage.dialogs.only(/Select Repositories/).items.filter(({ label }) => label.startsWith('ada/')).length,
      evil.length + 2,
    );
    await rows(await stage.node('ada', 'ada'), evil.length + 2);
    await stage.run('filterTags', [], { pick: 'ada/web' }, 'leave');
  });

  it('and leads neither to a page nor into the clipboard', async () => {
    await stage.signIn();
    await vscode.env.clipboard.writeText('before');
    for (const command of ['copyReference', 'openOnDockerHub']) {
      for (const node of [(await evilTags())[0]!, await evilRepository()]) {
        await stage.run(command, [node]);
        stage.dialogs.takeError(/can't be used in a request/);
      }
    }
    assert.equal(await vscode.env.clipboard.readText(), 'before');
  });

  async function evilRepository(): Promise<RepositoryNode> {
    const nodes = (await stage.children(await stage.node('ada', 'ada'))).filter((node) => node.kind === 'repository');
    return nodes.find(({ repository }) => repository.name === evil[0])!;
  }

  it('in the question before a repository is deleted, which is never sent', async () => {
    await stage.signIn();
    stage.hub.requests.length = 0;
    await stage.run('deleteRepository', [await evilRepository()]);
    stage.dialogs.takeError(/can't be used in a request/);
    assert.deepEqual([stage.hub.count({ method: 'DELETE' }), stage.hub.deletedRepositories], [0, []]);
  });
});

describe('a list with names of a megabyte', () => {
  const stage = useStage(smallWorld);

  it('is refused as a whole, and the row says so', async () => {
    stage.world.pushTag('ada', 'web', 'z'.repeat(1_000_000), { pushedAt: daysAgo(200) });
    await stage.signIn();
    const [failed] = await stage.children(await stage.repository('web'));
    const told = stage.told(await stage.item(failed!));
    assert.match(told, /sent an unexpected answer\. Row \d+ has no usable name\./);
    assertShown(told);
  });
});
