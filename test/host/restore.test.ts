import assert from 'node:assert/strict';

import { startRegistryWithHub, type RegistryFixture } from '../registry/registryFixture.ts';
import { skipWithoutRegistry } from '../registry/skipWithoutRegistry.ts';
import { ada, daysAgo, smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

const ninety = { pick: '90 days' } as const;

describe('restoring deleted tags', () => {
  const stage = useStage(smallWorld);
  let registry: RegistryFixture | undefined;

  before(skipWithoutRegistry);
  beforeEach(async function () {
    this.timeout(70_000);
    registry ??= await startRegistryWithHub({ hub: stage.hub });
    registry.clear();
    await stage.useRegistry(registry.registryOrigin);
    await registry.pushImage('ada/shop', 'v1', { pushedAt: daysAgo(400) });
    await registry.pushIndex('ada/shop', 'v2', { pushedAt: daysAgo(300) });
    await registry.pushImage('ada/shop', 'v3', { pushedAt: daysAgo(2) });
    stage.world.pushTag(ada.name, 'shop', 'v0', { pushedAt: daysAgo(900), row: { digest: undefined } });
    await stage.signIn();
  });
  after(() => registry?.close());

  const prune = async (...more: Parameters<typeof stage.run>[2][]): Promise<void> =>
    stage.run(
      'pruneOldTags',
      [await stage.repository('shop')],
      ninety,
      { pick: 'Delete 3 Tags' },
      { press: 'Delete 3 Tags' },
      ...more,
    );
  const restorable = (): Promise<unknown> =>
    until('the run', async () => ((await stage.product.runs.getChildren()) ?? [])[0]);

  it('says before the delete that it is best effort and what cannot be restored at all; brings back what can be, from the summary', async () => {
    await prune({ press: 'Restore…' }, { tick: ['v1', 'v2'] }, { press: 'Restore 2 Tags' });
    const before = stage.dialogs.only(/^Delete 3 tags in ada\/shop\?$/).detail;
    assert.match(
      before,
      /\nDocker Hub itself can't restore deleted tags\. "Restore Deleted Tags…" can while Docker Hub still stores their images\. Docker Hub doesn't guarantee how long that is\./,
    );
    assert.match(before, /\nCan't be restored, because Docker Hub reports no digest: 1 tag\.$/);
    await until('the end', () => stage.dialogs.said.startsWith('Restored'));
    assert.equal(stage.dialogs.said, 'Restored 2 of 2 tags in ada/shop.');
    assert.deepEqual(stage.tagsOf('shop'), ['v3']);
    // The Hub hears of a push when it is asked the next time.
    assert.deepEqual((await stage.labels(await stage.repository('shop'))).sort(), ['v1', 'v2', 'v3']);
    const list = stage.dialogs.only(/^Restore Tags Deleted in ada\/shop$/);
    assert.equal(
      list.placeholder,
      "Select the tags to restore; 1 more can't be restored because their digests were never known",
    );
    const question = stage.dialogs.only(/^Restore 2 tags in ada\/shop\?$/);
    assert.ok(question.modal);
    assert.match(
      question.detail,
      /^Can be restored: 2 tags \(v1, v2\)\.\nRestoring uses 2 pulls of your Docker Hub pull limit \(about 100 per hour on a Personal plan\)\.\n.*Restored tags count as pushed now\. Docker Hub doesn't guarantee/s,
    );
    const [row] = await Promise.all(
      ((await stage.product.runs.getChildren()) ?? []).map(async (entry) => stage.product.runs.getTreeItem(entry)),
    );
    assert.match(row!.tooltip as string, /\n2 tags restored\nStarted \d{4}-\d\d-\d\d \d\d:\d\d UTC as ada$/);
    await stage.run('restoreTags', [await restorable()]);
    assert.equal(
      stage.dialogs.said,
      'Nothing can be restored, because the digests of the deleted tags were never known (1 tag).',
    );
  });

  it('overwrites no name that another image has taken, unless that is asked for', async () => {
    await prune();
    const taken = await registry!.pushImage('ada/shop', 'v1', { content: 'new', pushedAt: daysAgo(0) });
    await stage.run('restoreTags', [await restorable()], 'accept', { press: 'Restore 1 Tag' });
    await until('the end', () => stage.dialogs.said.startsWith('Restored'));
    assert.match(
      stage.dialogs.only(/^Restore 2 tags in ada\/shop\?$/).detail,
      /\nNow point to another image: 1 tag \(v1\)\. Replace moves the tags back\.\n/,
    );
    assert.equal(stage.dialogs.said, 'Restored 1 of 2 tags in ada/shop.');
    assert.equal(stage.world.repository(ada.name, 'shop')!.tags.get('v1')!.digest, taken.digest);
    await stage.run('restoreTags', [await restorable()], 'accept', { press: 'Replace 1 Tag' });
    await until('the end', () => stage.dialogs.said.startsWith('Restored 1 of 1'));
    await stage.labels(await stage.repository('shop'));
    assert.notEqual(stage.world.repository(ada.name, 'shop')!.tags.get('v1')!.digest, taken.digest);
  });

  it('D8: takes down what is back already, so that it is not offered again', async () => {
    await prune();
    await registry!.pushImage('ada/shop', 'v1', { pushedAt: daysAgo(0) });
    await stage.run('restoreTags', [await restorable()], 'accept', { press: 'Restore 1 Tag' });
    await until('the end', () => stage.dialogs.said.startsWith('Restored'));
    assert.match(stage.dialogs.only(/^Restore 1 tag in ada\/shop\?$/).detail, /\nAlready there: 1 tag \(v1\)\.\n/);
    assert.equal(stage.dialogs.said, 'Restored 1 of 2 tags in ada/shop. 1 already there.');
    await stage.run('restoreTags', [await restorable()]);
    assert.equal(
      stage.dialogs.said,
      'Nothing can be restored, because the digests of the deleted tags were never known (1 tag).',
    );
  });

  it('says beforehand when nothing is left to restore from', async () => {
    await prune();
    registry!.clear();
    await stage.run('restoreTags', [await restorable()], 'accept', 'leave');
    const told = stage.dialogs.only(/^Nothing can be restored\.$/);
    assert.match(
      told.detail,
      /^Can't be restored, because Docker Hub no longer stores the images: 2 tags \(v1, v2\)\.$/,
    );
  });

  it('says which right is missing', async () => {
    await prune();
    await stage.signIn(ada.name, ada.readToken);
    await stage.run('restoreTags', [await restorable()], 'accept', { press: 'Restore 2 Tags' });
    await until('the end', () => stage.dialogs.said.startsWith('Restored'));
    assert.match(
      stage.dialogs.said,
      /^Restored 0 of 2 tags in ada\/shop\. 1 failed: Access denied\..* 1 not reached\. Restoring needs an access token with "Read & Write" or more/,
    );
  });

  const deleteShop = async (): Promise<void> =>
    stage.run(
      'deleteRepository',
      [await stage.repository('shop')],
      { press: 'Delete the Repository…' },
      { enter: 'ada/shop' },
    );

  it('C4: of a deleted repository says what Docker Hub does not keep any more', async () => {
    await deleteShop();
    assert.deepEqual(stage.hub.deletedRepositories, ['ada/shop']);
    await stage.run('restoreTags', [await restorable()], 'accept', 'leave');
    assert.match(
      stage.dialogs.only(/^Nothing can be restored\.$/).detail,
      /^Can't be restored, because Docker Hub no longer stores the images: 3 tags \(v1, v2, v3\)\.$/,
    );
  });

  it('C4: puts tags of a deleted repository into a new one of the same name, while their images are kept, and says that it is made anew', async () => {
    await deleteShop();
    // The registry keeps the images, as Docker Hub may.
    for (const [index, tag] of ['v1', 'v2', 'v3'].entries()) {
      await (index === 1 ? registry!.pushIndex('ada/shop', tag) : registry!.pushImage('ada/shop', tag));
      stage.hub.registry!.removeTag('ada/shop', tag);
    }
    stage.world.repositories.delete('ada/shop');
    await stage.run('restoreTags', [await restorable()], { tick: ['v1', 'v2'] }, { press: 'Restore 2 Tags' });
    await until('the end', () => stage.dialogs.said.startsWith('Restored'));
    assert.match(
      stage.dialogs.only(/^Restore 2 tags in ada\/shop\?$/).detail,
      /\nNo longer exists: ada\/shop\. Restoring creates it again, if ada has permission to, with the default visibility of its namespace, which might be public,/,
    );
    assert.equal(stage.dialogs.said, 'Restored 2 of 2 tags in ada/shop.');
    const [row] = await Promise.all(
      ((await stage.product.runs.getChildren()) ?? []).map(async (entry) => stage.product.runs.getTreeItem(entry)),
    );
    assert.match(String(row!.description), /^2 tags restored · /);
  });

  it('C4: says which right is missing to look into a repository that is gone', async () => {
    await deleteShop();
    const secret = 'dckr_pat_ada-public-000000000000';
    stage.world.addAccount({ name: ada.name, password: ada.password, tokens: [{ secret, scope: 'repo:public_read' }] });
    await stage.signIn(ada.name, secret);
    await stage.run('restoreTags', [await restorable()], 'accept');
    stage.dialogs.takeError(
      /^ada\/shop no longer exists, and ada doesn't have permission to read what was in it or to create it\. Access denied\./,
    );
  });
});
