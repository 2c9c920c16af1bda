import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { breaches, importsOf, readImports, type ImportGraph } from './importRules.ts';
import { roomPicture } from './roomPicture.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function graph(files: Record<string, readonly string[]>): ImportGraph {
  return new Map(Object.entries(files));
}

describe('the rooms of src', () => {
  it('import downwards only, without circles', () => {
    const imports = readImports(root);
    assert.ok(imports.size > 20, 'the sources were not found');
    assert.deepEqual(breaches(imports), []);
  });

  it('are drawn in CONTRIBUTING as they import one another', () => {
    const [, drawn] = /```mermaid\n([^]*?)\n```/.exec(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')) ?? [];
    assert.equal(drawn, roomPicture(readImports(root)), 'CONTRIBUTING.md should show this picture');
  });

  it('are known by a checker that reads every kind of import', () => {
    const source = `import a from './a.ts'; import type { B } from './b.ts'; import './c.ts'; export * from './d.ts'; export type { E } from './e.ts';
      const f = await import('./f.ts'); let g: import('./g.ts').G; import * as vscode from 'vscode'; // import './no.ts'`;
    assert.deepEqual(importsOf(source).sort(), [
      './a.ts',
      './b.ts',
      './c.ts',
      './d.ts',
      './e.ts',
      './f.ts',
      './g.ts',
      'vscode',
    ]);
  });
});

describe('the checker of rooms', () => {
  it('accepts every arrow downwards and within a room', () => {
    const fine = graph({
      'src/editor/extension.ts': ['vscode', './runs/a.ts', '../hub/a.ts'],
      'src/editor/runs/a.ts': ['vscode', './b.ts', '../tree/a.ts', '../../text/a.ts', '../../runs/journal/a.ts'],
      'src/editor/runs/b.ts': [],
      'src/editor/tree/a.ts': ['vscode', '../../references/a.ts'],
      'src/text/a.ts': ['../prune/a.ts', '@vscode/l10n'],
      'src/prune/a.ts': ['../policies/a.ts', '../runs/a.ts', 'node:fs'],
      'src/policies/a.ts': ['../hub/a.ts'],
      'src/runs/a.ts': ['./journal/a.ts', '../hub/a.ts', '../retention/a.ts'],
      'src/runs/journal/a.ts': ['node:fs'],
      'src/references/a.ts': ['yaml', 'node:path', '../retention/a.ts'],
      'src/hub/a.ts': ['jose', './pacing/a.ts'],
      'src/hub/pacing/a.ts': ['../../async/a.ts'],
      'src/retention/a.ts': ['./b.ts', '../async/a.ts'],
      'src/retention/b.ts': [],
      'src/async/a.ts': ['node:timers/promises'],
    });
    assert.deepEqual(breaches(fine), []);
  });

  for (const [from, to] of [
    ['text/a.ts', '../editor/extension.ts'],
    ['prune/a.ts', '../text/a.ts'],
    ['policies/a.ts', '../prune/a.ts'],
    ['runs/a.ts', '../policies/a.ts'],
    ['runs/journal/a.ts', '../../prune/a.ts'],
    ['references/a.ts', '../runs/a.ts'],
    ['hub/a.ts', '../references/a.ts'],
    ['hub/deep/a.ts', '../../runs/a.ts'],
    ['retention/a.ts', '../hub/a.ts'],
    ['async/a.ts', '../retention/a.ts'],
    ['hub/a.ts', '../../test/hub/hub.ts'],
  ] as const) {
    it(`catches the arrow from ${from} to ${to}`, () => {
      assert.equal(breaches(graph({ [`src/${from}`]: [to] })).length, 1);
    });
  }

  for (const room of ['text', 'prune', 'policies', 'runs', 'references', 'hub', 'hub/wire', 'retention', 'async']) {
    it(`catches vscode in ${room}`, () => {
      assert.deepEqual(breaches(graph({ [`src/${room}/a.ts`]: ['vscode'] })), [`src/${room}/a.ts imports vscode`]);
    });
  }

  it('catches two rooms that import each other, though their files are in no circle', () => {
    const mutual = { 'src/editor/runs/a.ts': ['../tree/a.ts'], 'src/editor/tree/b.ts': ['../runs/b.ts'] };
    assert.deepEqual(breaches(graph({ ...mutual, 'src/editor/tree/a.ts': [], 'src/editor/runs/b.ts': [] })), [
      'src/editor/runs → src/editor/tree → src/editor/runs is a circle',
    ]);
  });

  it('catches a circle of a room and one inside it', () => {
    const mutual = { 'src/hub/a.ts': ['./wire/a.ts'], 'src/hub/wire/b.ts': ['../b.ts'] };
    assert.deepEqual(breaches(graph({ ...mutual, 'src/hub/wire/a.ts': [], 'src/hub/b.ts': [] })), [
      'src/hub → src/hub/wire → src/hub is a circle',
    ]);
  });

  it('catches a circle of three rooms', () => {
    const round = { 'src/hub/a.ts': ['./wire/a.ts'], 'src/hub/wire/b.ts': ['../pacing/a.ts'] };
    assert.deepEqual(breaches(graph({ ...round, 'src/hub/pacing/b.ts': ['../b.ts'] })), [
      'src/hub → src/hub/wire → src/hub/pacing → src/hub is a circle',
    ]);
  });

  it('catches a circle of two, of three and of one file', () => {
    assert.deepEqual(breaches(graph({ 'src/hub/a.ts': ['./b.ts'], 'src/hub/b.ts': ['./a.ts'] })), [
      'a.ts → b.ts → a.ts is a circle',
    ]);
    assert.deepEqual(
      breaches(graph({ 'src/hub/a.ts': ['./b.ts'], 'src/hub/b.ts': ['./c.ts'], 'src/hub/c.ts': ['./b.ts', './a.ts'] })),
      ['b.ts → c.ts → b.ts is a circle', 'a.ts → b.ts → c.ts → a.ts is a circle'],
    );
    assert.deepEqual(breaches(graph({ 'src/hub/a.ts': ['./a.ts'] })), ['a.ts → a.ts is a circle']);
  });

  it('catches a circle that lies behind a file that was visited before', () => {
    assert.equal(
      breaches(
        graph({
          'src/hub/z.ts': [],
          'src/hub/a.ts': ['./z.ts', './b.ts'],
          'src/hub/b.ts': ['./z.ts', './c.ts'],
          'src/hub/c.ts': ['./b.ts'],
        }),
      ).length,
      1,
    );
  });

  for (const name of ['utils', 'helpers', 'common', 'index', 'Utils']) {
    it(`catches a file or a folder named ${name}`, () => {
      assert.deepEqual(breaches(graph({ [`src/hub/${name}.ts`]: [] })), [`src/hub/${name}.ts is named ${name}`]);
      assert.deepEqual(breaches(graph({ [`src/hub/${name}/a.ts`]: [] })), [`src/hub/${name}/a.ts is named ${name}`]);
    });
  }

  it('catches a builtin of Node in retention, with and without its prefix', () => {
    assert.deepEqual(breaches(graph({ 'src/retention/a.ts': ['node:fs', 'path'] })), [
      'src/retention/a.ts imports node:fs',
      'src/retention/a.ts imports path',
    ]);
  });

  it('catches a file in no room', () => {
    assert.deepEqual(breaches(graph({ 'src/things/a.ts': [] })), ['src/things/a.ts is in no room']);
    assert.deepEqual(breaches(graph({ 'src/thing.ts': [] })), ['src/thing.ts is in no room']);
  });
});
