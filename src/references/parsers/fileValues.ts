import { isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import type { PlaceholderValues } from './resolveText.ts';
import { scalarText, type YamlTree, type YamlValue } from './yamlTree.ts';

/** What a file says of the values that placeholders stand for. */
export type FileValues = (expression: string) => PlaceholderValues | undefined;

/** Keys below which a map or a list gives values to names, and how placeholders call them. */
const givers: Readonly<Record<string, string>> = {
  vars: 'vars',
  set_fact: 'vars',
  'ansible.builtin.set_fact': 'vars',
  matrix: 'matrix',
  include: 'matrix',
  env: 'env',
  variables: 'variables',
  inputs: 'inputs',
  parameters: 'parameters',
  params: 'params',
  substitutions: 'substitutions',
  substitute: 'substitutions',
};
/** Values that may be given from outside. */
const defaults: ReadonlySet<string> = new Set(['inputs', 'parameters', 'params', 'substitutions']);
/** Values that are made of others are followed so deep. */
const deepest = 5;
/** Values of one name that are told apart. */
const maxValues = 20;

/** Collects what a file says of the values of its placeholders: Ansible's variables, matrices, inputs, parameters and the like. */
export function fileValues(tree: YamlTree): FileValues {
  let known: Map<string, Map<string, Set<string>>> | undefined;
  const valuesOf = (expression: string, depth: number): PlaceholderValues | undefined => {
    const found = /^-?\s*([A-Za-z_][\w.-]*?)\s*(?:\|\s*default\s*\(?\s*(?:"([^"]*)"|'([^']*)')[^|]*)?-?$/.exec(
      expression.trim(),
    );
    if (!found || depth > deepest) return undefined;
    const name = found[1]!;
    const dot = name.lastIndexOf('.');
    const scopes = dot < 0 ? ['vars', 'variables', 'params', 'substitutions'] : [name.slice(0, dot).split('.').at(-1)!];
    known ??= collected(tree);
    for (const scope of scopes) {
      const values = known.get(scope)?.get(name.slice(dot + 1));
      if (!values) continue;
      const resolved = new Set<string>();
      for (const value of values) {
        const inner = value.trim();
        if (!/\{\{|\$[({[A-Za-z_]|<</.test(inner)) {
          resolved.add(inner);
          continue;
        }
        const filled = fill(inner, depth + 1);
        if (filled === undefined) return undefined;
        for (const each of filled) resolved.add(each);
      }
      return { values: [...resolved].slice(0, maxValues), isDefault: defaults.has(scope) };
    }
    const otherwise = found[2] ?? found[3];
    return otherwise === undefined ? undefined : { values: [otherwise], isDefault: true };
  };
  const fill = (text: string, depth: number): string[] | undefined => {
    let ways = [''];
    let at = 0;
    for (const found of text.matchAll(/\$?\{\{([^{}]*)\}\}/g)) {
      const values = valuesOf(found[1]!, depth)?.values;
      if (!values || ways.length * values.length > maxValues) return undefined;
      const before = text.slice(at, found.index);
      ways = ways.flatMap((way) => values.map((value) => way + before + value));
      at = found.index + found[0].length;
    }
    const rest = text.slice(at);
    return /\$[({[A-Za-z_]|<<|\{\{/.test(rest) ? undefined : ways.map((way) => way + rest);
  };
  return (expression) => valuesOf(expression, 0);
}

function collected(tree: YamlTree): Map<string, Map<string, Set<string>>> {
  const known = new Map<string, Map<string, Set<string>>>();
  const add = (scope: string, name: string, value: YamlValue | undefined): void => {
    const text = scalarText(value);
    if (text === undefined || text === '') return;
    const names = known.get(scope) ?? new Map<string, Set<string>>();
    known.set(scope, names);
    names.set(name, (names.get(name) ?? new Set()).add(text));
  };
  const addMap = (scope: string, map: YAMLMap): void => {
    for (const { key, value } of tree.entries(map)) {
      if (isScalar(value)) add(scope, key, value);
      else if (isSeq(value)) for (const item of tree.items(value)) add(scope, key, item);
      else add(scope, key, tree.get(value, 'default') ?? tree.get(value, 'value'));
    }
  };
  const addList = (scope: string, list: YAMLSeq): void => {
    for (const item of tree.items(list)) {
      if (!isMap(item)) continue;
      const name = scalarText(tree.get(item, 'name'));
      if (name !== undefined && scope !== 'matrix') {
        add(scope, name, tree.get(item, 'default') ?? tree.get(item, 'value'));
      } else if (scope === 'matrix' || scope === 'vars') {
        addMap(scope, item);
      }
    }
  };
  for (const root of tree.roots) if (isMap(root)) addMap('vars', root);
  for (const { node, path } of tree.nodes()) {
    const scope = path && Object.hasOwn(givers, path.key) ? givers[path.key] : undefined;
    if (scope === undefined || (path!.key === 'include' && path!.parent?.key !== 'matrix')) continue;
    if (isSeq(node)) addList(scope, node);
    else addMap(scope, node);
  }
  return known;
}
