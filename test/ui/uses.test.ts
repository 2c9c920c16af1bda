import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { generateRepository } from '../hub/generate.ts';
import { startHub, type Hub } from '../hub/hub.ts';
import { World } from '../hub/world.ts';
import { startWorkbench } from './startWorkbench.ts';
import { until } from './until.ts';
import { themes, type Theme, type Workbench } from './workbench.ts';

const token = `dckr_pat_${'t'.repeat(27)}`;
const day = 86_400_000;
/** What each file names, by its own name. */
const used = ['terraform', 'nomad', 'make', 'chart', 'ansible', 'included'];
const makefileOf = (tag: string) => `IMAGE := robin/app:${tag}\nrun:\n\tdocker run $(IMAGE)\n`;
const files = {
  'infra/main.tf': 'resource "docker_image" "app" {\n  name = "robin/app:terraform"\n}\n',
  'infra/app.nomad':
    'job "app" {\n  group "g" {\n    task "t" {\n      driver = "docker"\n      config { image = "robin/app:nomad" }\n    }\n  }\n}\n',
  Makefile: makefileOf('make'),
  'chart/values.yaml': 'image:\n  repository: robin/app\n  tag: ""\n',
  'chart/values-prod.yaml': 'image:\n  tag: chart\n',
  'roles/app/tasks/main.yml':
    '- name: run\n  community.docker.docker_container:\n    name: app\n    image: "{{ app_image }}:{{ app_version }}"\n',
  'roles/app/defaults/main.yml': 'app_image: robin/app\napp_version: ansible\n',
  '.gitlab-ci.yml': 'include: ci/jobs.yml\n',
  'ci/jobs.yml':
    'test:\n  image: robin/app:$CI_COMMIT_SHA\n  services:\n  - name: robin/app:included\n  script: [make]\n',
};

describe('what a workspace uses', () => {
  let hub: Hub;
  let workbench: Workbench;

  before(async () => {
    const world = new World();
    world.addAccount({ name: 'robin', password: 'right-password', tokens: [{ secret: token, scope: 'repo:admin' }] });
    const names = [...used, 'next', 'build-1', 'build-2', 'build-3', 'newest'];
    world.addRepository(
      generateRepository({
        namespace: 'robin',
        name: 'app',
        names,
        seed: 3,
        newest: Date.now() - day,
        oldest: Date.now() - 400 * day,
      }),
    );
    names.forEach((name, i) =>
      world.pushTag('robin', 'app', name, {
        pushedAt: Date.now() - (name === 'newest' ? 1 : 200 + i) * day,
        digest: `sha256:${String(i % 10).repeat(63)}${i > 9 ? 'a' : 'b'}`,
      }),
    );
    hub = await startHub({ world });
    workbench = await startWorkbench({
      hubOrigin: hub.origin,
      theme: 'dark',
      files,
      // VS Code's own Git would lock the index now and then.
      settings: { 'git.enabled': false },
    });
    await git('init', '--quiet');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'Use make');
    await git('checkout', '--quiet', '-b', 'other');
    await workbench.writeFile('Makefile', makefileOf('next'));
    await git('commit', '--quiet', '--all', '--message', 'Use next');
    await git('checkout', '--quiet', '-');
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

  it('is listed for a repository, with what is in doubt, and leads to the line', async () => {
    const view = workbench.view('Repositories');
    await view.untilRows('the repository', (rows) => rows.some(({ label }) => label === 'app'));
    await view.pickFromMenu('app', 'Show Uses…');
    await workbench.quickInput.waitFor('Uses of robin/app');
    const rows = await workbench.quickInput.rows();
    for (const tag of used.filter((name) => name !== 'ansible')) {
      assert.ok(
        rows.some(({ label }) => label === tag),
        `${tag}: ${rows.map(({ label, description }) => `${label} (${description})`).join(', ')}`,
      );
    }
    assert.ok(
      rows.some(
        ({ label, description }) => label.includes('robin/app:$CI_COMMIT_SHA') && description.includes('ci/jobs.yml:2'),
      ),
      'the doubt',
    );
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.quickInput.cancel();
      await workbench.setTheme(theme);
      await view.pickFromMenu('app', 'Show Uses…');
      await workbench.quickInput.waitFor('Uses of robin/app');
      await workbench.screenshot(`uses-${theme}`);
    }
    await workbench.quickInput.pick('nomad');
    await until(
      'the line',
      () => workbench.page.locator('#status\\.editor\\.selection').innerText(),
      (text) => text.trim() === 'Ln 5, Col 25',
    );
    assert.match(await workbench.page.locator('.editor-instance .view-lines').innerText(), /robin\/app:nomad/);
  });

  async function git(...command: readonly string[]): Promise<void> {
    await promisify(execFile)('git', [
      '-C',
      workbench.workspace,
      '-c',
      'user.name=Robin',
      '-c',
      'user.email=robin@example.com',
      ...command,
    ]);
  }

  /** Plans by age, up to the last question. */
  async function question(): Promise<string> {
    await workbench.toasts.clear();
    await workbench.openContainer();
    await workbench.view('Repositories').pickFromMenu('app', 'Prune Old Tags…');
    await workbench.quickInput.waitFor('Select a Policy or an Age');
    await workbench.quickInput.pick(/^90 days/);
    await workbench.quickInput.waitFor('Plan');
    await workbench.quickInput.pick(/Delete .*…/);
    return workbench.dialog.text();
  }

  it('is kept, also where another branch is checked out while the question stands open', async () => {
    const asked = await question();
    const [, count] = /^Delete (\d+) tags in robin\/app\?$/.exec(asked) ?? [];
    assert.ok(Number(count) >= 4, asked);
    await workbench.screenshot('uses-confirm');
    assert.match(await workbench.dialog.detail(), /ci\/jobs\.yml/);
    await git('checkout', '--quiet', 'other');
    await workbench.dialog.choose(`Delete ${count} Tags`);
    const said = await workbench.toasts.waitFor(/next/, 30_000);
    assert.match(said.text, /robin\/app:next.*used in Makefile:1/);
    await workbench.screenshot('uses-checkout');
    assert.deepEqual(hub.deleted, []);
  });

  it('is left when what is old is deleted', async () => {
    const [, count] = /^Delete (\d+) tags in robin\/app\?$/.exec(await question()) ?? [];
    await workbench.dialog.choose(`Delete ${count} Tags`);
    await workbench.toasts.waitFor(/^Deleted/, 60_000);
    const left = [...hub.world.repository('robin', 'app')!.tags.keys()];
    for (const tag of [...used.filter((name) => name !== 'make' && name !== 'ansible'), 'next', 'newest']) {
      assert.ok(left.includes(tag), `${tag} is not among ${left.join(', ')}`);
    }
    assert.ok(!left.includes('make') && !left.includes('build-1'), left.join(', '));
  });
});
