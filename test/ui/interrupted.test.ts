import assert from 'node:assert/strict';

import { startHub, type Hub } from '../hub/hub.ts';
import { generateRepository } from '../hub/generate.ts';
import { World } from '../hub/world.ts';
import { startWorkbench } from './startWorkbench.ts';
import type { Workbench } from './workbench.ts';

const token = `dckr_pat_${'t'.repeat(27)}`;

describe('when things do not go smoothly', () => {
  let hub: Hub;
  let workbench: Workbench;

  before(async () => {
    const world = new World();
    world.addAccount({ name: 'robin', password: 'right-password', tokens: [{ secret: token, scope: 'repo:admin' }] });
    world.addRepository(generateRepository({ namespace: 'robin', name: 'web', tags: 600, seed: 7, style: 'builds' }));
    world.addRepository(generateRepository({ namespace: 'robin', name: 'attic', tags: 12, seed: 8 }));
    hub = await startHub({ world });
    workbench = await startWorkbench({ hubOrigin: hub.origin, theme: 'light' });
    await workbench.openContainer();
  });

  afterEach(() => workbench.checkSecrets(hub));

  after(async () => {
    await workbench?.close();
    await hub?.close();
  });

  it('tells a wrong password in place, with one attempt each', async () => {
    await workbench.view('Repositories').welcomeButton('Sign In').click();
    await workbench.quickInput.submit('robin');
    await workbench.quickInput.waitFor('as robin');
    await workbench.quickInput.submit('wrong-password');
    await workbench.quickInput.untilMessage("doesn't accept this password");
    await workbench.screenshot('sign-in-wrong-password');
    assert.equal(hub.count({ method: 'POST' }), 1);
    await workbench.quickInput.submit('right-password');
    await workbench.toasts.waitFor('Signed in as robin');
    assert.equal(hub.count({ method: 'POST' }), 2);
    await workbench.toasts.clear();
  });

  it('cancels a run half-way and accounts for every tag', async () => {
    const view = workbench.view('Repositories');
    await view.expand('web');
    await view.untilRows('tags', (rows) => rows.some(({ level }) => level === 4));
    const planned = await planPrune(workbench);
    hub.options.latencyMs = 500;
    await workbench.dialog.choose(`Delete ${planned} Tags`);
    await workbench.toasts.waitFor(/Deleting .*: [1-9]\d+ of \d+/);
    await workbench.screenshot('prune-progress');
    await workbench.toasts.cancelProgress(/Deleting/);
    const summary = await workbench.toasts.waitFor(/^Deleted/);
    const [, removed, notReached] =
      /^Deleted (\d+) of \d+ tags in robin\/web\. (\d+) not reached\. The run was canceled\.$/.exec(summary.text) ?? [];
    assert.equal(Number(removed) + Number(notReached), planned, summary.text);
    assert.ok(Number(removed) > 0 && Number(notReached) > 0, summary.text);
    assert.equal(hub.deleted.length, Number(removed));
    await workbench.toasts.click(/^Deleted/, 'Show Details');
    await workbench.page.locator('.view-lines').getByText('Not removed').waitFor();
    await workbench.screenshot('prune-cancelled');
    hub.options.latencyMs = 0;
  });

  it('waits for the rate limit, says so, and loses nothing', async () => {
    const removedBefore = hub.deleted.length;
    const planned = await planPrune(workbench);
    hub.script({ match: { method: 'DELETE' }, skip: 5, times: 1, act: { rateLimited: { form: 'unix', seconds: 4 } } });
    await workbench.dialog.choose(`Delete ${planned} Tags`);
    await workbench.toasts.waitFor(/waiting for the rate limit until \d\d:\d\d:\d\d/);
    await workbench.screenshot('prune-rate-limit');
    const summary = await workbench.toasts.waitFor(/^Deleted/, 30_000);
    assert.equal(summary.text, `Deleted ${planned} tags in robin/web.`);
    assert.equal(hub.deleted.length, removedBefore + planned);
  });

  it('deletes a repository only when its name is typed', async () => {
    const view = workbench.view('Repositories');
    await workbench.toasts.clear();
    await view.pickFromMenu('attic', 'Delete Repository…');
    assert.equal(await workbench.dialog.text(), 'Delete the repository robin/attic with 12 tags?');
    assert.match(await workbench.dialog.detail(), /^12 tags, .* pulls\n/);
    await workbench.screenshot('delete-repository-question');
    await workbench.dialog.choose('Delete the Repository…');
    await workbench.quickInput.waitFor('Delete robin/attic: 12 tags');
    await workbench.quickInput.fill('robin/web');
    await workbench.quickInput.untilMessage("This isn't robin/attic");
    await workbench.screenshot('delete-repository');
    await workbench.quickInput.accept();
    assert.deepEqual(hub.deletedRepositories, []);
    await workbench.quickInput.submit('robin/attic');
    await workbench.toasts.waitFor('Deleted robin/attic');
    assert.deepEqual(hub.deletedRepositories, ['robin/attic']);
    await view.untilRows('the repository to go', (rows) => !rows.some(({ label }) => label === 'attic'));
  });
});

/** Plans to prune the repository `web`, up to the last question. @returns how many tags would go */
async function planPrune(workbench: Workbench): Promise<number> {
  await workbench.view('Repositories').pickFromMenu('web', 'Prune Old Tags…');
  await workbench.quickInput.waitFor('Select a Policy or an Age');
  await workbench.quickInput.submit('90 days');
  await workbench.quickInput.waitFor('Plan');
  const counts = (await workbench.quickInput.rows()).flatMap(({ label }) => /Delete (\d+) Tags/.exec(label)?.[1] ?? []);
  await workbench.quickInput.pick(/Delete \d+ Tags/);
  return Number(counts[0]);
}
