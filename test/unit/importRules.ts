import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, posix } from 'node:path';
import ts from 'typescript';

/** What each source file imports, as written; files by path from the project's root. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** From the top to the bottom; imports point downwards. */
const order = ['extension.ts', 'commands', 'views', 'host', 'pruning', 'hub'];
/** Below all others, and beside one another. */
const ground = ['retention', 'references'];
const mayImportVscode = ['extension.ts', 'commands', 'views', 'host'];
const forbiddenNames = ['utils', 'util', 'helpers', 'helper', 'common', 'index'];

/** The imports of all files under `src` of the project at `root`, those of types too. */
export function readImports(root: string): ImportGraph {
  const files = globSync('src/**/*.ts', { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
  return new Map(files.map((file) => [file, importsOf(readFileSync(join(root, file), 'utf8'))]));
}

/** The specifiers that a source text imports, exports from or loads late. */
export function importsOf(source: string): string[] {
  return ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** Every breach of the rules about rooms, each in one sentence; none where all is well. */
export function breaches(graph: ImportGraph): string[] {
  return [...graph]
    .flatMap(([file, imports]) => [
      ...nameBreaches(file),
      ...imports.flatMap((specifier) => importBreaches(file, specifier)),
    ])
    .concat(circles(graph));
}

function nameBreaches(file: string): string[] {
  const room = roomOf(file);
  const names = file.replace(/\.ts$/, '').split('/').slice(1);
  return [
    ...(order.includes(room) || ground.includes(room) ? [] : [`${file} is in no room`]),
    ...names.filter((name) => forbiddenNames.includes(name.toLowerCase())).map((name) => `${file} is named ${name}`),
  ];
}

function importBreaches(file: string, specifier: string): string[] {
  const room = roomOf(file);
  if (specifier === 'vscode') return mayImportVscode.includes(room) ? [] : [`${file} imports vscode`];
  if (!specifier.startsWith('.')) {
    return room === 'retention' && isBuiltin(specifier) ? [`${file} imports ${specifier}`] : [];
  }
  const target = targetOf(file, specifier);
  const targetRoom = roomOf(target);
  if (!target.startsWith('src/')) return [`${file} imports ${target}, outside src`];
  if (targetRoom === room) return [];
  const allowed = ground.includes(room)
    ? false
    : ground.includes(targetRoom) || order.indexOf(targetRoom) > order.indexOf(room);
  return allowed ? [] : [`${file} imports ${target}, which is not below it`];
}

/** Each circle once, from its first file on. */
function circles(graph: ImportGraph): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push(`${[...path.slice(path.indexOf(file)), file].map((name) => basename(name)).join(' → ')} is a circle`);
      return;
    }
    if (done.has(file)) return;
    for (const specifier of graph.get(file) ?? []) {
      if (specifier.startsWith('.')) visit(targetOf(file, specifier), [...path, file]);
    }
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

function targetOf(file: string, specifier: string): string {
  return posix.normalize(`${dirname(file)}/${specifier}`);
}

/** `extension.ts`, or the folder right under `src`. */
function roomOf(file: string): string {
  return file.split('/')[1] ?? '';
}
