import assert from 'node:assert/strict';

import sinon from 'sinon';
import * as vscode from 'vscode';

import { addRepository, smallWorld, useStage } from './stage.ts';

describe('copying a reference', () => {
  const stage = useStage(smallWorld);

  it('copies what docker pull takes, a line for each row', async () => {
    await stage.signIn();
    const [repository, tag] = [await stage.repository('web'), await stage.tag('api', 'v1.0')];
    await stage.run('copyReference', [repository]);
    assert.equal(await vscode.env.clipboard.readText(), 'ada/web');
    await stage.run('copyReference', [tag, [tag, repository, await stage.node('ada', 'ada')]]);
    assert.equal(await vscode.env.clipboard.readText(), 'ada/api:v1.0\nada/web');
  });
});

describe('opening on Docker Hub', () => {
  const stage = useStage((world) => {
    smallWorld(world);
    addRepository(world, 'library', 'redis', { '7.2': 3 });
  });

  it('opens the page of a repository, of a tag, and of an official image', async () => {
    await stage.signIn();
    await stage.run('addNamespace', [], { enter: 'library' });
    const opened = sinon.stub(vscode.env, 'openExternal').resolves(true);
    try {
      await stage.run('openOnDockerHub', [await stage.repository('web')]);
      await stage.run('openOnDockerHub', [await stage.tag('api', 'v1.0')]);
      await stage.run('openOnDockerHub', [await stage.repository('redis', 'library')]);
      await stage.run('openOnDockerHub', [await stage.node('ada')]);
      assert.deepEqual(
        opened.args.map(([uri]) => uri.toString(true)),
        [
          'https://hub.docker.com/r/ada/web',
          'https://hub.docker.com/r/ada/api/tags?name=v1.0',
          'https://hub.docker.com/_/redis',
        ],
      );
    } finally {
      opened.restore();
    }
  });
});

describe('namespaces added by hand', () => {
  const stage = useStage((world) => {
    smallWorld(world);
    addRepository(world, 'library', 'redis', { '7.2': 3 });
  });

  it('stand after the own ones, marked, and can be removed', async () => {
    await stage.signIn();
    await stage.run('addNamespace', [], { enter: 'Library' });
    const account = await stage.node('ada');
    assert.deepEqual(await stage.labels(account), ['ada', 'acme', 'readers', 'library']);
    const item = await stage.item(await stage.node('ada', 'library'));
    assert.deepEqual([item.description, item.contextValue], ['added by hand', 'namespace added']);
    assert.deepEqual(await stage.labels(await stage.node('ada', 'library')), ['redis']);
    await stage.labels(await stage.repository('web'));
    stage.hub.requests.length = 0;
    await stage.run('removeNamespace', [await stage.node('ada', 'library')]);
    await stage.labels(await stage.repository('web'));
    assert.deepEqual(stage.hub.requests, [], 'nothing is read again for that');
    assert.deepEqual(await stage.labels(await stage.node('ada')), ['ada', 'acme', 'readers']);
  });

  it('are offered for pruning', async () => {
    await stage.signIn();
    await stage.run('addNamespace', [], { enter: 'library' });
    await stage.run('pruneOldTags', [], 'leave');
    const list = stage.dialogs.only(/Select Repositories/);
    assert.ok(list, 'the list is shown');
    await stage.run('pruneOldTags', [], { tick: ['library/redis'] }, 'leave');
    assert.match(stage.dialogs.shown.at(-1)!.title, /^Prune library\/redis/);
  });

  it('are refused in place when there is no such namespace, or no such name', async () => {
    await stage.signIn();
    stage.hub.script({
      match: { path: '/v2/namespaces/nobody/' },
      act: { status: 404, body: { message: 'object not found', errinfo: {} } },
    });
    await stage.run('addNamespace', [], { enter: 'a b' }, { enter: 'nobody' }, 'leave');
    const { told } = stage.dialogs.only(/^Add Namespace$/);
    assert.equal(told[0], 'A name contains only letters, digits, "-", and "_".');
    assert.match(told[1]!, /can't find it, or this account doesn't have access to it/);
    assert.deepEqual(await stage.labels(await stage.node('ada')), ['ada', 'acme', 'readers']);
  });

  it('leave those of the account alone', async () => {
    await stage.signIn();
    await stage.run('removeNamespace', [await stage.node('ada', 'ada')]);
    assert.deepEqual(await stage.labels(await stage.node('ada')), ['ada', 'acme', 'readers']);
    await stage.run('addNamespace', [], { enter: 'acme' });
    assert.deepEqual(await stage.labels(await stage.node('ada')), ['ada', 'acme', 'readers']);
  });
});

describe('the log', () => {
  const stage = useStage(smallWorld);

  it('says what became of a prune, and shows itself', async () => {
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [await stage.repository('web')],
      { pick: '90 days' },
      { pick: 'Delete' },
      { press: 'Delete' },
    );
    assert.ok(
      stage.product.log.some((line) => line === 'Deleted 3 tags in ada/web.'),
      stage.product.log.join('\n'),
    );
    await stage.run('showLog', []);
  });
});
