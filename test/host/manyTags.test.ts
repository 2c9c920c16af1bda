import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

import * as vscode from 'vscode';

import { DEMO } from '../hub/demoWorld.ts';
import { watchLoop, type LoopFigures } from './loopWatch.ts';
import { smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

/** With the variable the long form: 200,000 tags are listed for a minute or two. */
const asked = process.env['PRUNER_HOST_TAGS'];
const tags = Number(asked ?? 6000);
const deleted = Math.round(tags / 100);
const { user, organisation } = DEMO;

/** A Hub in a process of its own, so that what it does is not taken for what the extension does. */
async function startHubProcess(): Promise<{ readonly origin: string; readonly child: ChildProcess }> {
  const root = process.env['PRUNER_ROOT']!;
  const options = ['--data', 'generated', '--tags', String(tags), '--limit', '1000000000', '--token-life', '36000'];
  const child = spawn(join(root, 'node_modules', '.bin', 'node'), [join(root, 'test', 'hub', 'main.ts'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (origin !== undefined) return { origin, child };
  }
  throw new Error('The Hub did not start.');
}

describe(`the extension host with ${tags.toLocaleString('en')} tags in a repository`, () => {
  const stage = useStage(smallWorld);
  let child: ChildProcess | undefined;

  afterEach(async () => {
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
    child = undefined;
  });

  it('stays responsive while they are listed, planned, pruned, cancelled and accounted for', async function () {
    this.timeout(asked === undefined ? 60_000 : 9 * 60_000);
    const hub = await startHubProcess();
    child = hub.child;
    await stage.set('apiUrl', hub.origin);
    await stage.set('registryUrl', hub.origin);
    stage.allow(hub.origin);
    await stage.signIn(user.name, user.deleteToken);
    const repository = await stage.node(user.name, organisation.name, 'huge');
    const saved = join(stage.product.context.globalStorageUri.fsPath, 'plan.txt');
    const figures: Record<string, LoopFigures> = {};
    let stop = watchLoop();
    const done = (phase: string): void => {
      figures[phase] = stop();
      stop = watchLoop();
    };

    await stage.set('maxDeletions', deleted);
    done('nothing');
    const startedAt = performance.now();
    await stage.run(
      'pruneOldTags',
      [repository],
      { pick: '90 days' },
      { meanwhile: () => done('list and plan') },
      { pick: 'View All Tags' },
      { meanwhile: () => until('the plan', () => stage.documents()[0], 60_000) },
      { meanwhile: () => done('show the plan') },
      { pick: 'Save All Tags' },
      { saveAs: vscode.Uri.file(saved) },
      {
        meanwhile: () =>
          until(
            'a saved plan',
            () =>
              stat(saved).then(
                ({ size }) => size > 0,
                () => false,
              ),
            60_000,
          ),
      },
      { meanwhile: () => done('save the plan') },
      { pick: 'Delete' },
      { press: 'Delete' },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    done('prune');
    const lines = (await readFile(saved, 'utf8')).split('\n');
    assert.equal(lines.filter((line) => /^ {2}(delete|keep) {2,4}\S/.test(line)).length, tags);
    assert.match(stage.dialogs.said, new RegExp(`^Deleted ${deleted.toLocaleString('en')} tags in acme/huge\\.$`));
    const [progress] = stage.dialogs.progresses.filter(({ title }) => title.startsWith('Deleting'));
    // At most ten times a second, and once each for the end and for a cancel.
    assert.ok(progress!.messages.length <= 10 * seconds + 3, `${progress!.messages.length} messages in ${seconds} s`);

    await stage.set('maxDeletions', 0);
    const logged = stage.product.log.length;
    stop();
    stop = watchLoop();
    let cancelMs = Infinity;
    const cancelling = (async () => {
      const running = await until(
        'a second run',
        () =>
          stage.dialogs.progresses.find(
            ({ title, over, messages }) => title.startsWith('Deleting') && !over && messages.length > 0,
          ),
        5 * 60_000,
      );
      done('list, plan and write down');
      const at = performance.now();
      running.cancel();
      await until('word of it', () => running.messages.at(-1)?.includes('canceling'));
      cancelMs = performance.now() - at;
    })();
    await Promise.all([
      stage.run('pruneOldTags', [repository], { pick: '90 days' }, { pick: 'Delete' }, { press: 'Delete' }),
      cancelling,
    ]);
    done('cancel');
    assert.match(stage.dialogs.said, /^Deleted .* not reached\. The run was canceled\.$/);
    assert.ok(cancelMs < 1000, `${cancelMs} ms`);
    // One that was not reached has no line of its own.
    assert.ok(stage.product.log.length - logged < tags / 10, `${stage.product.log.length - logged} lines in the log`);

    const [run] = (await stage.product.runs.getChildren()) ?? [];
    const before = stage.documents().length;
    await stage.run('showRun', [run]);
    await until('the report', () => stage.documents().length > before, 60_000);
    done('show the run');
    stop();

    const of = (what: keyof LoopFigures) => Math.max(...Object.values(figures).map((figure) => figure[what] ?? NaN));
    for (const [phase, { longestTaskMs, longestCpuMs, longestGcMs, p99Ms }] of Object.entries(figures)) {
      console.log(
        `      ${phase}: longest task ${longestTaskMs} ms (${longestCpuMs ?? '?'} ms of the processor), garbage collection at most ${longestGcMs} ms, 99% below ${p99Ms} ms`,
      );
    }
    if (asked === undefined) return;
    const folder = join(process.env['PRUNER_ROOT']!, 'test-results');
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'hostDelay.json'),
      `${JSON.stringify({ longestTaskMs: of('longestTaskMs'), longestCpuMs: of('longestCpuMs'), longestGcMs: of('longestGcMs'), p99Ms: of('p99Ms'), tags, deleted, phases: figures }, undefined, 2)}\n`,
    );
  });
});
