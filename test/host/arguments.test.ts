import assert from 'node:assert/strict';

import { smallWorld, useStage } from './stage.ts';

/** What a keybinding, a link or another extension may hand over. */
const junk: readonly unknown[] = [
  'ada/web',
  42,
  null,
  true,
  [],
  {},
  { id: 42 },
  { id: 'nobody@nowhere/x' },
  { id: null, kind: 'repository', repository: { namespace: 'ada', name: 'web' } },
  () => 'x',
];

describe('arguments of commands', () => {
  const stage = useStage(smallWorld);
  const asked = (): string[] =>
    stage.dialogs.shown
      .filter(({ kind, modal }) => modal || kind === 'input' || kind === 'list')
      .map(({ title }) => title);

  it('that are junk do nothing and ask nothing', async () => {
    await stage.signIn();
    await stage.children(await stage.repository('web'));
    const before = asked().length;
    for (const argument of junk) {
      for (const command of [
        'deleteTag',
        'deleteRepository',
        'copyReference',
        'openOnDockerHub',
        'removeNamespace',
        'refresh',
      ]) {
        await stage.run(command, [argument]);
      }
      await stage.run('deleteTag', [argument, junk]);
      await stage.run('pruneOldTags', [argument]);
      stage.dialogs.takeError(/^This repository isn't in the tree\. Refresh the tree, then try again\.$/);
    }
    assert.equal(asked().length, before);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('that name a row are looked up, whatever else they say', async () => {
    await stage.signIn();
    const [tag, repository] = [await stage.tag('web', 'build-1'), await stage.repository('web')];
    const lie = {
      ...tag,
      account: { ...tag.account, name: 'eve' },
      repository: { namespace: 'acme', name: 'site' },
      tag: { name: 'latest', platforms: [] },
    };
    await stage.run('deleteTag', [lie], { press: 'Delete 1 Tag' });
    assert.match(stage.dialogs.only(/^Delete 1 tag in ada\/web\?$/).detail, /^build-1 /);
    assert.deepEqual(stage.hub.deleted, ['ada/web:build-1']);

    await stage.run(
      'pruneOldTags',
      [{ id: repository.id, kind: 'repository', repository: { namespace: 'acme', name: 'site' } }],
      'leave',
    );
    assert.equal(asked().at(-1), 'Prune ada/web: Select a Policy or an Age');
    await stage.run(
      'deleteRepository',
      [{ id: repository.id, kind: 'tag', repository: { namespace: 'acme', name: 'site' } }],
      'leave',
    );
    assert.match(asked().at(-1)!, /^Delete the repository ada\/web with \d tags\?$/);
  });

  it('skip no dialog', async () => {
    await stage.signIn();
    const repository = await stage.repository('web');
    await stage.run(
      'pruneOldTags',
      [{ ...repository, age: '1 day', confirmed: true, yes: true }, undefined, { confirmed: true }],
      'leave',
    );
    await stage.run(
      'deleteTag',
      [{ ...(await stage.tag('web', 'build-1')), confirmed: true }, undefined, true],
      'leave',
    );
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('name nothing once the account is signed out', async () => {
    await stage.signIn();
    const tag = await stage.tag('web', 'build-1');
    await stage.run('signOut', [await stage.node('ada')]);
    await stage.run('deleteTag', [tag]);
    assert.equal(stage.dialogs.said, 'Select one or more tags in the tree first.');
  });

  it('name rows of the wrong kind without effect', async () => {
    await stage.signIn();
    const account = await stage.node('ada');
    await stage.run('deleteTag', [account]);
    assert.equal(stage.dialogs.said, 'Select one or more tags in the tree first.');
    await stage.run('signOut', [await stage.repository('web')]);
    assert.equal(stage.dialogs.said, 'Signed out ada. Its saved credentials were removed.');
  });
});
