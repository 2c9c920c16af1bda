import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { breaches, importsOf, readImports, type ImportGraph } from './importRules.ts';

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
      'src/extension.ts': ['vscode', './commands/a.ts', './hub/a.ts'],
      'src/commands/a.ts': ['vscode', '../views/a.ts', '../host/a.ts', '../pruning/a.ts', '../references/a.ts'],
      'src/views/a.ts': ['vscode', '../host/a.ts', '../retention/a.ts'],
      'src/host/a.ts': ['vscode', '../pruning/a.ts', 'node:fs'],
      'src/pruning/a.ts': ['../hub/a.ts', './b.ts', 'node:fs'],
      'src/pruning/b.ts': ['../retention/a.ts'],
      'src/hub/a.ts': ['jose', '../retention/a.ts'],
      'src/retention/a.ts': ['./b.ts'],
      'src/retention/b.ts': [],
      'src/references/a.ts': ['yaml', 'node:path'],
    });
    assert.deepEqual(breaches(fine), []);
  });

  for (const [from, to] of [
    ['commands/a.ts', '../extension.ts'],
    ['views/a.ts', '../commands/a.ts'],
    ['host/a.ts', '../views/a.ts'],
    ['pruning/a.ts', '../host/a.ts'],
    ['hub/a.ts', '../pruning/a.ts'],
    ['retention/a.ts', '../hub/a.ts'],
    ['retention/a.ts', '../references/a.ts'],
    ['references/a.ts', '../retention/a.ts'],
    ['hub/deep/a.ts', '../../pruning/a.ts'],
    ['hub/a.ts', '../../test/hub/hub.ts'],
  ] as const) {
    it(`catches the arrow from ${from} to ${to}`, () => {
      assert.equal(breaches(graph({ [`src/${from}`]: [to] })).length, 1);
    });
  }

  for (const room of ['pruning', 'hub', 'retention', 'references']) {
    it(`catches vscode in ${room}`, () =>
      assert.deepEqual(breaches(graph({ [`src/${room}/a.ts`]: ['vscode'] })), [`src/${room}/a.ts imports vscode`]));
  }

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
