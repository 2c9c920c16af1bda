import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import sinon from 'sinon';
import * as vscode from 'vscode';

import { deletePlan } from '../../src/editor/planPanel/deletePlan.ts';
import type { PanelServices } from '../../src/editor/planPanel/panelServices.ts';
import { errorText } from '../../src/text/errorText.ts';
import { readProtection } from '../../src/editor/settings/settings.ts';
import { inSlices } from '../../src/async/inSlices.ts';
import { parseAge } from '../../src/retention/tags/age.ts';
import { PlanDraft } from '../../src/retention/draft/planDraft.ts';
import { policyOlderThan } from '../../src/retention/policy/policy.ts';
import type { Tag } from '../../src/retention/tags/tag.ts';
import { noUses } from '../../src/retention/plan/uses.ts';
import { RunStore } from '../../src/editor/runs/runStore.ts';
import { systemClock } from '../../src/async/clock.ts';
import { generateRepository } from '../hub/generate.ts';
import { startHub } from '../hub/hub.ts';
import { ada, addRepository, daysAgo, smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

const busy = /^A run is deleting or restoring tags in ada\/web right now\. Wait for it to finish, then try again\.$/;
const ninety = { pick: '90 days' } as const;

describe('pruning old tags', () => {
  const stage = useStage(smallWorld);

  const deletes = (): number => stage.hub.count({ method: 'DELETE' });
  const deleted = (): string[] => [...stage.hub.deleted].sort();

  it('counts signatures beside the tags of their images, and promises no more than the repository stores', async () => {
    stage.world.addRepository({
      ...generateRepository({ namespace: ada.name, name: 'signed', tags: 20, signed: { suffixes: ['.sig', '.att'] } }),
      storageSize: 4_000_000,
    });
    await stage.signIn();
    await stage.run('pruneOldTags', [await stage.repository('signed')], ninety, { pick: /^Delete \d+ Tags/ }, 'leave');
    const { detail, buttons } = stage.dialogs.only(/^Delete \d+ tags and \d+ attachments in ada\/signed\?$/);
    const [, tags, attachments] = /^Delete (\d+) Tags and (\d+) Attachments$/.exec(buttons[0]!)!;
    assert.equal(Number(attachments), 2 * Number(tags));
    assert.match(
      detail,
      new RegExp(`^Including ${attachments} signatures and other attachments of these tags\\.$`, 'm'),
    );
    assert.match(detail, /^Reclaimable: (?:up to |[\d.]+–)?4 MB\./m);
    assert.match(
      JSON.stringify(stage.dialogs.only(/^Prune ada\/signed: Plan$/)),
      /Reclaimable[^"]*4 MB|[–"]4 MB|up to 4 MB/,
    );
  });

  it('asks for the age, shows the plan, asks once more, and deletes exactly what it showed', async () => {
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [await stage.repository('web')],
      ninety,
      { pick: 'View All Tags' },
      { pick: 'Delete 3 Tags' },
      { press: 'Delete 3 Tags' },
    );
    assert.deepEqual(deleted(), ['ada/web:build-1', 'ada/web:build-2', 'ada/web:build-3']);
    assert.deepEqual(stage.tagsOf('web'), ['build-4', 'build-5', 'latest', 'undated']);
    assert.equal(stage.dialogs.said, 'Deleted 3 tags in ada/web.');

    const age = stage.dialogs.only(/^Prune ada\/web: Select a Policy or an Age$/);
    assert.deepEqual(
      age.items.map(({ label }) => label),
      ['90 days', '30 days', '180 days', '1 year'],
    );
    for (const { detail } of age.items) assert.match(detail!, /^last pushed before \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);

    const plan = stage.dialogs.only(/^Prune ada\/web: Plan$/);
    assert.match(
      plan.placeholder,
      /^3 of 7 tags will be deleted\. Tags last pushed before \d{4}-\d\d-\d\d \d\d:\d\d UTC \(90 days\)\.$/,
    );
    assert.match(plan.items[1]!.detail!, /^from build-1 \(.* UTC\) to build-3 \(.* UTC\)$/);
    const row = plan.items.find(({ label }) => label === '$(repo) ada/web')!;
    assert.equal(row.description, '3 of 7 tags will be deleted');
    assert.equal(row.detail, 'Keep: 2 younger than 90 days, 1 protected by "latest", 1 unknown age');

    const modal = stage.dialogs.only(/^Delete 3 tags in ada\/web\?$/);
    assert.ok(modal.modal);
    assert.match(
      modal.detail,
      /^Tags last pushed before .* UTC \(90 days\)\.\nReclaimable: 300 MB\. .*\nDocker Hub itself can't restore deleted tags\. .*$/,
    );
    assert.deepEqual(modal.buttons, ['Delete 3 Tags']);

    const [list] = await until('the list', () => (stage.documents().length > 0 ? stage.documents() : undefined));
    assert.match(list!, /delete {2}build-1 .*\n {2}delete {2}build-2 .*\n {2}delete {2}build-3 /);
    assert.match(list!, /keep {4}latest .* protected by "latest"\n/);
    assert.match(list!, /keep {4}undated .* unknown age\n/);
  });

  describe('in a repository whose list takes three requests', () => {
    const lists = (): number => stage.hub.count({ path: '/ada/repositories/long/tags?' });
    const asOf = (): string[] =>
      stage.dialogs
        .find(/^Prune ada\/long: Plan$/)
        .map(({ placeholder }) => /Tags as of \d\d:\d\d:\d\d\./.exec(placeholder)?.[0] ?? 'now');
    const plan = async (): Promise<void> =>
      stage.run('pruneOldTags', [await stage.repository('long')], ninety, 'leave');
    const later = (ms: number): void => {
      const { now } = Date;
      sinon.stub(Date, 'now').callsFake(() => now() + ms);
    };

    beforeEach(async () => {
      addRepository(
        stage.world,
        'ada',
        'long',
        Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`build-${i}`, 300.5 - i])),
      );
      await stage.signIn();
    });
    afterEach(() => sinon.restore());

    it('looks whether it changed since the last plan, and says as of when it is (invariant 3)', async () => {
      await plan();
      assert.equal(lists(), 3);
      await plan();
      later(61_000);
      await plan();
      assert.equal(lists(), 5);
      assert.deepEqual(
        asOf().map((text) => text === 'now'),
        [true, true, false],
      );
      stage.world.pushTag('ada', 'long', 'build-0');
      await plan();
      assert.deepEqual([lists(), asOf().at(-1)], [8, 'now']);
    });

    it('says so in the question as well, and deletes by it what is still as it was', async () => {
      await plan();
      later(61_000);
      await stage.run(
        'pruneOldTags',
        [await stage.repository('long')],
        { pick: /./, type: '299 days' },
        { pick: 'Delete 2 Tags' },
        { press: 'Delete 2 Tags' },
      );
      assert.match(
        stage.dialogs.only(/^Delete 2 tags in ada\/long\?$/).detail,
        /^Tags last pushed before .*\nTags as of \d\d:\d\d:\d\d\.\nReclaimable: /,
      );
      assert.deepEqual(deleted(), ['ada/long:build-0', 'ada/long:build-1']);
    });

    it('reads it again after a refresh and after a run', async () => {
      await plan();
      await stage.run('refresh', []);
      await plan();
      assert.equal(lists(), 6);
      await stage.run(
        'pruneOldTags',
        [await stage.repository('long')],
        { pick: /./, type: '299 days' },
        { pick: 'Delete 2 Tags' },
        { press: 'Delete 2 Tags' },
      );
      stage.hub.requests.length = 0;
      await plan();
      assert.equal(lists(), 3);
    });

    it('reads none again that the tree has loaded to its end in its own order', async () => {
      const long = await stage.repository('long');
      for (let page = 1; page <= 3; page++) {
        const rows = await stage.children(long);
        if (page < 3) await vscode.commands.executeCommand('_dockerHubPruner.loadMore', rows.at(-1));
      }
      assert.equal(lists(), 3);
      await plan();
      assert.equal(lists(), 4);
    });
  });

  it('takes an age that is typed, and tells one that is none', async () => {
    await stage.signIn();
    const date = new Date(Date.now() - 250 * 86_400_000).toISOString().slice(0, 10);
    for (const [type, label, count] of [
      ['45 dayz', '', 0],
      ['6 months', '6 months', 2],
      [date, date, 1],
      ['0 days', '', 0],
      ['2999-01-01', '', 0],
    ] as const) {
      if (label === '') {
        await stage.run('pruneOldTags', [await stage.repository('web')], { type, pick: /./ }, 'leave');
      } else {
        await stage.run(
          'pruneOldTags',
          [await stage.repository('web')],
          { type, pick: label },
          { pick: `Delete ${count} Tag` },
          'leave',
        );
      }
    }
    const labels = stage.dialogs.find(/Select a Policy/).map(({ items }) => items[0]!.label);
    assert.deepEqual(labels, [
      '$(error) "45 dayz" isn\'t a valid age.',
      '6 months',
      date,
      '$(error) "0 days" is too young: at least one day.',
      '$(error) "2999-01-01" is less than one day ago.',
    ]);
    assert.equal(deletes(), 0);
  });

  it('deletes nothing when any of its questions is left', async () => {
    await stage.signIn();
    const web = await stage.repository('web');
    await stage.run('pruneOldTags', [web], 'leave');
    await stage.run('pruneOldTags', [web], ninety, 'leave');
    await stage.run('pruneOldTags', [web], ninety, { pick: 'Delete 3 Tags' }, 'leave');
    await stage.run('pruneOldTags', [], 'leave');
    assert.equal(deletes(), 0);
  });

  it('deletes nothing when reading is cancelled', async () => {
    await stage.signIn();
    const web = await stage.repository('web');
    stage.hub.script({ match: { path: '/web/tags' }, act: { hang: true } });
    const running = stage.run('pruneOldTags', [web], ninety);
    const reading = await stage.dialogs.progress(/^Reading the tags of ada\/web$/);
    assert.ok(reading.cancellable);
    const cancelledAt = performance.now();
    reading.cancel();
    await running;
    assert.ok(performance.now() - cancelledAt < 1000);
    assert.equal(stage.dialogs.find('warning').length + deletes(), 0);
  });

  it('deletes nothing when reading the repositories of a namespace is cancelled', async () => {
    await stage.signIn();
    const namespace = await stage.node('ada', 'acme');
    stage.hub.script({ match: { path: '/v2/namespaces/acme/repositories?' }, act: { hang: true } });
    const running = stage.run('pruneOldTags', [namespace]);
    (await stage.dialogs.progress(/^Reading the repositories of acme$/)).cancel();
    await running;
    assert.equal(deletes(), 0);
  });

  it('says what it waits for while it reads', async () => {
    await stage.signIn();
    stage.hub.script({ match: { path: '/web/tags' }, act: { rateLimited: { form: 'seconds', seconds: 1 } } });
    await stage.run('pruneOldTags', [await stage.repository('web')], ninety, 'leave');
    const { messages } = stage.dialogs.progresses.find(({ title }) => title.startsWith('Reading the tags'))!;
    assert.ok(
      messages.some((message) => /waiting until \d\d:\d\d:\d\d$/.test(message)),
      messages.join('\n'),
    );
    assert.match(stage.dialogs.only(/Plan$/).placeholder, /3 of 7 tags will be deleted/);
  });

  it("counts ages from the server's clock where that is behind, and says so", async () => {
    const hour = 3_600_000;
    const late = await startHub({ world: stage.world, now: () => Date.now() - hour });
    try {
      stage.world.pushTag('ada', 'web', 'edge', { pushedAt: Date.now() - 90 * 24 * hour - hour / 2 });
      await stage.set('apiUrl', late.origin);
      stage.allow(late.origin);
      await stage.signIn();
      await stage.run('pruneOldTags', [await stage.repository('web')], ninety, { pick: 'Delete 3 Tags' }, 'leave');
      assert.match(
        stage.dialogs.only(/^Delete 3 tags/).detail,
        /This machine's clock is 6[01] min ahead of Docker Hub's; ages count from Docker Hub's\./,
      );
    } finally {
      await late.close();
    }
  });

  it('proposes the age of the setting first', async () => {
    await stage.signIn();
    await stage.set('olderThan', '50d');
    await stage.run('pruneOldTags', [await stage.repository('web')], { pick: /./ }, { pick: 'Delete 3 Tags' }, 'leave');
    const { items } = stage.dialogs.only(/Select a Policy/);
    assert.deepEqual([items[0]!.label, items[0]!.description], ['50 days', 'from the settings']);
    assert.equal(items.length, 5);
  });

  it('offers to try again where reading failed, and to sign in where the sign-in is over', async () => {
    await stage.signIn();
    const web = await stage.repository('web');
    stage.hub.script({ match: { path: '/web/tags' }, act: { htmlUnder200: true } });
    await stage.run('pruneOldTags', [web], ninety, { press: 'Retry' }, ninety, { pick: 'Delete 3 Tags' }, 'leave');
    await until('the end of the second try', () => stage.dialogs.find(/^Delete 3 tags/).length === 1);
    assert.ok(stage.dialogs.takeError(/sent an unexpected answer/).buttons.includes('Show Log'));

    stage.world.revoke(ada.deleteToken);
    await stage.run('pruneOldTags', [web], ninety, { press: 'Sign In' }, { enter: ada.name }, { enter: ada.readToken });
    await until('the sign-in', () => stage.dialogs.said === 'Signed in as ada. This replaces the earlier sign-in.');
    stage.dialogs.takeError(/doesn't accept/);
  });

  it('offers the repositories that it can read where one namespace cannot be', async () => {
    await stage.signIn();
    stage.hub.script({
      match: { path: '/v2/namespaces/acme/repositories?' },
      act: { status: 403, body: { message: 'members only' } },
    });
    await stage.run('pruneOldTags', [], { tick: ["acme can't be read"] }, { tick: ['readers/handbook'] }, 'leave');
    const { items } = stage.dialogs.only(/Select Repositories/);
    assert.match(items.find(({ label }) => label === "$(error) acme can't be read")!.detail!, /members only/);
    assert.match(stage.dialogs.shown.at(-1)!.title, /^Prune readers\/handbook/);
  });

  it('says so when nothing is old enough', async () => {
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [await stage.repository('web')],
      { type: '5 years', pick: '5 years' },
      { pick: 'Nothing to delete' },
      'leave',
    );
    assert.match(stage.dialogs.only(/Plan$/).placeholder, /0 of 7 tags will be deleted/);
    assert.equal(deletes(), 0);
  });

  it('starts from the palette with repositories of every namespace to tick', async () => {
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [],
      { tick: ['ada/web', 'acme/site'] },
      ninety,
      { pick: 'Delete 5 Tags' },
      { press: 'Delete 5 Tags' },
    );
    const list = stage.dialogs.only(/Select Repositories$/);
    assert.deepEqual(
      list.items.map(({ label }) => label),
      ['ada/api', 'ada/web', 'acme/site', 'readers/handbook'],
    );
    assert.deepEqual(deleted(), [
      'acme/site:one',
      'acme/site:two',
      'ada/web:build-1',
      'ada/web:build-2',
      'ada/web:build-3',
    ]);
    assert.equal(stage.dialogs.said, 'Deleted 5 tags in 2 repositories.');
  });

  it('prunes a namespace, one repository after the other under one progress', async () => {
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [await stage.node('ada', 'ada')],
      ninety,
      { pick: 'Delete 5 Tags' },
      { press: 'Delete 5 Tags' },
    );
    assert.deepEqual(stage.tagsOf('web'), ['build-4', 'build-5', 'latest', 'undated']);
    assert.deepEqual(stage.tagsOf('api'), ['v1.2']);
    const progress = stage.dialogs.progresses.filter(({ title }) => title.startsWith('Deleting'));
    assert.deepEqual(
      progress.map(({ title, cancellable }) => [title, cancellable]),
      [['Deleting 5 tags in 2 repositories', true]],
    );
    assert.ok(Math.abs(progress[0]!.percent - 100) < 0.001, `${progress[0]!.percent} %`);
    assert.match(progress[0]!.messages.at(-1)!, /^5 of 5/);
    assert.equal(progress[0]!.location, vscode.ProgressLocation.Notification);
    const repositories = stage.hub.deleted.map((reference) => reference.split(':')[0]);
    assert.deepEqual(repositories, [...repositories].sort(), 'one after the other');
  });

  it('takes the rows that are selected, each once', async () => {
    await stage.signIn();
    const [web, api, tag] = [
      await stage.repository('web'),
      await stage.repository('api'),
      await stage.tag('web', 'build-1'),
    ];
    await stage.run('pruneOldTags', [web, [web, tag, api]], ninety, { pick: 'Delete 5 Tags' }, 'leave');
    assert.deepEqual(
      stage.dialogs
        .only(/Plan$/)
        .items.filter(({ label }) => label.startsWith('$(repo)'))
        .map(({ label }) => label),
      ['$(repo) ada/web', '$(repo) ada/api'],
    );
  });

  it('shows the tree as it is afterwards', async () => {
    await stage.signIn();
    const web = await stage.repository('web');
    await stage.children(web);
    await stage.run('pruneOldTags', [web], ninety, { pick: 'Delete 3 Tags' }, { press: 'Delete 3 Tags' });
    assert.deepEqual(await stage.labels(await stage.repository('web')), ['latest', 'build-5', 'build-4', 'undated']);
    assert.match(String((await stage.item(await stage.repository('web'))).description), /^4 tags/);
  });

  it('deletes the oldest first, and exactly as many as maxDeletions says', async () => {
    await stage.signIn();
    await stage.set('maxDeletions', 3);
    await stage.run(
      'pruneOldTags',
      [await stage.node('ada', 'ada')],
      ninety,
      { pick: 'Delete 3 Tags' },
      { press: 'Delete 3 Tags' },
    );
    assert.deepEqual(deleted(), ['ada/api:v1.0', 'ada/api:v1.1', 'ada/web:build-1']);
    assert.match(stage.dialogs.only(/^Delete 3 tags/).detail, /At most 3, the oldest first \(maxDeletions\)\./);
    assert.match(
      stage.dialogs.only(/Plan$/).items.find(({ label }) => label === '$(repo) ada/web')!.detail!,
      /2 over the limit/,
    );
  });

  it('lets a workspace lower the cap and not raise it', async () => {
    await stage.signIn();
    await stage.set('maxDeletions', 2);
    await stage.set('maxDeletions', 4, vscode.ConfigurationTarget.Workspace);
    await stage.run('pruneOldTags', [await stage.node('ada', 'ada')], ninety, { pick: 'Delete 2 Tags' }, 'leave');
    await stage.set('maxDeletions', 1, vscode.ConfigurationTarget.Workspace);
    await stage.run('pruneOldTags', [await stage.node('ada', 'ada')], ninety, { pick: 'Delete 1 Tag' }, 'leave');
    await stage.set('maxDeletions', 0, vscode.ConfigurationTarget.Workspace);
    await stage.run('pruneOldTags', [await stage.node('ada', 'ada')], ninety, { pick: 'Delete 2 Tags' }, 'leave');
  });

  it('protects what the user and what the workspace name', async () => {
    await stage.signIn();
    await stage.set('protect', ['BUILD-1']);
    await stage.set('protect', ['*-2'], vscode.ConfigurationTarget.Workspace);
    await stage.run(
      'pruneOldTags',
      [await stage.repository('web')],
      ninety,
      { pick: 'Delete 1 Tag' },
      { press: 'Delete 1 Tag' },
    );
    assert.deepEqual(deleted(), ['ada/web:build-3']);
    assert.match(
      stage.dialogs.only(/Plan$/).items.find(({ label }) => label === '$(repo) ada/web')!.detail!,
      /1 protected by "\*-2", 1 protected by "BUILD-1"/,
    );
  });

  it('deletes nothing that the settings have come to protect while it asked, nor more than they allow by then', async () => {
    await stage.signIn();
    const web = await stage.repository('web');
    await stage.run(
      'pruneOldTags',
      [web],
      ninety,
      { pick: 'Delete 3 Tags' },
      { meanwhile: () => stage.set('protect', ['*-2', '*-3']) },
      { press: 'Delete 3 Tags' },
    );
    stage.dialogs.takeError(
      /^ada\/web:build-2 and 1 more must now be kept: protected by "\*-2"\. Nothing was deleted\. Create a new plan\.$/,
    );
    await stage.set('protect', ['latest']);
    await stage.run(
      'pruneOldTags',
      [web],
      ninety,
      { pick: 'Delete 3 Tags' },
      { meanwhile: () => stage.set('maxDeletions', 2) },
      { press: 'Delete 3 Tags' },
    );
    stage.dialogs.takeError(
      /^The setting maxDeletions now allows only 2 tags\. Nothing was deleted\. Create a new plan\.$/,
    );
    assert.deepEqual(deleted(), []);
  });

  describe('C5: where tags change while the question stands open', () => {
    const prune = async (meanwhile: () => unknown, name = 'web', count = 3) =>
      stage.run(
        'pruneOldTags',
        [await stage.repository(name)],
        ninety,
        { pick: `Delete ${count} Tags` },
        { meanwhile },
        { press: `Delete ${count} Tags` },
      );
    const remove = (...tags: readonly string[]) =>
      tags.forEach((tag) => assert.ok(stage.world.removeTag('ada', 'web', tag)));
    const lists = (name = 'web') => stage.hub.count({ path: `/${name}/tags?` });

    beforeEach(() => stage.signIn());

    it('deletes nothing, and says so, where somebody else has deleted all that was to be kept', async () => {
      await prune(() => remove('latest', 'build-5', 'build-4', 'undated'));
      stage.dialogs.takeError(
        /^Someone else has deleted all the tags that the plan was to keep in ada\/web, so .* Nothing was deleted/,
      );
      assert.equal(deletes(), 0);
      assert.deepEqual(
        await readdir(join(stage.product.context.globalStorageUri.fsPath, 'runs')).catch(() => []),
        [],
        'no run has begun',
      );
    });

    it('deletes nothing where the tag is gone that was to be kept in place of emptying the repository', async () => {
      addRepository(stage.world, 'ada', 'gone', { a: 300, b: 200, c: 150 });
      const gone = await stage.repository('gone');
      await stage.run(
        'pruneOldTags',
        [gone],
        ninety,
        { press: 'Keep the Newest Tag' },
        { pick: 'Delete 2 Tags' },
        { meanwhile: () => stage.world.removeTag('ada', 'gone', 'c') },
        { press: 'Delete 2 Tags' },
      );
      stage.dialogs.takeError(/all the tags that the plan was to keep in ada\/gone/);
      assert.deepEqual(stage.tagsOf('gone'), ['a', 'b']);
    });

    it('empties a repository that it was to empty by name, whatever else is gone by then', async () => {
      addRepository(stage.world, 'ada', 'gone', { a: 300, b: 200, c: 150 });
      await stage.run(
        'pruneOldTags',
        [await stage.repository('gone')],
        ninety,
        { press: 'Empty ada/gone' },
        { pick: 'Delete 3 Tags' },
        { meanwhile: () => stage.world.removeTag('ada', 'gone', 'c') },
        { press: 'Delete 3 Tags' },
      );
      assert.deepEqual(stage.tagsOf('gone'), []);
      assert.equal(stage.dialogs.said, 'Deleted 2 of 3 tags in ada/gone. 1 already gone.');
    });

    it('deletes what was confirmed where some of what was to be kept is left, and reports what is gone', async () => {
      await prune(() => remove('latest', 'build-5', 'undated', 'build-2'));
      assert.deepEqual(deleted(), ['ada/web:build-1', 'ada/web:build-3']);
      assert.equal(stage.dialogs.said, 'Deleted 2 of 3 tags in ada/web. 1 already gone.');
    });

    it('keeps and reports what was pushed again, and goes on after pushes of others', async () => {
      await prune(() => {
        stage.world.pushTag('ada', 'web', 'build-2', { pushedAt: daysAgo(0) });
        stage.world.pushTag('ada', 'web', 'build-6', { pushedAt: daysAgo(0) });
      });
      assert.deepEqual(deleted(), ['ada/web:build-1', 'ada/web:build-3']);
      assert.equal(stage.dialogs.said, 'Deleted 2 of 3 tags in ada/web. 1 pushed since the plan, kept.');
      assert.deepEqual(
        stage.dialogs.only(/^Delete 3 tags/).buttons,
        ['Delete 3 Tags'],
        'the count is the most that goes',
      );
    });

    it('sends no DELETE where all of it was pushed again, and accounts for it', async () => {
      await prune(() =>
        ['build-1', 'build-2', 'build-3'].forEach((tag) =>
          stage.world.pushTag('ada', 'web', tag, { pushedAt: daysAgo(0) }),
        ),
      );
      assert.equal(deletes(), 0);
      assert.equal(stage.dialogs.said, 'Deleted 0 of 3 tags in ada/web. 3 pushed since the plan, kept.');
    });

    it('deletes nothing where a tag that is kept now has the image of one of them', async () => {
      await prune(() =>
        stage.world.pushTag('ada', 'web', 'latest', {
          digest: stage.world.repository('ada', 'web')!.tags.get('build-2')!.digest,
        }),
      );
      stage.dialogs.takeError(/^ada\/web:build-2 must now be kept: same image as latest\. Nothing was deleted/);
      assert.equal(deletes(), 0);
    });

    it('deletes nothing where the list cannot be read any more, or its reading is cancelled', async () => {
      await prune(() =>
        stage.hub.script({
          match: { path: '/web/tags?' },
          times: Infinity,
          act: { status: 403, body: { message: 'not for you' } },
        }),
      );
      stage.dialogs.takeError(/not for you/);
      stage.hub.clearScripts();
      const running = prune(() => stage.hub.script({ match: { path: '/web/tags?' }, act: { hang: true } }));
      const checking = await stage.dialogs.progress(/^Checking the tags of ada\/web once more$/);
      assert.ok(checking.cancellable);
      checking.cancel();
      await running;
      assert.equal(deletes(), 0);
    });

    it('takes one request more where nothing has changed in a list of three pages', async () => {
      addRepository(
        stage.world,
        'ada',
        'long',
        Object.fromEntries(
          Array.from({ length: 250 }, (_, i) => [
            `build-${String(i).padStart(3, '0')}`,
            i < 9 ? 200 - i : 85 - i * 0.3,
          ]),
        ),
      );
      let asked = 0;
      await prune(() => (asked = lists('long')), 'long', 9);
      const first = stage.hub.requests.findIndex(({ method }) => method === 'DELETE');
      assert.equal(
        stage.hub.requests.slice(0, first).filter(({ path }) => path.includes('/long/tags?')).length - asked,
        2,
        'one for the question, and the one with which each run begins',
      );
      assert.equal(stage.hub.deleted.length, 9);
    });

    it('deletes nothing by the plan panel either, and does not count its plan as run', async () => {
      const [repository, now] = [{ namespace: 'ada', name: 'web' }, Date.now()];
      const tags = [
        { name: 'new', pushedAt: daysAgo(1) },
        { name: 'b', pushedAt: daysAgo(200) },
        { name: 'a', pushedAt: daysAgo(300) },
      ];
      const rules = { protect: readProtection(), maxDeletions: 0, now };
      const sources = [{ repository, tags, asOf: now, inDateOrder: true, isSettled: true }];
      const { settled } = await inSlices(
        PlanDraft.create({ ...rules, sources, policy: policyOlderThan(parseAge('90 days', now)) }),
      );
      let rows: readonly Tag[] = tags;
      async function* tagPages() {
        yield { rows, count: rows.length };
      }
      const client = { tagPages, now: () => now, clockSkew: 0, known: { keep: () => undefined } };
      const services = {
        references: { ready: async () => undefined, usesOf: () => noUses, unsure: () => [] },
        connections: { client: () => client, clock: { now: () => now } },
        runs: {
          claims: {
            withRepositories: (_: unknown, __: unknown, work: (lost: AbortSignal) => unknown) =>
              work(new AbortController().signal),
          },
        },
      } as unknown as PanelServices;
      const account = { name: 'ada', kind: 'user', origins: { api: '', registry: '', token: '' } } as const;
      const plan = {
        settled,
        lists: { ...rules, sources, unread: [], doubts: [], asOf: now },
        isShown: () => true,
        begun: () => assert.fail('begun'),
      };
      for (const [left, message] of [
        [tags.slice(1), /all the tags that the plan was to keep in ada\/web/],
        [[...tags, { ...tags[0]!, name: 'c', digest: 'x' }], /begun/],
      ] as const) {
        stage.dialogs.script({ meanwhile: () => void (rows = left) }, { press: 'Delete 2 Tags' });
        await assert.rejects(deletePlan(services, account, plan), (error) => message.test(errorText(error).message));
      }
    });
  });

  it('lets a workspace take no protection away', async () => {
    addRepository(stage.world, 'ada', 'aged', { latest: 400, 'build-1': 300 });
    await stage.signIn();
    await stage.set('protect', [], vscode.ConfigurationTarget.Workspace);
    await stage.run(
      'pruneOldTags',
      [await stage.repository('aged')],
      ninety,
      { pick: 'Delete 1 Tag' },
      { press: 'Delete 1 Tag' },
    );
    assert.deepEqual(stage.tagsOf('aged'), ['latest']);
  });

  it('refuses a second prune of the same repository meanwhile', async () => {
    await stage.signIn();
    const web = await stage.repository('web');
    const release = stage.hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { delayMs: 400 } });
    const first = stage.run('pruneOldTags', [web], ninety, { pick: 'Delete 3 Tags' }, { press: 'Delete 3 Tags' });
    await until('the first delete', () => deletes() === 1);
    stage.hub.requests.length = 0;
    await stage.run('pruneOldTags', [web], ninety);
    stage.dialogs.takeError(busy);
    await stage.run('previewPrune', [web]);
    stage.dialogs.takeError(busy);
    assert.equal(stage.hub.count({ path: '/web/tags?' }), 0, 'D12: nothing is read in vain');
    release.remove();
    await first;
    assert.deepEqual(deleted(), ['ada/web:build-1', 'ada/web:build-2', 'ada/web:build-3']);
  });

  it('D12: skips a repository in which a run is at work, says why, and goes on with the others', async () => {
    await stage.signIn();
    const release = stage.hub.script({
      match: { method: 'DELETE', path: '/web/' },
      times: Infinity,
      act: { delayMs: 400 },
    });
    const first = stage.run(
      'pruneOldTags',
      [await stage.repository('web')],
      ninety,
      { pick: 'Delete 3 Tags' },
      { press: 'Delete 3 Tags' },
    );
    await until('the first delete', () => deletes() === 1);
    await stage.run(
      'pruneOldTags',
      [await stage.node('ada', 'ada')],
      ninety,
      { pick: 'Delete 2 Tags' },
      { press: 'Delete 2 Tags' },
    );
    const plan = stage.dialogs.shown.findLast(({ title }) => title?.endsWith('Plan'))!;
    assert.match(plan.items.find(({ label }) => label === '$(error) ada/web')!.detail!, busy);
    release.remove();
    await first;
    assert.deepEqual(deleted().toSorted(), [
      'ada/api:v1.0',
      'ada/api:v1.1',
      'ada/web:build-1',
      'ada/web:build-2',
      'ada/web:build-3',
    ]);
  });

  it('D12: says that a run is at work, also of another window and where it began while the list was read', async () => {
    await stage.signIn();
    const [web, account] = [await stage.repository('web'), (await stage.product.provider.getChildren())![0]!];
    assert.ok(account.kind === 'account');
    const other = new RunStore(stage.product.context.globalStorageUri, systemClock);
    const inWeb = { namespace: 'ada', name: 'web' };
    try {
      await other.claims.withRepositories(account.account, [inWeb], () => stage.run('pruneOldTags', [web], ninety));
      stage.dialogs.takeError(busy);
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      let working: Promise<void> | undefined;
      // A count that is not reached, as where tags go while the list is read.
      stage.hub.script({
        match: { path: '/web/tags?' },
        times: Infinity,
        act: {
          transform(body) {
            working ??= other.claims.withRepositories(account.account, [inWeb], () => ended);
            return { ...body, count: 500 };
          },
        },
      });
      await stage.run('pruneOldTags', [web], ninety);
      stage.dialogs.takeError(busy);
      end();
      await working;
      await stage.run('pruneOldTags', [web], ninety);
      // Ours, and not what Docker Hub says.
      stage.dialogs.takeError(
        /^The list couldn't be read completely; 7 of 500 entries were read\. Docker Hub returned no more of it\.$/,
      );
    } finally {
      other.dispose();
    }
  });

  it('refuses a prune that was confirmed after another one of the same repository began', async () => {
    await stage.signIn();
    const web = await stage.repository('web');
    const other = new RunStore(stage.product.context.globalStorageUri, systemClock);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    let working: Promise<void> | undefined;
    const begun = Promise.withResolvers<void>();
    const begin = async () => {
      working = other.claims.withRepositories(
        web.account,
        [{ namespace: 'ada', name: 'web' }],
        () => (begun.resolve(), ended),
      );
      await begun.promise;
    };
    await stage.run(
      'pruneOldTags',
      [web],
      ninety,
      { pick: 'Delete 3 Tags' },
      { meanwhile: begin },
      { press: 'Delete 3 Tags' },
    );
    stage.dialogs.takeError(
      /^Tags are being deleted or restored in ada\/web right now\. Wait for that to finish, then try again\.$/,
    );
    assert.deepEqual(deleted(), []);
    end();
    await working;
    other.dispose();
    await stage.run(
      'pruneOldTags',
      [await stage.repository('api')],
      ninety,
      { pick: 'Delete 2 Tags' },
      { press: 'Delete 2 Tags' },
    );
    assert.equal(deleted().length, 2, 'what was refused is free again');
  });

  it('leaves alone what it cannot read, names it, and prunes the rest', async () => {
    await stage.signIn();
    const namespace = await stage.node('ada', 'ada');
    stage.hub.script({
      match: { path: '/web/tags' },
      times: Infinity,
      act: { status: 403, body: { message: 'not for you' } },
    });
    await stage.run('pruneOldTags', [namespace], ninety, { pick: 'Delete 2 Tags' }, { press: 'Delete 2 Tags' });
    const plan = stage.dialogs.only(/Plan$/);
    const at = plan.items.findIndex(({ label }) => label === 'Skipped');
    assert.equal(plan.items[at + 1]!.label, '$(error) ada/web');
    assert.match(plan.items[at + 1]!.detail!, /not for you/);
    assert.match(stage.dialogs.only(/^Delete 2 tags/).detail, /Skipped, because they can't be read: 1 repository\./);
    assert.deepEqual(deleted(), ['ada/api:v1.0', 'ada/api:v1.1']);
  });

  it('plans nothing out of a list that could not be read to its end', async () => {
    for (let i = 0; i < 150; i++) {
      stage.world.pushTag('ada', 'web', `old-${i}`, { pushedAt: Date.now() - 500 * 86_400_000 });
    }
    await stage.signIn();
    stage.hub.script({
      match: { path: /web\/tags\?.*page=2/ },
      act: { status: 403, body: { message: 'no second page' } },
    });
    await stage.run('pruneOldTags', [await stage.repository('web')], ninety);
    stage.dialogs.takeError(/couldn't be read completely; 100 of 157 entries were read\. .*no second page/);
    assert.equal(deletes(), 0);
  });
});

