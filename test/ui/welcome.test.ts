import assert from 'node:assert/strict';

import { startWorkbench } from './startWorkbench.ts';
import type { Workbench } from './workbench.ts';

describe('the first look', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await startWorkbench();
  });

  after(async () => {
    await workbench?.close();
  });

  it('offers to sign in', async () => {
    await workbench.openContainer();
    const view = workbench.view('Repositories');
    assert.match(await view.welcomeText(), /sign in/i);
    await view.welcomeButton('Sign In').waitFor();
    await workbench.screenshot('welcome');
  });

  it('says what the view Runs is for, and offers nothing there that needs an account', async () => {
    const runs = workbench.view('Runs');
    await runs.unfold();
    assert.match(await runs.welcomeText(), /^No tags have been deleted on this machine yet\./);
    assert.equal(await runs.welcomeButton('Prune Old Tags').count(), 0);
  });
});
