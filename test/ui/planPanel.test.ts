import assert from 'node:assert/strict';

import type { FrameLocator } from 'playwright-core';

import { generateRepository } from '../hub/generate.ts';
import { startHub, type Hub } from '../hub/hub.ts';
import { World } from '../hub/world.ts';
import { startWorkbench } from './startWorkbench.ts';
import { until } from './until.ts';
import type { Workbench } from './workbench.ts';

const token = `dckr_pat_${'t'.repeat(27)}`;
const day = 86_400_000;

describe('the plan panel', () => {
  let hub: Hub;
  let workbench: Workbench;
  let page: FrameLocator;

  before(async () => {
    const world = new World();
    world.addAccount({ name: 'robin', password: 'right-password', tokens: [{ secret: token, scope: 'repo:admin' }] });
    world.addRepository(generateRepository({ namespace: 'robin', name: 'web', tags: 600, seed: 6, newest: Date.now() - day, oldest: Date.now() - 700 * day, style: 'mixed' }));
    hub = await startHub({ world });
    workbench = await startWorkbench({ hubOrigin: hub.origin, theme: 'dark' });
    page = workbench.webview();
    await workbench.openContainer();
    await workbench.view('Repositories').welcomeButton('Sign In').click();
    await workbench.quickInput.submit('robin');
    await workbench.quickInput.waitFor('as robin');
    await workbench.quickInput.submit(token);
    await workbench.toasts.waitFor('Signed in as robin');
    await workbench.toasts.clear();
  });

  after(async () => {
    await workbench?.close();
    await hub?.close();
  });

  const deleteButton = () => page.locator('#delete');
  const going = async () => Number(/[\d,]+/.exec(await deleteButton().innerText())![0].replaceAll(',', ''));

  it('opens from the menu of a repository and shows which tags would go by the setting', async () => {
    const view = workbench.view('Repositories');
    await view.untilRows('the repository', (rows) => rows.some(({ label }) => label === 'web'));
    await view.pickFromMenu('web', 'Preview Prune…');
    await deleteButton().waitFor({ timeout: 20_000 });
    await workbench.screenshot('plan-panel');
    const old = [...hub.world.repository('robin', 'web')!.tags.values()].filter(({ last_updated }) => Date.parse(last_updated!) < Date.now() - 90 * day);
    await until('the plan', going, (count) => count > 0);
    assert.equal(await going(), old.length);
  });
});
