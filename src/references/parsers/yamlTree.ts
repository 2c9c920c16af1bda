import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Alias,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Position } from '../images/foundReferences.ts';
import { unmasked } from './templateMask.ts';

/** A key as it is written, and its value with aliases resolved. */
export interface YamlEntry {
  readonly key: string;
  readonly value: YamlValue;
}

/** A node that is no alias. */
export type YamlValue = Scalar | YAMLMap | YAMLSeq;

/** Merges (`<<`) that are looked into for one key. */
const maxMerges = 100;
/** Keys that are merged into one map at most, where all of its keys are asked for. */
const maxMerged = 100;

/** All documents of a YAML file as they are written: nothing is expanded, an alias is looked up when it is asked for. So no file is larger here than it is. */
export class YamlTree {
  /** The documents' contents. */
  readonly roots: readonly YamlValue[];
  /** What the parser could not read, first of all. */
  readonly problem: (Position & { readonly text: string }) | undefined;
  /** Names that placeholders of the text use: `x` of `{{ x }}`. */
  readonly placeholderNames: ReadonlySet<string>;
  readonly #lines = new LineCounter();
  readonly #above: number;
  readonly #targets = new Map<Alias, YamlValue>();
  readonly #keys = new Map<YAMLMap, Map<string, YamlValue>>();
  readonly #lineOf = new Map<YAMLMap, readonly YAMLMap[]>();

  /**
   * Reads a text, as much of it as can be read; see `problem`.
   * @param above lines before it in its file
   * @throws RangeError where it is nested too deeply
   */
  constructor(text: string, above = 0) {
    this.#above = above;
    const documents = parseAllDocuments(text, {
      lineCounter: this.#lines,
      uniqueKeys: false,
      strict: false,
      prettyErrors: false,
      logLevel: 'silent',
      keepSourceTokens: false,
    });
    const roots: YamlValue[] = [];
    let problem: YamlTree['problem'];
    for (const document of documents) {
      const [error] = document.errors;
      if (error) problem ??= { text: error.message, ...this.#position(error.pos[0]) };
      const contents = document.contents as Node | null;
      if (!contents) continue;
      this.#resolveAliases(contents);
      const root = this.#resolved(contents);
      if (root) roots.push(root);
    }
    this.roots = roots;
    this.placeholderNames = placeholderNamesIn(text);
    this.problem = problem;
  }

  /** Every map and list in the order of the text, each once where it is written, with the keys that lead to it from the document's beginning. */
  *nodes(): Generator<{ readonly node: YAMLMap | YAMLSeq; readonly path: KeyPath | undefined }, void> {
    const stack: { readonly node: YamlValue; readonly path: KeyPath | undefined }[] = this.roots
      .map((node) => ({ node, path: undefined }))
      .reverse();
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { node, path } = next;
      if (isScalar(node)) continue;
      yield { node, path };
      const children = (node.items as readonly unknown[]).map((item) => {
        const child = isPair(item) ? item.value : item;
        return { node: child as YamlValue, path: isPair(item) ? { key: keyText(item), parent: path } : path };
      });
      for (let index = children.length - 1; index >= 0; index--) {
        if (isValue(children[index]!.node)) stack.push(children[index]!);
      }
    }
  }

  /** The value of a key, also of one that is merged in (`<<`). */
  get(map: YAMLMap, key: string): YamlValue | undefined {
    const own = this.#keysOf(map);
    if (!own.has('<<')) return own.get(key);
    for (const each of this.#line(map)) {
      const value = this.#keysOf(each).get(key);
      if (value) return value;
    }
    return undefined;
  }

