import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, posix } from 'node:path';
import ts from 'typescript';

/** What each source file imports, as written; files by path from the project's root. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** The rooms right under `src` from the top to the bottom; imports point downwards. */
export const order = ['editor', 'text', 'prune', 'policies', 'runs', 'references', 'hub', 'retention', 'async'];
/** Rooms that know VS Code. */
const mayImportVscode = ['editor'];
/** Rooms that import nothing of Node's, so that they run anywhere. */
const withoutNode = ['retention'];
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
    .concat(
      circles(graph, (name) => basename(name)),
      circles(roomGraph(graph), (name) => name),
    );
}

/** Which rooms each room imports, nested ones apart: `hub/pacing` and `hub` are two. A file is in the room that its folder is. */
export function roomGraph(graph: ImportGraph): ReadonlyMap<string, readonly string[]> {
  const rooms = new Map<string, Set<string>>();
  for (const [file, imports] of graph) {
    const room = dirname(file);
    const imported = rooms.get(room) ?? new Set();
    rooms.set(room, imported);
    for (const target of targetsOf(file, imports)) if (dirname(target) !== room) imported.add(dirname(target));
  }
  return new Map([...rooms].map(([room, imported]) => [room, [...imported]]));
}

function nameBreaches(file: string): string[] {
  const names = file.replace(/\.ts$/, '').split('/').slice(1);
  return [
    ...(order.includes(floorOf(file)) ? [] : [`${file} is in no room`]),
    ...names.filter((name) => forbiddenNames.includes(name.toLowerCase())).map((name) => `${file} is named ${name}`),
  ];
}

function importBreaches(file: string, specifier: string): string[] {
  const floor = floorOf(file);
  if (specifier === 'vscode') return mayImportVscode.includes(floor) ? [] : [`${file} imports vscode`];
  if (!specifier.startsWith('.')) {
    return withoutNode.includes(floor) && isBuiltin(specifier) ? [`${file} imports ${specifier}`] : [];
  }
  const target = targetOf(file, specifier);
  if (!target.startsWith('src/')) return [`${file} imports ${target}, outside src`];
  return order.indexOf(floorOf(target)) >= order.indexOf(floor) ? [] : [`${file} imports ${target}, which is above it`];
}

/** Each circle once, from its first member on. */
function circles(graph: ImportGraph, nameOf: (member: string) => string): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (member: string, path: readonly string[]): void => {
    if (path.includes(member)) {
      found.push(`${[...path.slice(path.indexOf(member)), member].map(nameOf).join(' → ')} is a circle`);
      return;
    }
    if (done.has(member)) return;
    for (const target of targetsOf(member, graph.get(member) ?? [])) visit(target, [...path, member]);
    done.add(member);
  };
  for (const member of graph.keys()) visit(member, []);
  return found;
}

/** Files of the project that a file imports; rooms are named whole already. */
function targetsOf(member: string, imports: readonly string[]): string[] {
  return imports.flatMap((specifier) => {
    if (specifier.startsWith('.')) return [targetOf(member, specifier)];
    return specifier.startsWith('src/') ? [specifier] : [];
  });
}

function targetOf(file: string, specifier: string): string {
  return posix.normalize(`${dirname(file)}/${specifier}`);
}

/** The room right under `src` that a file is in; empty where it is in none. */
function floorOf(file: string): string {
  const [, floor, ...rest] = file.split('/');
  return rest.length > 0 ? (floor ?? '') : '';
}
