import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { registerCommand, type CommandAction } from '../../src/editor/command.ts';
import { lookForInterrupted } from '../../src/editor/runs/lookForInterrupted.ts';
import type { PanelServices } from '../../src/editor/planPanel/panelServices.ts';
import { Lazy } from '../../src/editor/ui/lazy.ts';
import { LoadError } from '../../src/text/loadError.ts';
import { LazyTree } from '../../src/editor/ui/lazyTree.ts';
import { ScriptedDialogs } from './scriptedDialogs.ts';
import { until } from './until.ts';

/** Counts how often it was disposed of. */
class Part implements vscode.Disposable {
  disposed = 0;
  dispose(): void {
    this.disposed++;
  }
}

describe('what is made late', () => {
  it('is made once, also when it is asked for twice at once', async () => {
    let made = 0;
    const late = new Lazy(() => Promise.resolve(++made).then(() => new Part()));
    assert.equal(made, 0);
    const [one, other] = await Promise.all([late.get(), late.get()]);
    assert.equal(one, other);
    assert.equal(await late.get(), one);
    assert.equal(made, 1);
  });

  it('is tried again where it could not be made', async () => {
    let tries = 0;
    const late = new Lazy(() => (++tries === 1 ? Promise.reject(new Error('gone')) : Promise.resolve(new Part())));
    await assert.rejects(
      late.get(),
      (error) => error instanceof LoadError && (error.cause as Error).message === 'gone',
    );
    assert.ok((await late.get()) instanceof Part);
  });

  it('is disposed of, also while it is being made; what was never made is not made for that', async () => {
    const part = new Part();
    const done = new Lazy(() => Promise.resolve(part));
    await done.get();
    done.dispose();
    await until('its end', () => part.disposed === 1);

    const { promise, resolve } = Promise.withResolvers<Part>();
    const under = new Lazy(() => promise);
    const asked = under.get();
    under.dispose();
    resolve(part);
    assert.equal(await asked, part);
    await until('its end', () => part.disposed === 2);

    const never = new Lazy<Part>(() => assert.fail('it was made'));
    never.dispose();
    await assert.rejects(never.get(), vscode.CancellationError);
  });
});

describe('the tree of a view before its rows are loaded', () => {
  it('asks for them when VS Code does, and passes on everything from then on', async () => {
    const changed = new vscode.EventEmitter<string | undefined>();
    let loads = 0;
    const rows: vscode.TreeDataProvider<string> = {
      onDidChangeTreeData: changed.event,
      getChildren: (row) => (row === undefined ? ['a', 'b'] : []),
      getTreeItem: (row) => new vscode.TreeItem(row),
      getParent: (row) => `above ${row}`,
      resolveTreeItem: (item) => Object.assign(item, { tooltip: 'told' }),
    };
    using tree = disposing(new LazyTree(() => Promise.resolve(rows).finally(() => loads++)));
    const heard: unknown[] = [];
    tree.onDidChangeTreeData((row) => heard.push(row));
    assert.equal(loads, 0);
    assert.deepEqual(await Promise.all([tree.getChildren(), tree.getChildren()]), [
      ['a', 'b'],
      ['a', 'b'],
    ]);
    const item = await tree.getTreeItem('a');
    assert.equal(item.label, 'a');
    assert.equal(await tree.getParent('a'), 'above a');
    assert.equal((await tree.resolveTreeItem(item, 'a', new vscode.CancellationTokenSource().token)).tooltip, 'told');
    changed.fire('b');
    assert.deepEqual(heard, ['b']);
  });

  it('says what could not be loaded, and asks again the next time', async () => {
    let tries = 0;
    const empty: vscode.TreeDataProvider<string> = { getChildren: () => [], getTreeItem: () => assert.fail() };
    using tree = disposing(
      new LazyTree(() => (++tries === 1 ? Promise.reject(new LoadError(new Error('gone'))) : Promise.resolve(empty))),
    );
    await assert.rejects(tree.getChildren(), LoadError);
    assert.deepEqual(await tree.getChildren(), []);
  });
});

