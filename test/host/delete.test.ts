import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { generateRepository } from '../hub/generate.ts';
import { attachmentName } from '../hub/generatedAttachments.ts';
import { startHub } from '../hub/hub.ts';
import type { TagNode } from '../../src/editor/tree/node.ts';
import { JournalFolder } from '../../src/runs/journal/journalFolder.ts';
import { recordedTags } from '../../src/runs/journal/journalRecord.ts';
import { ada, addRepository, daysAgo, smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

describe('deleting tags that are picked', () => {
  const stage = useStage((world) => {
    smallWorld(world);
    addRepository(world, ada.name, 'pair', { a: 3, b: 2 });
  });

  it('deletes one, whatever its age, after one question', async () => {
    await stage.signIn();
    await stage.run('deleteTag', [await stage.tag('web', 'build-5')], { press: 'Delete 1 Tag' });
    assert.deepEqual(stage.hub.deleted, ['ada/web:build-5']);
    const modal = stage.dialogs.only(/^Delete 1 tag in ada\/web\?$/);
    assert.ok(modal.modal);
    assert.match(modal.detail, /^build-5 \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\)\nReclaimable: up to 100 MB\./);
    assert.equal(stage.dialogs.said, 'Deleted 1 tag in ada/web.');
    assert.equal((await stage.labels(await stage.repository('web'))).includes('build-5'), false);
  });

  it('deletes many of several repositories, and names them', async () => {
    await stage.signIn();
    const tags = [await stage.tag('web', 'build-5'), await stage.tag('web', 'undated'), await stage.tag('api', 'v1.0')];
    await stage.run('deleteTag', [tags[0], tags], { press: 'Delete 3 Tags' });
    assert.deepEqual([...stage.hub.deleted].sort(), ['ada/api:v1.0', 'ada/web:build-5', 'ada/web:undated']);
    const { detail } = stage.dialogs.only(/^Delete 3 tags in 2 repositories\?$/);
    assert.match(detail, /^ada\/web:undated \(unknown age\)$/m);
    assert.match(detail, /^ada\/api:v1\.0 \(/m);
  });

  it('names ten of very many and counts the rest', async () => {
    for (let i = 0; i < 15; i++) stage.world.pushTag('ada', 'web', `x${i}`);
    await stage.signIn();
    const tags = (await stage.children(await stage.repository('web'))).filter(
      (node) => node.kind === 'tag' && node.tag.name.startsWith('x'),
    );
    await stage.run('deleteTag', [tags[0], tags], 'leave');
    assert.match(stage.dialogs.only('warning').detail, /\nand 5 more\n/);
    assert.equal(stage.hub.deleted.length, 0);
  });

  it('says which of them are protected', async () => {
    await stage.signIn();
    const tags = [await stage.tag('web', 'latest'), await stage.tag('web', 'build-1')];
    await stage.run('deleteTag', [tags[0], tags], 'leave');
    assert.match(
      stage.dialogs.only('warning').detail,
      /^Protected by the setting dockerHubPruner\.protect: 1 tag \(latest \(.*\)\)\.$/m,
    );
  });

  it('asks apart before the last tags of a repository go', async () => {
    await stage.signIn();
    const tags = [await stage.tag('pair', 'a'), await stage.tag('pair', 'b')];
    await stage.run('deleteTag', [tags[0], tags], { press: 'Keep the Newest Tag' }, { press: 'Delete 1 Tag' });
    assert.deepEqual(stage.tagsOf('pair'), ['b']);
    assert.doesNotMatch(
      stage.dialogs.only(/^Delete 1 tag/).detail,
      /^b \(/m,
      'what stays is not named among what goes',
    );
    await stage.run(
      'deleteTag',
      [await stage.tag('pair', 'b')],
      { press: 'Empty ada/pair' },
      { press: 'Delete 1 Tag' },
    );
    assert.deepEqual(stage.tagsOf('pair'), []);
  });

  it('asks so also where the tree shows a part of the tags, or more than there are', async () => {
    await stage.signIn();
    await stage.run('filterTags', [await stage.repository('pair')], { enter: '[ab]' });
    const filtered = (await stage.children(await stage.repository('pair'))).filter(({ kind }) => kind === 'tag');
    await stage.run('deleteTag', [filtered[0], filtered], 'leave');
    assert.equal(stage.dialogs.find(/^ada\/pair would lose all its tags$/).length, 1);
    await stage.run('filterTags', [await stage.repository('pair')], { enter: '' });

    const a = await stage.tag('pair', 'a');
    stage.world.removeTag('ada', 'pair', 'b');
    await stage.run('deleteTag', [a], 'leave');
    assert.equal(stage.dialogs.find(/^ada\/pair would lose all its tags$/).length, 2);
    assert.deepEqual(stage.tagsOf('pair'), ['a']);
  });

  it('asks nothing about emptying while other tags are left', async () => {
    await stage.signIn();
    const a = await stage.tag('pair', 'a');
    await stage.run('deleteTag', [a], { press: 'Delete 1 Tag' });
    assert.equal(stage.dialogs.find('warning').length, 1);
  });

  it('says what became of a tag that somebody else deleted meanwhile', async () => {
    await stage.signIn();
    const tag = await stage.tag('web', 'build-1');
    await stage.run(
      'deleteTag',
      [tag],
      { meanwhile: () => stage.world.removeTag('ada', 'web', 'build-1') },
      { press: 'Delete 1 Tag' },
    );
    assert.equal(stage.dialogs.said, 'Deleted 0 of 1 tag in ada/web. 1 already gone.');
  });

  it('shows tags as they are now, not as the tree once read them (invariants 1 and 3)', async () => {
    await stage.signIn();
    const tags = [
      await stage.tag('web', 'build-1'),
      await stage.tag('web', 'build-5'),
      await stage.tag('web', 'undated'),
    ];
    stage.world.pushTag('ada', 'web', 'build-1', { pushedAt: daysAgo(0) });
    stage.world.removeTag('ada', 'web', 'undated');
    await stage.run('deleteTag', [tags[0], tags], 'leave');
    const { detail } = stage.dialogs.only(/^Delete 2 tags in ada\/web\?$/);
    const today = new Date().toISOString().slice(0, 10);
    assert.match(detail, new RegExp(`^build-1 \\(${today} `, 'm'));
    assert.match(detail, new RegExp(`^Pushed again since the tree was refreshed: build-1 \\(${today} .*\\)\\.$`, 'm'));
    assert.match(detail, /^Already deleted: undated\.$/m);
    assert.equal(stage.hub.deleted.length, 0);
  });

  it('says so when all of them are gone already', async () => {
    await stage.signIn();
    const tag = await stage.tag('web', 'build-1');
    stage.world.removeTag('ada', 'web', 'build-1');
    await stage.run('deleteTag', [tag]);
    assert.equal(stage.dialogs.said, 'Nothing left to delete: 1 tag already deleted.');
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('deletes no more at a time than maxDeletions allows', async () => {
    await stage.signIn();
    const tags = [await stage.tag('web', 'build-1'), await stage.tag('web', 'build-5')];
    await stage.set('maxDeletions', 1);
    await stage.run('deleteTag', [tags[0], tags]);
    stage.dialogs.takeError(
      /^2 tags are selected, but the setting dockerHubPruner\.maxDeletions allows 1 at a time\.$/,
    );
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  describe('C6: has the same facts and the same last check as a prune', () => {
    const { fs } = vscode.workspace;
    const compose = () => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'compose.yaml');
    const write = (...images: string[]) =>
      fs.writeFile(
        compose(),
        new TextEncoder().encode(
          `services:\n${images.map((image, index) => `  s${index}:\n    image: ${image}\n`).join('')}`,
        ),
      );
    const isUsed = async (tag: string) =>
      String((await stage.item(await stage.tag('web', tag))).description).startsWith('used');
    const deletes = () => stage.hub.count({ method: 'DELETE' });

    afterEach(() => fs.delete(compose()).then(undefined, () => undefined));

    it('says what is not understood, and clocks that are far apart', async () => {
      const late = await startHub({ world: stage.world, now: () => Date.now() - 3_600_000 });
      try {
        await stage.set('apiUrl', late.origin);
        stage.allow(late.origin);
        await write('ada/web:${TAG}', 'ada/web:build-5');
        await stage.signIn();
        // The file's other reference shows that it was looked into.
        await until('a use', () => isUsed('build-5'));
        await stage.run('deleteTag', [await stage.tag('web', 'build-1')], 'leave');
        const { detail } = stage.dialogs.only(/^Delete 1 tag/);
        assert.match(
          detail,
          /The tag of "ada\/web:\$\{TAG\}" in compose\.yaml:3 comes from the environment, so it isn't protected\./,
        );
        assert.match(detail, /This machine's clock is 6[01] min ahead of Docker Hub's/);
      } finally {
        await late.close();
      }
    });

    it('deletes nothing that comes into use while the question stands open', async () => {
      await stage.signIn();
      const meanwhile = async () => {
        await write('ada/web:build-1');
        await until('a use', () => isUsed('build-1'));
      };
      await stage.run('deleteTag', [await stage.tag('web', 'build-1')], { meanwhile }, { press: 'Delete 1 Tag' });
      stage.dialogs.takeError(/^ada\/web:build-1 must now be kept: used in compose\.yaml:3\. Nothing was deleted/);
      assert.equal(deletes(), 0);
    });

    it('deletes nothing that comes to be protected, nor more than the settings allow by then', async () => {
      await stage.signIn();
      const tags = [await stage.tag('web', 'build-1'), await stage.tag('web', 'build-5')];
      await stage.run(
        'deleteTag',
        [tags[0], tags],
        { meanwhile: () => stage.set('protect', ['*-5']) },
        { press: 'Delete 2 Tags' },
      );
      stage.dialogs.takeError(/^ada\/web:build-5 must now be kept: protected by "\*-5"/);
      await stage.run(
        'deleteTag',
        [tags[0], tags],
        { meanwhile: () => stage.set('maxDeletions', 1) },
        { press: 'Delete 2 Tags' },
      );
      stage.dialogs.takeError(/^The setting maxDeletions now allows only 1 tag\./);
      assert.equal(deletes(), 0);
    });

    it('deletes what was shown as protected and in use, and confirmed', async () => {
      await write('ada/web:build-1');
      await stage.signIn();
      await until('a use', () => isUsed('build-1'));
      const tags = [await stage.tag('web', 'build-1'), await stage.tag('web', 'latest')];
      await stage.run('deleteTag', [tags[0], tags], { press: 'Delete 2 Tags' });
      const { detail } = stage.dialogs.only(/^Delete 2 tags/);
      assert.match(detail, /build-1 is in use: compose\.yaml:3\./);
      assert.match(detail, /Protected by the setting dockerHubPruner\.protect: 1 tag \(latest/);
      assert.deepEqual([...stage.hub.deleted].sort(), ['ada/web:build-1', 'ada/web:latest']);
    });

    it('names what is immutable, skips it, and counts what is left on the button', async () => {
      stage.world.setImmutable('ada', 'web', { enabled: true, rules: ['^build-[12]$'] });
      await stage.signIn();
      const tags = [
        await stage.tag('web', 'build-1'),
        await stage.tag('web', 'build-2'),
        await stage.tag('web', 'build-5'),
      ];
      await stage.run('deleteTag', [tags[0], tags], { press: 'Delete 1 Tag' });
      const modal = stage.dialogs.only(/^Delete 1 tag in ada\/web\?$/);
      assert.deepEqual(modal.buttons, ['Delete 1 Tag']);
      assert.match(
        modal.detail,
        /^Skipped, because they're immutable on Docker Hub: build-1 \(.*\), build-2 \(.*\)\.$/m,
      );
      assert.deepEqual([stage.hub.deleted, deletes()], [['ada/web:build-5'], 1]);
      const locked = [await stage.tag('web', 'build-1'), await stage.tag('web', 'build-2')];
      await stage.run('deleteTag', [locked[0], locked]);
      assert.match(
        stage.dialogs.said,
        /^Nothing to delete, because these are immutable on Docker Hub: build-1 \(.*\), build-2 \(.*\)\.$/,
      );
      assert.equal(deletes(), 1);
    });

    it('does not ask to empty a repository in which an immutable tag is left', async () => {
      stage.world.setImmutable('ada', 'pair', { enabled: true, rules: ['^a$'] });
      await stage.signIn();
      const tags = [await stage.tag('pair', 'a'), await stage.tag('pair', 'b')];
      await stage.run('deleteTag', [tags[0], tags], { press: 'Delete 1 Tag' });
      assert.deepEqual(stage.tagsOf('pair'), ['a']);
    });

    it('C5: deletes nothing where the tags that were to be left are gone by then', async () => {
      await stage.signIn();
      await stage.run(
        'deleteTag',
        [await stage.tag('pair', 'a')],
        { meanwhile: () => stage.world.removeTag('ada', 'pair', 'b') },
        { press: 'Delete 1 Tag' },
      );
      stage.dialogs.takeError(
        /^Someone else has deleted all the tags that the plan was to keep in ada\/pair, so .* Nothing was deleted/,
      );
      assert.deepEqual(stage.tagsOf('pair'), ['a']);
    });

    it('keeps and reports what was pushed again while the question stood open', async () => {
      await stage.signIn();
      const tags = [await stage.tag('web', 'build-1'), await stage.tag('web', 'build-5')];
      await stage.run(
        'deleteTag',
        [tags[0], tags],
        { meanwhile: () => void stage.world.pushTag('ada', 'web', 'build-1', { pushedAt: daysAgo(0) }) },
        { press: 'Delete 2 Tags' },
      );
      assert.deepEqual(stage.hub.deleted, ['ada/web:build-5']);
      assert.equal(stage.dialogs.said, 'Deleted 1 of 2 tags in ada/web. 1 pushed since the plan, kept.');
    });
  });

  describe('signatures and other attachments', () => {
    const signatureOf = (tag: string, suffix = '.sig', repository = 'signed') =>
      attachmentName(stage.world.repository(ada.name, repository)!.tags.get(tag)!.digest!, suffix as '.sig');
    const attach = (tag: string, suffix: '.sig' | '.att', ageDays: number, repository = 'signed') => {
      const name = signatureOf(tag, suffix, repository);
      stage.world.pushTag(ada.name, repository, name, { pushedAt: daysAgo(ageDays) });
      return name;
    };
    const node = (repository: string, tag: string): Promise<TagNode> => stage.tag(repository, tag);

    beforeEach(() => addRepository(stage.world, ada.name, 'signed', { v1: 30, v2: 20, v3: 10 }));

    it('offers to delete them along with the tags of their images, behind these, or to leave them', async () => {
      const [sig, att] = [attach('v1', '.sig', 29.9), attach('v1', '.att', 29.8)];
      const ofAtt = attach(att, '.sig', 29.7);
      attach('v3', '.sig', 9.9);
      await stage.signIn();
      await stage.run('deleteTag', [await node('signed', 'v1')], { press: 'Delete Only the 1 Tag' });
      const modal = stage.dialogs.only(/^Delete 1 tag and 3 attachments in ada\/signed\?$/);
      assert.deepEqual(modal.buttons, ['Delete 1 Tag and 3 Attachments', 'Delete Only the 1 Tag']);
      assert.match(modal.detail, /^v1 \(.*\)\nIncluding 3 signatures and other attachments of these tags\.\n/);
      assert.deepEqual(stage.hub.deleted, ['ada/signed:v1']);
      stage.world.pushTag(ada.name, 'signed', 'v0', { pushedAt: daysAgo(40) });
      attach('v2', '.sig', 19.9);
      stage.hub.deleted.length = 0;
      const ofV2 = signatureOf('v2');
      await stage.run('refresh', []);
      await stage.run('deleteTag', [await node('signed', 'v2')], { press: 'Delete 1 Tag and 1 Attachment' });
      assert.deepEqual(stage.hub.deleted, ['ada/signed:v2', `ada/signed:${ofV2}`]);
      assert.equal(stage.dialogs.said, 'Deleted 1 tag and 1 attachment in ada/signed.');
      for (const kept of [sig, att, ofAtt]) {
        assert.ok(stage.tagsOf('signed').includes(kept), 'what was left alone before is no matter of this');
      }
    });

    it('keeps, and does not offer, those of an image that another tag has', async () => {
      const sig = attach('v1', '.sig', 29.9);
      stage.world.pushTag(ada.name, 'signed', 'stable', {
        pushedAt: daysAgo(5),
        digest: stage.world.repository(ada.name, 'signed')!.tags.get('v1')!.digest!,
      });
      await stage.signIn();
      await stage.run('deleteTag', [await node('signed', 'v1')], { press: 'Delete 1 Tag' });
      assert.deepEqual(stage.dialogs.only(/^Delete 1 tag in/).buttons, ['Delete 1 Tag']);
      assert.ok(stage.tagsOf('signed').includes(sig));
    });

    it('deletes nothing where another tag takes the image while the question stands open', async () => {
      attach('v1', '.sig', 29.9);
      await stage.signIn();
      const row = stage.world.repository(ada.name, 'signed')!.tags.get('v1')!;
      const meanwhile = () =>
        void stage.world.pushTag(ada.name, 'signed', 'stable', { pushedAt: daysAgo(0), digest: row.digest! });
      await stage.run(
        'deleteTag',
        [await node('signed', 'v1')],
        { meanwhile },
        { press: 'Delete 1 Tag and 1 Attachment' },
      );
      stage.dialogs.takeError(
        /^ada\/signed:sha256-[0-9a-f]{64}\.sig must now be kept: attached to stable, which is kept\./,
      );
      assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    });

    it('finds them beyond the first page, and reads the whole list only where there are any', async () => {
      stage.world.addRepository(generateRepository({ namespace: ada.name, name: 'plain', tags: 250 }));
      stage.world.addRepository(
        generateRepository({ namespace: ada.name, name: 'many', tags: 250, signed: { share: 1 } }),
      );
      // The newest hundred show no attachment.
      for (let i = 0; i < 100; i++) stage.world.pushTag(ada.name, 'many', `new-${i}`, { pushedAt: Date.now() - i });
      await stage.signIn();
      const lists = (repository: string) =>
        stage.hub.requests.filter(
          ({ method, path }) => method === 'GET' && new RegExp(`/${repository}/tags/?(?:[?]|$)`).test(path),
        ).length;
      const plain = (await stage.children(await stage.repository('plain'))).find((each) => each.kind === 'tag')!;
      stage.hub.requests.length = 0;
      await stage.run('deleteTag', [plain], 'leave');
      assert.equal(lists('plain'), 2, 'the first page, and one by name');
      const many = (await stage.children(await stage.repository('many'))).find((each) => each.kind === 'tag')!;
      // A name that the tree does not show yet: one of the signed.
      const signed = [...stage.world.repository(ada.name, 'many')!.tags.keys()].filter((name) =>
        name.startsWith('build-'),
      )[50]!;
      const row = stage.world.repository(ada.name, 'many')!.tags.get(signed)!;
      assert.ok(many.kind === 'tag');
      await stage.run('filterTags', [await stage.repository('many')], { enter: signed });
      const found = (await stage.children(await stage.repository('many'))).find(
        (each) => each.kind === 'tag' && each.tag.name === signed,
      )!;
      await stage.run('deleteTag', [found], { press: 'Delete 1 Tag and 1 Attachment' });
      assert.deepEqual(stage.hub.deleted, [`ada/many:${signed}`, `ada/many:${attachmentName(row.digest!, '.sig')}`]);
    });

    it('counts an image with its attachments as one for maxDeletions', async () => {
      for (const tag of ['v1', 'v2']) attach(tag, '.sig', 5);
      await stage.signIn();
      const tags = await Promise.all(['v1', 'v2'].map((tag) => node('signed', tag)));
      await stage.set('maxDeletions', 2);
      await stage.run('deleteTag', [tags[0], tags], { press: 'Delete 2 Tags and 2 Attachments' });
      assert.equal(stage.hub.deleted.length, 4);
    });

    it('A6: asks by name before a repository is left with signatures only', async () => {
      attach('v1', '.sig', 1);
      await stage.signIn();
      const tags = await Promise.all(['v1', 'v2', 'v3'].map((tag) => node('signed', tag)));
      stage.world.pushTag(ada.name, 'signed', `sha256-${'0'.repeat(64)}.sig`, { pushedAt: daysAgo(2) });
      await stage.run(
        'deleteTag',
        [tags[0], tags],
        { press: 'Empty ada/signed' },
        { press: 'Delete 3 Tags and 1 Attachment' },
      );
      assert.match(
        stage.dialogs.only(/^ada\/signed would lose all its tags$/).detail,
        /^3 tags and 1 attachment would be deleted, /,
      );
      assert.deepEqual(stage.tagsOf('signed'), [`sha256-${'0'.repeat(64)}.sig`]);
    });

    it('C5: deletes nothing where only signatures are left by then', async () => {
      stage.world.pushTag(ada.name, 'pair', `sha256-${'0'.repeat(64)}.sig`, { pushedAt: daysAgo(0.5) });
      await stage.signIn();
      await stage.run(
        'deleteTag',
        [await stage.tag('pair', 'a')],
        { meanwhile: () => stage.world.removeTag('ada', 'pair', 'b') },
        { press: 'Delete 1 Tag' },
      );
      stage.dialogs.takeError(/^Someone else has deleted all the tags that the plan was to keep in ada\/pair,/);
      assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    });

    it('promises to free no more than the repository stores', async () => {
      stage.world.addRepository({ namespace: ada.name, name: 'small', storageSize: 7_000_000 });
      for (const tag of ['a', 'b', 'c']) stage.world.pushTag(ada.name, 'small', tag, { pushedAt: daysAgo(3) });
      await stage.signIn();
      const tags = [await stage.tag('small', 'a'), await stage.tag('small', 'b')];
      await stage.run('deleteTag', [tags[0], tags], 'leave');
      assert.match(stage.dialogs.only(/^Delete 2 tags in/).detail, /^Reclaimable: up to 7 MB\./m);
    });
  });

  it('wants a tag to be selected', async () => {
    await stage.signIn();
    await stage.run('deleteTag', []);
    assert.equal(stage.dialogs.said, 'Select one or more tags in the tree first.');
  });
});

describe('deleting a repository', () => {
  const goOn = { press: 'Delete the Repository…' } as const;
  const runRow = async (): Promise<vscode.TreeItem> =>
    stage.product.runs.getTreeItem(((await stage.product.runs.getChildren()) ?? [])[0]!);
  const stage = useStage((world) => {
    smallWorld(world);
    world.addRepository({ namespace: ada.name, name: 'big', storageSize: 3_200_000_000, pullCount: 1234 });
    for (let i = 0; i < 120; i++) world.pushTag(ada.name, 'big', `t${i}`, { pushedAt: daysAgo(i) });
  });

  it('shows what dies, refuses a wrong name in place, and takes the exact one', async () => {
    await stage.signIn();
    await stage.run(
      'deleteRepository',
      [await stage.repository('big')],
      goOn,
      { enter: 'big' },
      { enter: 'ada/bi' },
      { enter: 'ADA/BIG' },
      { enter: 'ada/big' },
    );
    const box = stage.dialogs.only(/^Delete ada\/big/);
    assert.equal(box.title, 'Delete ada/big: 120 tags, 3.2 GB, 1,234 pulls');
    assert.match(box.prompt, /cannot be undone\. Type ada\/big to delete it\./);
    assert.deepEqual(box.told, ["This isn't ada/big.", 'Type the full name ada/big.', "This isn't ada/big."]);
    assert.deepEqual(stage.hub.deletedRepositories, ['ada/big']);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 1);
    assert.match(stage.dialogs.said, /^Deleted ada\/big \(120 tags, 3\.2 GB, 1,234 pulls\)\./);
    assert.deepEqual(await stage.labels(await stage.node('ada', 'ada')), ['api', 'web']);
  });

  it('deletes nothing when the question or the box is left', async () => {
    await stage.signIn();
    await stage.run('deleteRepository', [await stage.repository('big')], 'leave');
    await stage.run('deleteRepository', [await stage.repository('big')], goOn, 'leave');
    assert.deepEqual(await stage.storedFiles(), [], 'nothing is written down either');
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('tells a refusal, and keeps the record of it', async () => {
    await stage.signIn(ada.name, ada.readToken);
    await stage.run('deleteRepository', [await stage.repository('big')], goOn, { enter: 'ada/big' });
    stage.dialogs.takeError(
      /doesn't have permission to do this\. Docker Hub says: "access denied: insufficient scope"/,
    );
    assert.deepEqual(stage.hub.deletedRepositories, []);
    assert.match((await runRow()).tooltip as string, /^Repository ada\/big, 120 tags\nnot deleted\n/);
  });

  it('awaits the answer also when it is cancelled while the request is on its way', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, act: { delayMs: 300 } });
    const running = stage.run('deleteRepository', [await stage.repository('big')], goOn, { enter: 'ada/big' });
    await until('the request', () => stage.hub.count({ method: 'DELETE' }) === 1);
    (await stage.dialogs.progress(/^Deleting ada\/big$/)).cancel();
    await running;
    assert.deepEqual(stage.hub.deletedRepositories, ['ada/big']);
    assert.match(stage.dialogs.said, /^Deleted ada\/big /);
  });

  it('waits for nobody: a prune of the same repository is refused meanwhile, and the other way round', async () => {
    await stage.signIn();
    const big = await stage.repository('big');
    await stage.run('deleteRepository', [big], {
      meanwhile: async () => {
        await stage.run('deleteTag', [await stage.tag('big', 't1')], { press: 'Delete 1 Tag' }, goOn, {
          enter: 'ada/big',
        });
        stage.dialogs.takeError(/^Tags are being deleted or restored in ada\/big right now\./);
      },
    });
    assert.deepEqual(stage.hub.deletedRepositories, ['ada/big']);
    assert.deepEqual(stage.hub.deleted, []);

    stage.hub.script({ match: { method: 'DELETE' }, act: { delayMs: 300 } });
    const running = stage.run('deleteTag', [await stage.tag('web', 'build-1')], { press: 'Delete 1 Tag' });
    await until('the delete', () => stage.hub.count({ method: 'DELETE', path: 'build-1' }) === 1);
    await stage.run('deleteRepository', [await stage.repository('web')]);
    stage.dialogs.takeError(/^Tags are being deleted or restored in ada\/web/);
    await running;
  });

  it('C4: deletes nothing that was pushed, moved or deleted while the question was open, and says so', async () => {
    await stage.signIn();
    const { world } = stage;
    for (const [change, expected] of [
      [
        () => {
          for (let i = 0; i < 57; i++) world.pushTag(ada.name, 'big', `new${i}`);
        },
        /^57 tags were pushed to ada\/big in the meantime\. Nothing was deleted; try again\.$/,
      ],
      [
        () => world.pushTag(ada.name, 'big', 'one-more'),
        /^1 tag was pushed to ada\/big in the meantime\. Nothing was deleted; try again\.$/,
      ],
      [
        () => world.pushTag(ada.name, 'big', 't1'),
        /^Pushed again to ada\/big in the meantime: 1 tag\. Nothing was deleted; try again\.$/,
      ],
      [
        () => world.removeTag(ada.name, 'big', 't2'),
        /^Someone else deleted 1 tag of ada\/big in the meantime\. Nothing was deleted; try again\.$/,
      ],
    ] as const) {
      await stage.run(
        'deleteRepository',
        [await stage.repository('big')],
        goOn,
        { meanwhile: change },
        { enter: 'ada/big' },
      );
      stage.dialogs.takeError(expected);
    }
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    assert.deepEqual(await stage.product.runs.getChildren(), []);
  });

  it('C4: deletes nothing while the list cannot be read again, and looks with one request where nothing changed', async () => {
    await stage.signIn();
    const lists = () => stage.hub.count({ method: 'GET', path: 'big/tags' });
    let before = 0;
    await stage.run(
      'deleteRepository',
      [await stage.repository('big')],
      goOn,
      {
        meanwhile: () =>
          stage.hub.script({ match: { method: 'GET', path: 'big/tags' }, times: Infinity, act: { status: 403 } }),
      },
      { enter: 'ada/big' },
    );
    stage.dialogs.takeError(/^The tags of ada\/big couldn't be read again, so nothing was deleted\./);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    stage.hub.clearScripts();
    await stage.run(
      'deleteRepository',
      [await stage.repository('big')],
      goOn,
      { meanwhile: () => (before = lists()) },
      { enter: 'ada/big' },
    );
    assert.equal(lists() - before, 1);
    assert.deepEqual(stage.hub.deletedRepositories, ['ada/big']);
  });

  it('C4: names what is in use, protected, immutable or without a digest, and refuses what came to be so meanwhile', async () => {
    const folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    const [compose, policies] = [join(folder, 'compose.yaml'), join(folder, '.docker-hub-prune.jsonc')];
    try {
      await writeFile(compose, 'services:\n  web:\n    image: ada/web:build-1\n');
      await writeFile(
        policies,
        JSON.stringify({ policies: [{ repositories: ['ada/*'], olderThan: '90 days', protect: ['build-2'] }] }),
      );
      stage.world.pushTag(ada.name, 'web', 'lost', { pushedAt: daysAgo(900), row: { digest: undefined } });
      stage.world.repository(ada.name, 'web')!.immutable = { enabled: true, rules: ['^build-5$'] };
      await stage.signIn();
      await until('a use of build-1', async () =>
        String((await stage.item(await stage.tag('web', 'build-1'))).description).startsWith('used · '),
      );
      await stage.run(
        'deleteRepository',
        [await stage.repository('web')],
        goOn,
        { meanwhile: () => stage.set('protect', ['latest', 'build-3']) },
        { enter: 'ada/web' },
      );
      const { modal, detail } = stage.dialogs.only(/^Delete the repository ada\/web with \d tags\?$/);
      assert.ok(modal);
      assert.match(detail, /\nIn use: 1 tag: build-1 \(compose\.yaml:3\)\.\n/);
      assert.match(detail, /\nProtected by the settings or by a policy: 2 tags: .*latest \(latest\).*\n/);
      assert.match(detail, /build-2 \(build-2\)/);
      assert.match(detail, /\nImmutable: 1 tag\. Docker Hub deletes immutable tags along with their repository\.\n/);
      assert.match(detail, /\nCan't be restored, because Docker Hub reports no digest: \d tags?\.$/);
      stage.dialogs.takeError(/^Now protected: build-3 \(build-3\)\. Nothing was deleted; try again\.$/);

      await stage.run(
        'deleteRepository',
        [await stage.repository('web')],
        goOn,
        { meanwhile: () => writeFile(compose, 'services:\n  web:\n    image: ada/web:build-4\n') },
        {
          meanwhile: () =>
            until('the use', async () =>
              String((await stage.item(await stage.tag('web', 'build-4'))).description).startsWith('used'),
            ),
        },
        { enter: 'ada/web' },
      );
      stage.dialogs.takeError(/^Now in use: build-4 \(compose\.yaml:3\)\. Nothing was deleted; try again\.$/);
      await writeFile(policies, '[{');
      await stage.run('deleteRepository', [await stage.repository('web')], 'leave');
      assert.match(
        stage.dialogs.find(/^Delete the repository ada\/web/).at(-1)!.detail,
        /\nWhat policies protect isn't known\. /,
      );
      assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
    } finally {
      for (const file of [compose, policies]) await rm(file, { force: true });
    }
  });

  it('C4: writes every tag down with its digest before the request, and is a run', async () => {
    await stage.signIn();
    const journals = new JournalFolder(join(stage.product.context.globalStorageUri.fsPath, 'runs'));
    stage.hub.script({ match: { method: 'DELETE' }, act: { delayMs: 300 } });
    const running = stage.run('deleteRepository', [await stage.repository('big')], goOn, { enter: 'ada/big' });
    await until('the request', () => stage.hub.count({ method: 'DELETE' }) === 1);
    const { id } = (await journals.list())[0]!;
    const record = await journals.read(id);
    assert.deepEqual(
      [record.policy.kind, record.planned, record.wholeRepository !== undefined],
      ['repository', 120, true],
    );
    assert.ok([...recordedTags(record)].every(({ tag, intended }) => intended && /^sha256:/.test(tag.digest ?? '')));
    assert.match(String((await runRow()).description), /^deleting · /);
    await running;
    const row = await runRow();
    assert.equal(row.label, 'Deleted repository ada/big, 120 tags');
    assert.equal(row.contextValue, 'run restorable');
    await vscode.commands.executeCommand('dockerHubPruner.showRun', { id });
    const report = await until('the report', () => stage.documents().find((text) => text.startsWith('Run of ')));
    assert.match(
      report,
      /\nThe entire repository, with all its tags\nEnded after .*\n\nDeleted ada\/big \(120 tags\)\.\n/,
    );
    assert.match(report, /\nRemoved:\n(.*\n)* {2}ada\/big:t119\n/);
  });

  it('C4: says that Docker Hub is at it where it accepts and still lists the repository, and looks it up later', async () => {
    await stage.signIn();
    stage.hub.options.repositoryDeletionDelayMs = 3_600_000;
    const running = stage.run('deleteRepository', [await stage.repository('big')], goOn, { enter: 'ada/big' });
    await until('the request', () => stage.hub.count({ method: 'DELETE' }) === 1);
    // Whoever cancels waits no longer for the look-ups.
    (await stage.dialogs.progress(/^Deleting ada\/big$/)).cancel();
    await running;
    assert.equal(
      stage.dialogs.said,
      'Docker Hub is deleting ada/big (120 tags, 3.2 GB, 1,234 pulls) in the background and might still list it for an hour.',
    );
    const row = await runRow();
    assert.deepEqual([row.label, row.contextValue], ['Repository ada/big, 120 tags', 'run resumable restorable']);
    const [entry] = (await stage.product.runs.getChildren()) ?? [];
    await stage.run('resumeRun', [entry]);
    assert.match(stage.dialogs.said, /^Docker Hub is deleting ada\/big \(120 tags\) in the background/);
    stage.world.repositories.delete('ada/big');
    await stage.run('resumeRun', [entry]);
    assert.equal(stage.dialogs.said, 'Deleted ada/big (120 tags).');
    assert.equal((await runRow()).label, 'Deleted repository ada/big, 120 tags');
    assert.equal(stage.hub.count({ method: 'DELETE' }), 1);
  });

  it('wants a repository to be selected', async () => {
    await stage.signIn();
    await stage.run('deleteRepository', [await stage.node('ada', 'ada')]);
    assert.equal(stage.dialogs.said, 'Select a repository in the tree first.');
  });
});
