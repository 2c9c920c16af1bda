import assert from 'node:assert/strict';

import { DEMO, demoWorld } from '../hub/demoWorld.ts';
import { startHub, type Hub } from '../hub/hub.ts';
import { startWorkbench } from './startWorkbench.ts';
import type { TreeRow } from './view.ts';
import { themes, type Theme, type Workbench } from './workbench.ts';

const day = 86_400_000;

/** The colors of the manifest, by the ages at which they hold with the default setting. */
function expectedColor(pushedAt: number): string {
  const age = Date.now() - pushedAt;
  return age < 30 * day
    ? 'rgb(127, 209, 139)'
    : age < 90 * day
      ? 'rgb(217, 196, 91)'
      : age < 366 * day
        ? 'rgb(232, 151, 90)'
        : 'rgb(242, 120, 120)';
}

describe("the newcomer's path", () => {
  let hub: Hub;
  let workbench: Workbench;

  before(async () => {
    hub = await startHub({ world: demoWorld({ data: 'recorded' }).world });
    workbench = await startWorkbench({ hubOrigin: hub.origin, theme: 'dark' });
  });

  afterEach(() => workbench.checkSecrets(hub));

  after(async () => {
    await workbench?.close();
    await hub?.close();
  });

  it('signs in with an access token from the welcome view', async () => {
    await workbench.openContainer();
    const view = workbench.view('Repositories');
    await view.welcomeButton('Sign In').click();
    await workbench.quickInput.waitFor('Docker ID or organization');
    await workbench.screenshot('sign-in-name');
    await workbench.quickInput.submit(DEMO.user.name);
    await workbench.quickInput.waitFor('as dustynv');
    assert.equal(await workbench.quickInput.isPassword(), true);
    await workbench.screenshot('sign-in-secret');
    await workbench.quickInput.submit(DEMO.user.deleteToken);
    await workbench.toasts.waitFor('Signed in as dustynv');
    await view.untilRows('repositories', (rows) => rows.some(({ level }) => level === 3));
    await workbench.screenshot('signed-in');
    await workbench.toasts.clear();
  });

  it('sees tags colored by age, in words as well', async () => {
    const view = workbench.view('Repositories');
    await view.expand('awq');
    await view.expand('comfyui');
    await view.expand('cuda');
    // Decorations come after their rows.
    const colored = (rows: readonly TreeRow[]) =>
      tagRows(rows).length >= 10 &&
      tagRows(rows).every(({ badge, labelColor, iconColor }) => badge !== '' && labelColor === iconColor);
    const tags = tagRows(await view.untilRows('colored tags', colored));
    const colors = new Set(tags.map(({ labelColor }) => labelColor));
    assert.ok(colors.size >= 3, `only ${[...colors].join(' ')}`);
    for (const { label, repository, labelColor, iconColor, badge, ariaLabel } of tags) {
      const row = hub.world.repository('dustynv', repository)!.tags.get(label)!;
      assert.equal(labelColor, expectedColor(Date.parse(row.last_updated!)), `${repository}:${label}`);
      assert.equal(iconColor, labelColor);
      assert.equal(badge, '●');
      assert.match(ariaLabel, new RegExp(`^Tag ${label}, pushed .*, (fresh|aging|old|stale), [\\d.]+ [MG]B`));
    }
    const tooltip = await view.tooltip(tags[0]!.label);
    for (const part of ['Pushed', 'Pulled', 'Size', 'linux/arm64', 'sha256:']) {
      assert.ok(tooltip.includes(part), tooltip);
    }
    await workbench.screenshot('tag-tooltip');
  });

  for (const theme of Object.keys(themes) as Theme[]) {
    it(`can be looked at in the theme ${theme}`, async () => {
      await workbench.setTheme(theme);
      const rows = await workbench
        .view('Repositories')
        .untilRows('colored tags', (found) => new Set(tagRows(found).map(({ labelColor }) => labelColor)).size >= 3);
      assert.ok(tagRows(rows).every(({ labelColor, iconColor }) => labelColor === iconColor));
      await workbench.screenshot(`tree-${theme}`);
    });
  }

  it('prunes the old tags of a repository and sees what happened', async () => {
    await workbench.setTheme('dark');
    const view = workbench.view('Repositories');
    const before = [...hub.world.repository('dustynv', 'comfyui')!.tags.values()];
    const old = before
      .filter(({ last_updated }) => Date.parse(last_updated!) < Date.now() - 100 * day)
      .map(({ name }) => name);
    assert.ok(old.length > 0 && old.length < before.length);

    await view.pickFromMenu('comfyui', 'Prune Old Tags…');
    await workbench.quickInput.waitFor('Select a Policy or an Age');
    await workbench.screenshot('prune-age');
    await workbench.quickInput.fill('100 dayz');
    await workbench.quickInput.pick(/"100 dayz" isn't a valid age/);
    await workbench.screenshot('prune-age-error');
    await workbench.quickInput.submit('100 days');
    await workbench.quickInput.waitFor('Plan');
    await workbench.quickInput.pick(/View All Tags/);
    await workbench.page.locator('.view-lines').getByText('delete').first().waitFor();
    await workbench.screenshot('prune-plan');
    await workbench.quickInput.pick(new RegExp(`Delete ${old.length} Tags…`));
    assert.match(await workbench.dialog.text(), new RegExp(`^Delete ${old.length} tags in dustynv/comfyui\\?$`));
    assert.match(await workbench.dialog.detail(), /last pushed before \d{4}-\d\d-\d\d \d\d:\d\d UTC \(100 days\)/);
    assert.deepEqual(hub.deleted, []);
    await workbench.screenshot('prune-confirm');
    await workbench.dialog.choose(`Delete ${old.length} Tags`);
    const summary = await workbench.toasts.waitFor(/^Deleted/);
    assert.equal(summary.text, `Deleted ${old.length} tags in dustynv/comfyui.`);
    assert.deepEqual([...hub.deleted].sort(), old.map((name) => `dustynv/comfyui:${name}`).sort());
    await view.untilRows(
      'the tree to be fresh',
      (rows) => !tagRows(rows).some(({ label, repository }) => repository === 'comfyui' && old.includes(label)),
    );
    await workbench.screenshot('prune-summary');
  });

  it('is still signed in after VS Code was started anew', async () => {
    await workbench.restart();
    await workbench.openContainer();
    await workbench.view('Repositories').untilRows('repositories', (rows) => rows.some(({ level }) => level === 3));
  });

  it('signs out, and nothing is left', async () => {
    await workbench.runCommand('Docker Hub: Sign Out');
    await workbench.toasts.waitFor('Signed out dustynv');
    assert.match(await workbench.view('Repositories').welcomeText(), /Sign in to Docker Hub/);
  });
});

/** The rows of tags, each with the name of its repository. */
function tagRows(rows: readonly TreeRow[]): (TreeRow & { readonly repository: string })[] {
  let repository = '';
  return rows.flatMap((row) => {
    if (row.level === 3) repository = row.label;
    return row.level === 4 ? [{ ...row, repository }] : [];
  });
}
