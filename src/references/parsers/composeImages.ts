import { isMap, isScalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { readDockerfile } from './dockerfile.ts';
import type { ImageAdder } from './imageAdder.ts';
import type { Position } from '../images/foundReferences.ts';
import { hasVariable } from './wholeImage.ts';
import { scalarText, type KeyPath, type YamlValue } from './yamlTree.ts';

/** Keys of a Compose file whose values are images if they have a tag. */
const givers: ReadonlySet<string> = new Set(['args', 'additional_contexts', 'environment', 'cache_from', 'cache_to']);

/** What a Compose file builds from, and what it gives to its containers: arguments that are images, other contexts, a Dockerfile written into it. */
export function readComposeMap(adder: ImageAdder, map: YAMLMap, path: KeyPath | undefined): void {
  const { tree } = adder;
  if (path?.key === 'build') {
    const inline = tree.get(map, 'dockerfile_inline');
    const text = scalarText(inline);
    if (inline && text) {
      readDockerfile(text, adder.findings, tree.at(inline).line + 1, argumentsOf(adder, tree.get(map, 'args')));
    }
  }
  if (path?.parent?.key === 'models' || path?.key === 'models') adder.addNode(tree.get(map, 'model'));
  if (!path || !givers.has(path.key)) return;
  for (const { key, value } of tree.entries(map)) {
    if (isScalar(value)) readGiven(adder, key, scalarText(value) ?? '', tree.at(value));
  }
}

/** The same, written as a list. */
export function readComposeList(adder: ImageAdder, list: YAMLSeq, path: KeyPath | undefined): void {
  if (!path || !givers.has(path.key)) return;
  for (const item of adder.tree.items(list)) {
    const text = scalarText(item);
    if (text === undefined) continue;
    const at = adder.tree.at(item);
    if (path.key.startsWith('cache_')) {
      const attributes = text.split(',').map((attribute) => attribute.trim());
      const type = attributes.find((attribute) => attribute.startsWith('type='))?.slice('type='.length);
      const ref = attributes.find((attribute) => attribute.startsWith('ref='))?.slice('ref='.length);
      if (ref !== undefined && (type === undefined || type === 'registry')) adder.add(ref, at);
      else if (ref === undefined && type === undefined) adder.addIfVersioned(text, at);
    } else {
      const equals = text.indexOf('=');
      readGiven(adder, equals < 0 ? text : text.slice(0, equals), equals < 0 ? '' : text.slice(equals + 1), at);
    }
  }
}

/** A variable that is given on: without a value, that of the environment. */
function readGiven(adder: ImageAdder, name: string, written: string, at: Position): void {
  const isBare = written === '' && /^[A-Za-z_]\w*$/.test(name);
  const text = isBare ? `\${${name}}` : written;
  adder.addIfVersioned(text, at);
  // Whether a variable is an image is told by its name alone.
  if (!isBare && hasVariable(text) && /image/i.test(name + text) && adder.resolved(text) === undefined) {
    adder.add(text, at);
  }
}

function argumentsOf(adder: ImageAdder, node: YamlValue | undefined): Map<string, string> {
  const given = new Map<string, string>();
  const set = (name: string, text: string | undefined): void => {
    const value = text === undefined || text === '' ? adder.resolved(`\${${name}}`) : adder.resolved(text);
    if (value !== undefined) given.set(name, value);
  };
  if (isMap(node)) {
    for (const { key, value } of adder.tree.entries(node)) set(key, scalarText(value));
  } else if (node && !isScalar(node)) {
    for (const item of adder.tree.items(node)) {
      const [name = '', ...rest] = (scalarText(item) ?? '').split('=');
      set(name, rest.length === 0 ? undefined : rest.join('='));
    }
  }
  return given;
}
