import assert from 'node:assert/strict';

import { startHub, type Hub } from '../hub/hub.ts';
import { World } from '../hub/world.ts';
import { startRegistryWithHub, type RegistryFixture } from '../registry/registryFixture.ts';
import { skipWithoutRegistry } from '../registry/skipWithoutRegistry.ts';
import { startWorkbench } from './startWorkbench.ts';
import type { Toast } from './toasts.ts';
import { until } from './until.ts';
import { themes, type Theme, type Workbench } from './workbench.ts';

const token = `dckr_pat_${'t'.repeat(27)}`;
const day = 86_400_000;
const tags = 30;

describe('a crash in the middle of a run, and the way back', () => {
  let hub: Hub;
  let registry: RegistryFixture;
  let workbench: Workbench;

  const pushBuild = (i: number) =>
    registry.pushImage('robin/web', `build-${i}`, { pushedAt: Date.now() - (100 + i) * day });

  before(skipWithoutRegistry);
  before(async () => {
    const world = new World();
    world.addAccount({ name: 'robin', password: 'right-password', tokens: [{ secret: token, scope: 'repo:admin' }] });
    hub = await startHub({ world });
    registry = await startRegistryWithHub({ hub });
    for (let i = 0; i < tags; i++) await pushBuild(i);
    await registry.pushImage('robin/web', 'latest', { pushedAt: Date.now() - day });
    workbench = await startWorkbench({ hubOrigin: hub.origin, registryOrigin: registry.registryOrigin, theme: 'dark' });
    await workbench.openContainer();
    await workbench.view('Repositories').welcomeButton('Sign In').click();
    await workbench.quickInput.submit('robin');
    await workbench.quickInput.waitFor('as robin');
    await workbench.quickInput.submit(token);
    await workbench.toasts.waitFor('Signed in as robin');
    await workbench.toasts.clear();
  });

  afterEach(() => workbench.checkSecrets(hub));

  after(async () => {
    await workbench?.close();
    await registry?.close();
    await hub?.close();
  });

  /** Begins to prune the repository, and comes back in the middle. */
  async function beginPrune(): Promise<void> {
    const view = workbench.view('Repositories');
    await view.untilRows('the repository', (rows) => rows.some(({ label }) => label === 'web'));
    hub.deleted.length = 0;
    await view.pickFromMenu('web', 'Prune Old Tags…');
    await workbench.quickInput.waitFor('Select a Policy or an Age');
    await workbench.quickInput.submit('90 days');
    await workbench.quickInput.waitFor('Plan');
    await workbench.quickInput.pick(new RegExp(`Delete ${tags} Tags`));
    await workbench.dialog.box.waitFor();
    await workbench.screenshot('prune-confirm-way-back');
    hub.options.latencyMs = 1_000;
    await workbench.dialog.choose(`Delete ${tags} Tags`);
    await until('some deletes', () => hub.deleted.length >= 5);
  }

  /** Waits for the offer to go on with what was interrupted. */
  async function untilOffer(): Promise<Toast> {
    assert.ok(hub.deleted.length < tags, `${hub.deleted.length} of ${tags} were deleted before that`);
    hub.options.latencyMs = 0;
    return workbench.toasts.waitFor(/^A run was interrupted\./, 80_000);
  }

  it('finds the run that a reload of the window interrupted, and lets it be', async () => {
    await beginPrune();
    await workbench.reload();
    await untilOffer();
    await until(
      'the badge',
      () => workbench.containerBadge(),
      (badge) => badge === '1',
    );
    await workbench.toasts.click(/^A run was interrupted/, 'Dismiss');
    await workbench.toasts.waitUntilGone(/^A run was interrupted/);
    await until(
      'no badge',
      () => workbench.containerBadge(),
      (badge) => badge === '',
    );
    await workbench.openContainer();
    const runs = workbench.view('Runs');
    await runs.unfold();
    await runs.untilRows('the end', ([row]) => /^deleted \d+ of 30 tags · /.test(row?.description ?? ''));
    // Everything back to where it was: what was deleted is pushed again.
    for (const reference of hub.deleted) await pushBuild(Number(/\d+$/.exec(reference)![0]));
  });

  it('finds the run that a crash interrupted at the next start, without a view being opened', async () => {
    await beginPrune();
    await workbench.restart();
    const offer = await untilOffer();
    assert.match(offer.text, /^A run was interrupted\. Deleted \d+ of 30 tags in robin\/web\. .*\d+ not reached\./);
    assert.deepEqual(offer.buttons, ['Resume', 'Show Run', 'Dismiss']);
    await workbench.screenshot('interrupted-offer');
  });

  it('lists it in the view Runs, shows its report, and goes on with it', async () => {
    await workbench.openContainer();
    const runs = workbench.view('Runs');
    await runs.unfold();
    const [row] = await runs.untilRows('the run', (rows) => rows.length === 2);
    assert.match(row!.description, /^interrupted · /);
    assert.match(row!.ariaLabel, /^Run in robin\/web, interrupted, 30 tags to delete, /);
    assert.deepEqual(await runs.inlineActions('robin/web'), ['Resume Interrupted Run…', 'Restore Deleted Tags…']);
    await runs.click('robin/web');
    await workbench.page.locator('.view-lines').getByText('Not ended').waitFor();
    await workbench.screenshot('run-report');
    await workbench.toasts.click(/^A run was interrupted/, 'Resume');
    const question = await workbench.dialog.text();
    const [, left] = /^Delete (\d+) tags in robin\/web\?$/.exec(question) ?? [];
    assert.ok(Number(left) > 0 && Number(left) < tags, question);
    assert.match(await workbench.dialog.detail(), new RegExp(`^${left} of ${tags} tags are left from the run on `));
    await workbench.screenshot('resume-confirm');
    await workbench.dialog.choose(`Delete ${left} Tags`);
    const summary = await workbench.toasts.waitFor(/^Deleted/, 30_000);
    assert.equal(summary.text, 'Deleted 30 tags in robin/web.');
    assert.deepEqual(new Set(hub.deleted).size, hub.deleted.length, 'none was deleted twice');
    assert.deepEqual([...hub.world.repository('robin', 'web')!.tags.keys()], ['latest']);
    assert.deepEqual(summary.buttons, ['Show Details', 'Restore…']);
    await runs.untilRows('the end', ([ended]) => /^deleted 30 tags · /.test(ended?.description ?? ''));
    await workbench.screenshot('run-summary');
  });

  it('restores what was deleted from the registry, by the summary’s button', async () => {
    await workbench.toasts.click(/^Deleted/, 'Restore…');
    await workbench.quickInput.waitFor('Restore Tags Deleted in robin/web');
    await workbench.screenshot('restore-pick');
    await workbench.quickInput.accept();
    assert.equal(await workbench.dialog.text(), 'Restore 30 tags in robin/web?');
    assert.match(await workbench.dialog.detail(), /uses 30 pulls of your Docker Hub pull limit/);
    await workbench.screenshot('restore-confirm');
    await workbench.dialog.choose('Restore 30 Tags');
    const done = await workbench.toasts.waitFor(/^Restored/, 60_000);
    assert.equal(done.text, 'Restored 30 of 30 tags in robin/web.');
    const view = workbench.view('Repositories');
    await view.expand('web');
    await view.untilRows('the tags', (rows) => rows.some(({ label }) => label === 'build-0'));
    await workbench.screenshot('restored');
  });

  for (const theme of Object.keys(themes) as Theme[]) {
    it(`can be looked at in the theme ${theme}`, async () => {
      await workbench.toasts.clear();
      await workbench.setTheme(theme);
      const [row] = await workbench.view('Runs').untilRows('the run', (rows) => rows.length > 0);
      assert.equal(row!.label, 'robin/web');
      await workbench.screenshot(`runs-${theme}`);
    });
  }
});
