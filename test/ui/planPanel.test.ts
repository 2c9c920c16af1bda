import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import type { FrameLocator } from 'playwright-core';

import { palettePng } from '../../scripts/palettePng.ts';
import { generateRepository } from '../hub/generate.ts';
import { startHub, type Hub } from '../hub/hub.ts';
import { World } from '../hub/world.ts';
import { startWorkbench } from './startWorkbench.ts';
import { until } from './until.ts';
import { themes, type Theme, type Workbench } from './workbench.ts';

const token = `dckr_pat_${'t'.repeat(27)}`;
const day = 86_400_000;

describe('the plan panel', () => {
  let hub: Hub;
  let workbench: Workbench;
  let page: FrameLocator;

  before(async () => {
    const world = new World();
    world.addAccount({ name: 'robin', password: 'right-password', tokens: [{ secret: token, scope: 'repo:admin' }] });
    world.addRepository(
      generateRepository({
        namespace: 'robin',
        name: 'web',
        tags: 600,
        seed: 6,
        newest: Date.now() - day,
        oldest: Date.now() - 700 * day,
        style: 'mixed',
      }),
    );
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
  const numberIn = (text: string) => Number(/[\d,]+/.exec(text)![0].replaceAll(',', ''));
  const going = async () => numberIn(await deleteButton().innerText());
  const tagsBefore = (days: number) =>
    [...hub.world.repository('robin', 'web')!.tags.values()].filter(
      ({ name, last_updated }) => name !== 'latest' && Date.parse(last_updated!) < Date.now() - days * day,
    );
  const rows = () => page.locator('.rows .row');
  const rowText = async (row: number) =>
    (await page.locator(`[data-row="${row}"]`).innerText()).replaceAll(/\s+/g, ' ');
  const picture = () => page.locator('.frame canvas').evaluate((canvas) => canvas.toDataURL());

  it('opens from the menu of a repository and shows which tags would go by the setting', async () => {
    const view = workbench.view('Repositories');
    await view.untilRows('the repository', (shown) => shown.some(({ label }) => label === 'web'));
    await view.pickFromMenu('web', 'Preview Prune…');
    await deleteButton().waitFor({ timeout: 20_000 });
    await until('the plan', going, (count) => count === tagsBefore(90).length);
    assert.equal(await page.locator('h1').innerText(), 'Prune Plan: robin/web');
    assert.match(
      await page.locator('.honest').innerText(),
      /^Tags are deleted immediately\. Docker Hub frees the storage later/,
    );
    await until(
      'the rows',
      () => rows().first().innerText(),
      (text) => text.includes('old enough'),
    );
    assert.deepEqual(hub.deleted, []);
  });

  for (const theme of Object.keys(themes) as Theme[]) {
    it(`can be looked at, and used with a screen reader, in the theme ${theme}`, async () => {
      await workbench.setTheme(theme);
      await until(
        'the colors',
        () => page.locator('body').getAttribute('class'),
        (classes) => classes!.includes(bodyClasses[theme]),
      );
      await page.locator('#olderThan').locator('input').fill('90 dayz');
      await page.locator('.invalid').waitFor();
      await rows().nth(2).click();
      await page.locator('body').press('Control+a');
      assert.deepEqual(await seriousFindings(workbench), []);
      await workbench.screenshot(`plan-panel-${theme}-invalid`);
      await page.locator('#olderThan').locator('input').fill('90 days');
      await page.locator('.invalid').waitFor({ state: 'hidden' });
      await rows().nth(2).click();
      await rows().nth(2).press('Enter');
      await page.locator('.details h2').waitFor();
      assert.deepEqual(await seriousFindings(workbench), []);
      await workbench.screenshot(`plan-panel-${theme}`);
      await page.locator('.details .close').click();
    });
  }

  const readmePicture = process.env['PRUNER_README_PICTURE'];
  if (readmePicture !== undefined) {
    it('is taken a picture of for the README', async () => {
      await workbench.setTheme('dark');
      await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
      await page.locator('#keepNewest').locator('input').fill('100');
      await page.locator('#search').locator('input').fill('nightly');
      await until(
        'the rows of the search',
        () => rowText(0),
        (text) => text.includes('nightly'),
      );
      const editor = workbench.page.locator('.part.editor');
      const { x, y, width } = (await editor.boundingBox())!;
      await writeFile(
        readmePicture,
        palettePng(await workbench.page.screenshot({ clip: { x, y, width, height: 700 }, animations: 'disabled' })),
      );
      await page.locator('#search').locator('input').fill('');
      await page.locator('#keepNewest').locator('input').fill('');
      await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    });
  }

  it('draws another picture and counts anew when a rule changes', async () => {
    await workbench.setTheme('dark');
    const [before, drawn] = [await going(), await picture()];
    await page.locator('#olderThan').locator('input').fill('200 days');
    await until('the count', going, (count) => count === tagsBefore(200).length);
    assert.ok((await going()) < before);
    assert.notEqual(await picture(), drawn);
    await page.locator('#keepNewest').locator('input').fill('550');
    await until('fewer', going, (count) => count <= 50 && count > 0);
    await page.locator('#keepNewest').locator('input').fill('');
    await until('the count again', going, (count) => count === tagsBefore(200).length);
    const tags = await picture();
    await page.locator('#measure-size').check();
    await until(
      'sizes',
      () => page.locator('.readout').innerText(),
      (text) => /delete [\d.]+ [MG]B/.test(text),
    );
    assert.notEqual(await picture(), tags);
    await page.locator('.numbers summary').click();
    assert.ok((await page.locator('.numbers tbody tr').count()) > 10);
    await page.locator('.numbers summary').click();
    await page.locator('#measure-tags').check();
  });

  it('lets tags be kept and picked by hand, and takes that back', async () => {
    const before = await going();
    await rows().first().click();
    await page.locator('body').press('Space');
    await until('one that is kept', going, (count) => count === before - 1);
    await until(
      'its reason',
      () => rowText(0),
      (text) => text.includes('kept by hand'),
    );
    await page.locator('body').press('Shift+ArrowDown');
    await page.locator('body').press('Shift+ArrowDown');
    await page.locator('#pickKeep').click();
    await until('three', going, (count) => count === before - 3);
    await page.locator('[data-row="2"]').press('Control+z');
    await until('one', going, (count) => count === before - 1);
    await until(
      'what a screen reader hears',
      () => page.locator('[role=status]').innerText(),
      (text) => /^Undone\. [\d,]+ of [\d,]+ tags will be deleted\.$/.test(text),
    );
    await page.locator('#show').selectOption('keep');
    await until(
      'those that stay',
      () => rowText(0),
      (text) => text.includes('keep'),
    );
    await page.locator('#search').locator('input').fill('latest');
    await until(
      'the one',
      () => rows().count(),
      (count) => count === 1,
    );
    await rows().first().click();
    await page.locator('#pickDelete').click();
    await until('one more', going, (count) => count === before);
    await page.locator('#search').locator('input').fill('');
    await page.locator('#show').selectOption('all');
  });

  it('writes the plan into a file', async () => {
    await page.locator('#export').click();
    await workbench.quickInput.waitFor('Export Plan');
    // The dialog looks at the folder first.
    const file = await until(
      'the proposed name',
      () => workbench.quickInput.value(),
      (value) => /prune-plan-robin-web\.csv$/.test(value),
    );
    await workbench.quickInput.accept();
    await workbench.toasts.waitFor('Exported the plan.');
    const lines = (await readFile(file, 'utf8')).trim().split('\r\n');
    assert.equal(lines.length, 1 + hub.world.repository('robin', 'web')!.tags.size);
    assert.equal(lines.filter((line) => line.split(',')[2] === 'delete').length, await going());
    await workbench.toasts.clear();
  });

  it('is as it was after it was hidden', async () => {
    const [count, drawn] = [await going(), await picture()];
    await workbench.runCommand('File: New Untitled Text File');
    await until(
      'the panel to be hidden',
      () => workbench.page.locator('iframe.webview.ready').isVisible(),
      (visible) => !visible,
    );
    await workbench.page.locator('.tab', { hasText: 'Prune Plan' }).click();
    await until('the count', going, (shown) => shown === count);
    assert.equal(await page.locator('#olderThan').locator('input').inputValue(), '200 days');
    assert.equal(await picture(), drawn);
    await page.locator('#search').locator('input').fill('latest');
    await until(
      'what was picked',
      () => rowText(0),
      (text) => text.includes('selected by hand'),
    );
    await page.locator('#search').locator('input').fill('');
  });

  it('is as it was after a reload of the window, with lists that are read again', async () => {
    const count = await going();
    hub.world.removeTag('robin', 'web', tagsBefore(200).at(-5)!.name);
    // As a person does it: VS Code then saves what it would else save once a minute.
    await workbench.runCommand('Developer: Reload Window');
    await until('the count', going, (shown) => shown === count - 1, 60_000);
    assert.equal(await page.locator('#olderThan').locator('input').inputValue(), '200 days');
    assert.match(
      await page.locator('.warnings').innerText(),
      /The tags have changed since you last viewed this plan: robin\/web\./,
    );
    await workbench.screenshot('plan-panel-restored');
  });

  it('reads its lists again when it is told to, and calls them old for nothing that only the tree shows otherwise', async () => {
    const [count, asOf] = [await going(), await page.locator('.as-of').innerText()];
    assert.doesNotMatch(asOf, /might have changed/, 'a reload reads the tree as well');
    await workbench.runCommand('Docker Hub: Sort Tags…');
    await workbench.quickInput.pick('Name');
    await workbench.view('Repositories').expand('web');
    assert.equal(await page.locator('.as-of').innerText(), asOf);
    hub.world.removeTag('robin', 'web', tagsBefore(200).at(-5)!.name);
    await page.locator('#read-again').click();
    await until('the count', going, (shown) => shown === count - 1);
    await workbench.runCommand('Docker Hub: Refresh');
    await until(
      'lists that may be old',
      () => page.locator('.as-of').innerText(),
      (text) => text.includes('might have changed'),
    );
    await page.locator('#read-again').click();
    await until(
      'lists that are not',
      () => page.locator('.as-of').innerText(),
      (text) => !text.includes('might have changed'),
    );
  });

  it('deletes what it shows after the question, and says that its lists are old then', async () => {
    await workbench.toasts.clear();
    const count = await going();
    await deleteButton().click();
    assert.equal(await workbench.dialog.text(), `Delete ${count} tags in robin/web?`);
    assert.match(
      await workbench.dialog.detail(),
      /older than 200 days\. Last pushed before \d{4}-\d\d-\d\d \d\d:\d\d UTC\.[^]*Selected by hand: 1 tag\.[^]*\(protected by "latest"\): 1 tag\./,
    );
    await workbench.screenshot('plan-panel-confirm');
    await workbench.dialog.cancel();
    assert.equal(hub.deleted.length, 0);
    await deleteButton().click();
    await workbench.dialog.choose(`Delete ${count} Tags`);
    const summary = await workbench.toasts.waitFor(/^Deleted/, 60_000);
    assert.equal(summary.text, `Deleted ${count} tags in robin/web.`);
    assert.equal(hub.deleted.length, count);
    assert.ok(hub.deleted.includes('robin/web:latest'));
    await until(
      'the lists to be old',
      () => page.locator('.as-of').innerText(),
      (text) => text.includes('might have changed'),
    );
    assert.notEqual(await deleteButton().getAttribute('disabled'), null);
    await page.locator('#read-again').click();
    await until('nothing left to delete', going, (left) => left === 0);
    await workbench.screenshot('plan-panel-after');
    await workbench.checkSecrets(hub);
  });
});

const bodyClasses: Record<Theme, string> = {
  light: 'vscode-light',
  dark: 'vscode-dark',
  highContrast: 'vscode-high-contrast',
  highContrastLight: 'vscode-high-contrast-light',
};

/** What axe-core finds in the panel that is serious or worse, each with the elements that have it. */
async function seriousFindings({ page }: Workbench): Promise<string[]> {
  const outer = await (await page.locator('iframe.webview.ready').elementHandle())?.contentFrame();
  const frame = await (await outer?.locator('iframe#active-frame').elementHandle())?.contentFrame();
  await frame!.evaluate(await axeSource());
  const { violations } = await frame!.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, any }) => `${html} ${any.map(({ message }) => message).join(' ')}`).join('\n')}`,
    );
}

function axeSource(): Promise<string> {
  return readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string; readonly any: readonly { readonly message: string }[] }[];
  }[];
}