  /** A map and those that are merged into it, the nearest first. */
  #line(map: YAMLMap): readonly YAMLMap[] {
    let line = this.#lineOf.get(map);
    if (line) return line;
    const seen = new Set<YAMLMap>();
    const waiting = [map];
    for (let next = waiting.shift(); next && seen.size < maxMerges; next = waiting.shift()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const merged = this.#keysOf(next).get('<<');
      if (isMap(merged)) {
        waiting.push(merged);
      } else if (isSeq(merged)) {
        for (const item of this.items(merged).slice(0, maxMerges)) if (isMap(item)) waiting.push(item);
      }
    }
    this.#lineOf.set(map, (line = [...seen]));
    return line;
  }

  /** The keys that are written in a map itself. */
  entries(map: YAMLMap): YamlEntry[] {
    return [...this.#keysOf(map)].map(([key, value]) => ({ key, value }));
  }

  /** The keys of a map, also those that are merged in (`<<`), of which some are left out where there are very many. */
  mergedEntries(map: YAMLMap): YamlEntry[] {
    const own = this.#keysOf(map);
    if (!own.has('<<')) return this.entries(map);
    const keys = new Map(own);
    for (const each of this.#line(map)) {
      for (const [key, value] of this.#keysOf(each)) {
        if (keys.size >= own.size + maxMerged) break;
        if (!keys.has(key)) keys.set(key, value);
      }
    }
    return [...keys].map(([key, value]) => ({ key, value }));
  }

  /** The items of a list. */
  items(list: YAMLSeq): YamlValue[] {
    return (list.items as readonly Node[]).map((item) => this.#resolved(item)).filter((item) => item !== undefined);
  }

  /** Where a node begins. */
  at(node: YamlValue): Position {
    return this.#position(node.range?.[0] ?? 0);
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line) + this.#above, column: Math.max(1, col) };
  }

  #keysOf(map: YAMLMap): Map<string, YamlValue> {
    let keys = this.#keys.get(map);
    if (!keys) {
      keys = new Map();
      for (const pair of map.items) {
        const value = this.#resolved(pair.value as Node | null);
        // Of a key that is written twice, the last counts, as for most programs.
        if (value) keys.set(keyText(pair), value);
      }
      this.#keys.set(map, keys);
    }
    return keys;
  }

  #resolved(node: Node | null | undefined): YamlValue | undefined {
    if (isAlias(node)) return this.#targets.get(node);
    return isValue(node) ? node : undefined;
  }

  /** An alias means the last anchor of that name above it. The parser's own look-up goes over the whole document for each. */
  #resolveAliases(contents: Node): void {
    const anchors = new Map<string, YamlValue>();
    const stack: unknown[] = [contents];
    while (stack.length > 0) {
      const node = stack.pop();
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) this.#targets.set(node, target);
      } else if (isPair(node)) {
        stack.push(node.value, node.key);
      } else if (isValue(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        if (!isScalar(node)) for (let index = node.items.length - 1; index >= 0; index--) stack.push(node.items[index]);
      }
    }
  }
}

/** Keys from the innermost outwards. */
export interface KeyPath {
  readonly key: string;
  readonly parent: KeyPath | undefined;
}

/** Names in `{{ … }}`, `${{ … }}`, `$(…)`, `<< … >>`. */
function placeholderNamesIn(text: string): Set<string> {
  const names = new Set<string>();
  const plain = unmasked(text);
  for (const found of plain.matchAll(/\{\{([^{}]{0,300})\}\}|\$\(([\w.-]{1,100})\)|<<\s*([\w.-]{1,100})\s*>>/g)) {
    for (const word of (found[1] ?? found[2] ?? found[3] ?? '').split(/[^\w-]+/)) if (word !== '') names.add(word);
  }
  return names;
}

/** A scalar's text as it is written, so that `1.10` stays `1.10`; empty for null, undefined for maps and lists. */
export function scalarText(node: YamlValue | undefined): string | undefined {
  if (!isScalar(node)) return undefined;
  if (typeof node.value === 'string') return unmasked(node.value);
  return node.value === null || node.value === undefined ? '' : (node.source ?? '');
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? unmasked(String(pair.key.value)) : '';
}

function isValue(node: unknown): node is YamlValue {
  return isScalar(node) || isMap(node) || isSeq(node);
}