describe('the look for interrupted runs', () => {
  let folder: string;
  let asked: number;
  const services = () => Promise.reject(new Error(`asked ${++asked}`));
  const look = () => lookForInterrupted(vscode.Uri.file(folder), services);
  const journal = (name: string) => writeFile(join(folder, 'runs', name), '');

  beforeEach(async () => {
    asked = 0;
    folder = await mkdtemp(join(tmpdir(), 'pruner-late-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('asks for nothing where no run came to no end', async () => {
    await look();
    await mkdir(join(folder, 'runs'));
    await journal('20260101T000000000Z-000000.jsonl');
    await journal('other.open.jsonl');
    await look();
    assert.equal(asked, 0);
  });

  it('asks for what can go on with one that did not', async () => {
    await mkdir(join(folder, 'runs'));
    await journal('20260101T000000000Z-000000.open.jsonl');
    await assert.rejects(look(), /^Error: asked 1$/);
  });
});

describe('a command whose code is loaded when it runs', () => {
  const id = 'dockerHubPruner.test.late';
  const logged: string[] = [];
  const log = { error: (line: string) => logged.push(line) } as unknown as vscode.LogOutputChannel;
  const services = () => Promise.resolve({} as PanelServices);
  let dialogs: ScriptedDialogs;

  beforeEach(() => {
    logged.length = 0;
    dialogs = new ScriptedDialogs();
  });

  afterEach(() => {
    try {
      dialogs.verify();
    } finally {
      dialogs.dispose();
    }
  });

  it('runs as often as it is called, each time with its arguments', async () => {
    const calls: unknown[] = [];
    const action: CommandAction = (_, ...args) => void calls.push(args);
    using _command = disposing(registerCommand({ services, log }, id, () => Promise.resolve(action)));
    await Promise.all([vscode.commands.executeCommand(id, 1), vscode.commands.executeCommand(id, 2)]);
    assert.deepEqual(calls, [[1], [2]]);
  });

  it('says that it could not be loaded, writes down why, and can be tried again', async () => {
    let tries = 0;
    let ran = 0;
    using _command = disposing(
      registerCommand({ services, log }, id, () =>
        ++tries === 1 ? Promise.reject(new Error('Cannot find module')) : Promise.resolve(() => void ran++),
      ),
    );
    dialogs.script({ press: 'Retry' });
    await vscode.commands.executeCommand(id);
    await until('the second try', () => ran === 1);
    dialogs.takeError(/^Part of the extension couldn't be loaded\. Reload the window, then try again\.$/);
    assert.equal(logged.length, 1);
    assert.match(logged[0]!, /^dockerHubPruner\.test\.late: .*Cannot find module/);
  });

  it('says the same of what all commands work with', async () => {
    const broken = new Lazy<vscode.Disposable>(() => Promise.reject(new Error('Cannot find module')));
    using _command = disposing(
      registerCommand({ services: () => broken.get() as never, log }, id, () =>
        Promise.resolve(() => assert.fail('it ran')),
      ),
    );
    await vscode.commands.executeCommand(id);
    await until('a message', () => dialogs.find('error').length > 0);
    dialogs.takeError(/^Part of the extension couldn't be loaded\./);
  });

  it('ends in silence when the window closes', async () => {
    const closed = new Lazy<vscode.Disposable>(() => assert.fail('it was made'));
    closed.dispose();
    using _command = disposing(
      registerCommand({ services: () => closed.get() as never, log }, id, () =>
        Promise.resolve(() => assert.fail('it ran')),
      ),
    );
    await vscode.commands.executeCommand(id);
    assert.deepEqual(logged, []);
  });
});

function disposing<T extends vscode.Disposable>(thing: T): T & Disposable {
  return Object.assign(thing, { [Symbol.dispose]: () => void thing.dispose() });
}