describe('emptying a repository', () => {
  const stage = useStage((world) => {
    smallWorld(world);
    addRepository(world, ada.name, 'gone', { a: 300, b: 200 });
    addRepository(world, ada.name, 'past', { c: 400, d: 150 });
  });

  it('is asked apart, by name, and done when it is wanted', async () => {
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [await stage.repository('gone')],
      ninety,
      { press: 'Empty ada/gone' },
      { pick: 'Delete 2 Tags' },
      { press: 'Delete 2 Tags' },
    );
    const question = stage.dialogs.only(/^ada\/gone would lose all its tags$/);
    assert.ok(question.modal);
    assert.deepEqual(question.buttons, ['Keep the Newest Tag', 'Empty ada/gone']);
    assert.deepEqual(stage.tagsOf('gone'), []);
  });

  it('keeps the newest tag when it is not', async () => {
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [await stage.repository('gone')],
      ninety,
      { press: 'Keep the Newest Tag' },
      { pick: 'Delete 1 Tag' },
      { press: 'Delete 1 Tag' },
    );
    assert.deepEqual(stage.tagsOf('gone'), ['b']);
    assert.match(
      stage.dialogs.only(/Plan$/).items.find(({ label }) => label === '$(repo) ada/gone')!.detail!,
      /1 last tag of its repository/,
    );
  });

  it('deletes nothing when the question is left', async () => {
    await stage.signIn();
    await stage.run('pruneOldTags', [await stage.repository('gone')], ninety, 'leave');
    await stage.run('pruneOldTags', [await stage.node('ada', 'ada')], ninety, 'leave');
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('is asked for several in one list; in those not ticked the newest tag stays', async () => {
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [await stage.node('ada', 'ada')],
      ninety,
      { tick: ['ada/past'] },
      { pick: 'Delete 8 Tags' },
      { press: 'Delete 8 Tags' },
    );
    const list = stage.dialogs.only(/^2 repositories would lose all their tags$/);
    assert.deepEqual(
      list.items.map(({ label }) => label),
      ['ada/gone', 'ada/past'],
    );
    assert.deepEqual([stage.tagsOf('gone'), stage.tagsOf('past')], [['b'], []]);
  });

  it('is not asked for where the cap leaves tags', async () => {
    await stage.signIn();
    await stage.set('maxDeletions', 1);
    await stage.run(
      'pruneOldTags',
      [await stage.repository('gone')],
      ninety,
      { pick: 'Delete 1 Tag' },
      { press: 'Delete 1 Tag' },
    );
    assert.deepEqual(stage.tagsOf('gone'), ['b']);
  });
});

