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
});
