import assert from 'node:assert/strict';

import { generateRepository } from '../hub/generate.ts';
import { startHub, type Hub } from '../hub/hub.ts';
import { World } from '../hub/world.ts';
import { startWorkbench } from './startWorkbench.ts';
import { until } from './until.ts';
import { themes, type Theme, type Workbench } from './workbench.ts';

const token = `dckr_pat_${'t'.repeat(27)}`;
const day = 86_400_000;
const policyFile = '.docker-hub-prune.jsonc';
const policyOf = (more: object = {}) =>
  JSON.stringify({ policies: [{ repositories: ['robin/*'], olderThan: '90 days', ...more }] }, null, 2);

describe('a signed repository', () => {
  let hub: Hub;
  let workbench: Workbench;

  before(async () => {
    const world = new World();
    world.addAccount({ name: 'robin', password: 'right-password', tokens: [{ secret: token, scope: 'repo:admin' }] });
    const names = Array.from({ length: 12 }, (_, i) => `v1.${i}.0`);
    world.addRepository(
      generateRepository({
        namespace: 'robin',
        name: 'signed',
        names,
        seed: 3,
        newest: Date.now() - day,
        oldest: Date.now() - 300 * day,
        signed: { share: 1, suffixes: ['.sig', '.att', '.sbom'], orphans: 1 },
        caches: [{ name: 'buildcache', ageDays: 2 }],
      }),
    );
    hub = await startHub({ world });
    workbench = await startWorkbench({ hubOrigin: hub.origin, theme: 'dark', files: { [policyFile]: policyOf() } });
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
    await hub?.close();
  });

  const tagNames = (): string[] => [...hub.world.repository('robin', 'signed')!.tags.keys()];

  it('shows what is attached to images in a group below the tags', async () => {
    const view = workbench.view('Repositories');
    await view.expand('signed');
    const rows = await view.untilRows('the group', (found) => found.some(({ label }) => label === 'Attachments'));
    const tags = rows.filter(({ level }) => level === 4);
    assert.equal(tags.at(-1)!.label, 'Attachments');
    assert.equal(tags.length, 14, 'twelve versions, a cache and the group');
    await view.expand('Attachments');
    const attached = (await view.untilRows('attachments', (found) => found.some(({ level }) => level === 5))).filter(
      ({ level }) => level === 5,
    );
    assert.ok(
      attached.some(({ label }) => /^signature of v1\.\d+\.0$/.test(label)),
      attached.map(({ label }) => label).join('\n'),
    );
  });

  for (const theme of Object.keys(themes) as Theme[]) {
    it(`can be looked at in the theme ${theme}`, async () => {
      await workbench.setTheme(theme);
      await workbench.screenshot(`signed-tree-${theme}`);
    });
  }

  /** Plans by the policy of the folder, up to the last question. @returns the words of its button */
  async function question(): Promise<string> {
    await workbench.toasts.clear();
    await workbench.view('Repositories').pickFromMenu('signed', 'Prune Old Tags…');
    await workbench.quickInput.waitFor('Select a Policy or an Age');
    await workbench.quickInput.pick(/Policy of/);
    await workbench.quickInput.waitFor('Plan');
    await workbench.quickInput.pick(/Delete .*…/);
    const [, counts] =
      /^Delete (\d+ tags and \d+ attachments) in robin\/signed\?$/.exec(await workbench.dialog.text()) ?? [];
    assert.ok(counts, await workbench.dialog.text());
    return `Delete ${counts.replace('tags', 'Tags').replace('attachments', 'Attachments')}`;
  }

  it('is not pruned by a policy that became stricter while the question stood open', async () => {
    await workbench.setTheme('light');
    const button = await question();
    await workbench.screenshot('signed-confirm');
    await workbench.writeFile(policyFile, policyOf({ protect: ['v1.0.*'] }));
    await workbench.dialog.choose(button);
    const said = await workbench.toasts.waitFor(/policy/i, 30_000);
    assert.match(
      said.text,
      /The policy of robin\/signed was changed in the meantime and now keeps robin\/signed:v1\.0\.0/,
    );
    await workbench.screenshot('signed-policy-changed');
    assert.deepEqual(hub.deleted, []);
  });

  it('offers a run that was cancelled while its DELETEs hung, and asks once before it is resumed', async () => {
    await workbench.writeFile(policyFile, policyOf());
    const before = tagNames().length;
    const button = await question();
    hub.script({ match: { method: 'DELETE' }, skip: 4, times: Infinity, act: { hang: true } });
    await workbench.dialog.choose(button);
    await workbench.toasts.waitFor(/Deleting .*: [1-9]/, 30_000);
    await workbench.toasts.cancelProgress(/Deleting/);
    // While the run still waits for the answers.
    await workbench.reload();
    hub.clearScripts();
    await workbench.toasts.waitFor(/A run was (canceled|interrupted)/, 40_000);
    await workbench.screenshot('signed-offer');
    assert.ok(tagNames().length > before - 12);
    await workbench.toasts.click(/A run was/, 'Resume');
    const asked = await workbench.dialog.text();
    assert.match(asked, /^Delete \d+ (tags|tag)( and \d+ attachments?)? in robin\/signed\?$/);
    assert.match(await workbench.dialog.detail(), /older than 90 days/);
    await workbench.screenshot('signed-resume');
    await workbench.page
      .locator('.monaco-dialog-box .monaco-button')
      .filter({ hasText: /^Delete/ })
      .first()
      .click();
    const summary = await workbench.toasts.waitFor(/^Deleted/, 60_000);
    await workbench.screenshot('signed-summary');
    assert.match(summary.text, /robin\/signed/);
    const left = tagNames();
    const digests = new Set(
      [...hub.world.repository('robin', 'signed')!.tags.values()].flatMap(({ digest, images }) => [
        digest,
        ...(images ?? []).map((image) => image.digest),
      ]),
    );
    const unsigned = left.filter((name) => name.startsWith('v')).length;
    assert.ok(unsigned > 0 && left.includes('buildcache'));
    const attached = left.filter((name) => name.startsWith('sha256-'));
    assert.equal(
      attached.filter((name) => !digests.has(`sha256:${name.slice(7, 71)}`)).length,
      1,
      'the one orphan is left',
    );
    assert.ok(attached.length >= 3 * unsigned, 'what is kept is still signed');
  });

  it('shows attachments in the plan panel', async () => {
    await workbench.openContainer();
    await workbench.view('Repositories').pickFromMenu('signed', 'Preview Prune…');
    const page = workbench.webview();
    await page.locator('#show').waitFor({ timeout: 30_000 });
    await page.locator('#show').selectOption('attachments');
    await until(
      'attachments alone',
      async () => (await page.locator('[role="row"] [role="gridcell"], [role="row"] td').allInnerTexts()).join(' '),
      (text) => /sha256-/.test(text) && !/ v1\.11\.0 /.test(text),
    );
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`signed-panel-${theme}`);
    }
  });
});