describe('how a prune ends', () => {
  const stage = useStage((world) => {
    smallWorld(world);
    addRepository(
      world,
      ada.name,
      'many',
      Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`t${String(i).padStart(2, '0')}`, i === 39 ? 1 : 500 - i]),
      ),
    );
  });
  const pruneMany = async (): Promise<void> =>
    stage.run(
      'pruneOldTags',
      [await stage.repository('many')],
      ninety,
      { pick: 'Delete 39 Tags' },
      { press: 'Delete 39 Tags' },
    );

  it('waits for the rate limit, says until when, and loses nothing', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, skip: 10, act: { rateLimited: { form: 'seconds', seconds: 1 } } });
    await pruneMany();
    assert.equal(stage.dialogs.said, 'Deleted 39 tags in ada/many.');
    assert.deepEqual(stage.tagsOf('many'), ['t39']);
    const { messages } = stage.dialogs.progresses.find(({ title }) => title.startsWith('Deleting'))!;
    assert.ok(
      messages.some((message) => /^\d+ of 39 .*waiting for the rate limit until \d\d:\d\d:\d\d$/.test(message)),
      messages.join('\n'),
    );
  });

  it('stops within a second when it is cancelled, awaits what is under way, and accounts for every tag', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { delayMs: 100 } });
    const running = pruneMany();
    const progress = await stage.dialogs.progress(/^Deleting 39 tags/);
    await until('some deletes', () => stage.hub.deleted.length >= 3);
    progress.cancel();
    const sent = stage.hub.count({ method: 'DELETE' });
    const cancelledAt = performance.now();
    await running;
    assert.ok(performance.now() - cancelledAt < 1000);
    const { length } = stage.hub.deleted;
    // Those that were on their way were not seen yet.
    assert.ok(stage.hub.count({ method: 'DELETE' }) <= sent + 10 && length < 39, `${length} deleted`);
    assert.equal(
      stage.dialogs.said,
      `Deleted ${length} of 39 tags in ada/many. ${39 - length} not reached. The run was canceled.`,
    );
    assert.ok(progress.messages.some((message) => / · canceling, waiting for pending requests$/.test(message)));
    assert.equal(stage.dialogs.shown.at(-1)!.kind, 'warning');
  });

  it('stops within a second also in the middle of a wait', async () => {
    await stage.signIn();
    stage.hub.script({
      match: { method: 'DELETE' },
      skip: 2,
      times: Infinity,
      act: { rateLimited: { form: 'seconds', seconds: 60 } },
    });
    const running = pruneMany();
    const progress = await stage.dialogs.progress(/^Deleting 39 tags/);
    await until('the wait', () => progress.messages.some((message) => /waiting for the rate limit/.test(message)));
    const cancelledAt = performance.now();
    progress.cancel();
    await running;
    assert.ok(performance.now() - cancelledAt < 1000);
    assert.match(stage.dialogs.said, /^Deleted 2 of 39 tags in ada\/many\. 37 not reached\. The run was canceled\.$/);
  });

  it('sends nothing more once the account is signed out, and accounts for every tag', async () => {
    await stage.signIn();
    // The news of signing out takes its time on a busy machine; the deletes must take longer.
    stage.hub.script({ match: { method: 'DELETE' }, skip: 3, times: Infinity, act: { delayMs: 1000 } });
    const running = pruneMany();
    await until('some deletes', () => stage.hub.deleted.length >= 3);
    await stage.product.context.secrets.delete((await stage.product.context.secrets.keys())[0]!);
    await running;
    const { length } = stage.hub.deleted;
    assert.ok(length < 20, `${length} deleted`);
    assert.match(
      stage.dialogs.said,
      /^Deleted \d+ of 39 tags in ada\/many\. .*The run stopped: the sign-in is no longer accepted\./,
    );
  });

  it('goes on with the next repository after the last was stopped, and says which right is missing', async () => {
    await stage.signIn(ada.name, ada.readToken);
    await stage.run(
      'pruneOldTags',
      [await stage.node('ada', 'ada')],
      ninety,
      { pick: 'Delete 44 Tags' },
      { press: 'Delete 44 Tags' },
    );
    // api has two tags that go: both refused, which is no streak of three.
    assert.equal(stage.hub.deleted.length, 0);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 2 + 3 + 3);
    const summary = stage.dialogs.said;
    assert.match(
      summary,
      /^Deleted 0 of 44 tags in 3 repositories\. 8 failed, 36 not reached\. 2 repositories stopped: the permission to delete is missing\./,
    );
    assert.match(summary, /"Read, Write, Delete".*"scope-tag-admin"/);
  });

  it('sends three requests and no more with a token that may not delete', async () => {
    await stage.signIn(ada.name, ada.readToken);
    await pruneMany();
    assert.equal(stage.hub.count({ method: 'DELETE' }), 3);
    assert.match(
      stage.dialogs.said,
      /^Deleted 0 of 39 tags in ada\/many\. 3 failed, 36 not reached\. ada\/many stopped: the permission to delete is missing\..*Docker Hub says: "access denied: insufficient scope"$/,
    );
  });

  it('never plans what is immutable on Docker Hub, and says so', async () => {
    stage.world.setImmutable('ada', 'web', { enabled: true, rules: ['^build-[23]$'] });
    await stage.signIn();
    await stage.run(
      'pruneOldTags',
      [await stage.repository('web')],
      ninety,
      { pick: 'Delete 1 Tag' },
      { press: 'Delete 1 Tag' },
    );
    assert.deepEqual(stage.hub.deleted, ['ada/web:build-1']);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 1);
    const row = stage.dialogs.only(/^Prune ada\/web: Plan$/).items.find(({ label }) => label === '$(repo) ada/web')!;
    assert.match(row.detail!, /2 immutable/);
  });

  it('leaves a repository alone whose rules of immutable tags cannot be read', async () => {
    stage.world.setImmutable('ada', 'web', { enabled: true, rules: ['('] });
    await stage.signIn();
    await stage.run('pruneOldTags', [await stage.repository('web')], ninety);
    stage.dialogs.takeError(/sent an unexpected answer\. The rules for immutable tags can't be read\.$/);
    assert.equal(stage.hub.count({ method: 'DELETE' }), 0);
  });

  it('says what became of each tag when the outcomes differ, with the words of the server', async () => {
    await stage.signIn();
    const meanwhile = (): void => {
      stage.world.setImmutable('ada', 'web', { enabled: true, rules: ['^build-2$'] });
      stage.world.removeTag('ada', 'web', 'build-3');
    };
    await stage.run(
      'pruneOldTags',
      [await stage.repository('web')],
      ninety,
      { pick: 'Delete 3 Tags' },
      { meanwhile },
      { press: 'Delete 3 Tags' },
      { press: 'Show Details' },
    );
    assert.match(
      stage.dialogs.said,
      /^Deleted 1 of 3 tags in ada\/web\. 1 already gone, 1 failed\. build-2 failed: The tag is immutable.*"tag is immutable and cannot be deleted"/,
    );
    const report = await until('the report', () => stage.documents().find((text) => text.includes('Not removed:')));
    assert.match(report, /1 {2}removed\n.*1 {2}already gone\n/);
    assert.match(report, /1 failed: The tag is immutable .*\n {2}ada\/web:build-2\n/);
    assert.match(
      report,
      /1 already gone\n {2}ada\/web:build-3\n\nRemoved:\n {2}ada\/web:build-1\n\nKept in ada\/web by the plan: 4 tags\n/,
    );
  });

  it('finishes through 503s, resets and an expired token', async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, skip: 5, act: { status: 503 } });
    stage.hub.script({ match: { method: 'DELETE' }, skip: 10, act: { reset: true } });
    stage.hub.script({ match: { method: 'DELETE' }, skip: 15, act: { resetAfterEffect: true } });
    stage.hub.script({ match: { method: 'DELETE' }, skip: 20, act: { mutate: () => stage.hub.expireTokens() } });
    await pruneMany();
    assert.equal(stage.dialogs.said, 'Deleted 39 tags in ada/many.');
    assert.deepEqual(stage.tagsOf('many'), ['t39']);
  });

  it("stops at Cloudflare's block and says so", async () => {
    await stage.signIn();
    stage.hub.script({ match: { method: 'DELETE' }, skip: 4, times: Infinity, act: { cloudflare: 'challenge' } });
    await pruneMany();
    assert.match(
      stage.dialogs.said,
      /^Deleted \d+ of 39 tags in ada\/many\. \d+ failed, \d+ not reached\. The run stopped: Cloudflare blocked the requests\./,
    );
  });

  it('stops when the sign-in is taken back, and says so', async () => {
    await stage.signIn();
    stage.hub.script({
      match: { method: 'DELETE' },
      skip: 4,
      act: { mutate: (world) => world.revoke(ada.deleteToken) },
    });
    await pruneMany();
    assert.match(stage.dialogs.said, /The run stopped: the sign-in is no longer accepted\./);
    assert.equal(
      stage.hub.requests.filter(({ method, path }) => method === 'POST' && path === '/v2/auth/token').length,
      1,
      'a secret that was refused is not sent again',
    );
  });
});
