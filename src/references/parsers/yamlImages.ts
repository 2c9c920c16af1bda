import { isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { ArtifactSources } from './artifactSources.ts';
import { readComposeList, readComposeMap } from './composeImages.ts';
import { fileValues } from './fileValues.ts';
import type { Findings, Position } from '../images/foundReferences.ts';
import { GitlabVariables } from './gitlabVariables.ts';
import { ImageAdder } from './imageAdder.ts';
import { imageKeyOf } from './imageKey.ts';
import type { Lookup } from './interpolate.ts';
import { readJobList, readJobMap } from './jobImages.ts';
import { KeyedImages } from './keyedImages.ts';
import { readRenamed } from './renamedImages.ts';
import type { Scope } from './resolveText.ts';
import { maskTemplate } from './templateMask.ts';
import { readTemplateLines } from './templateLines.ts';
import { hasVariable, isRepositoryText, isVersioned } from './wholeImage.ts';
import type { YamlKind } from './yamlKind.ts';
import { scalarText, YamlTree, type KeyPath, type YamlValue } from './yamlTree.ts';

/** Longer texts are not looked into for `name=value`. */
const longestText = 4000;

/** What to read images from. */
export interface YamlImages {
  readonly tree: YamlTree;
  readonly kind: YamlKind;
  /** Ways in which the variables of a Compose file may be set, the nearest file first; none where no file sets any. */
  readonly environments: readonly Lookup[];
  readonly findings: Findings;
  /** Whether the tree is a text of another one; such a text in it is not looked into. Default false. */
  readonly isEmbedded?: boolean;
}

/** What is known of a file when its images have been read. */
export interface ReadYaml {
  /** The ways in which variables may be filled in where nothing else is known. */
  readonly scopes: readonly Scope[];
  /** Lines in which something was read at a key that names an image. */
  readonly lines: ReadonlySet<number>;
}

/**
 * The images of a YAML file, whatever it is: keys that say something of an image, alone or together, wherever they stand; every scalar that is
 * an image from end to end; and what each kind of file writes in its own way. More than is deployed may be found so, never less.
 */
export function readYamlImages({ tree, kind, environments, findings, isEmbedded = false }: YamlImages): ReadYaml {
  const placeholder = fileValues(tree);
  const unknown: Lookup = (name) =>
    kind === 'compose' || kind === 'gitlab' ? undefined : substitution(placeholder, name);
  const scopes: readonly Scope[] =
    kind === 'compose' && environments.length > 0
      ? environments.map((variable) => ({ variable, placeholder }))
      : [{ variable: unknown, placeholder }];
  const gitlab = kind === 'gitlab' ? new GitlabVariables(tree) : undefined;
  const gitlabScopes = new Map<readonly Lookup[], readonly Scope[]>();
  const scopesAt = (path: KeyPath | undefined): readonly Scope[] => {
    const ways = gitlab?.at(path);
    if (!ways) return scopes;
    let found = gitlabScopes.get(ways);
    if (!found) gitlabScopes.set(ways, (found = ways.map((variable) => ({ variable, placeholder }))));
    return found;
  };
  const reader = new YamlReader(tree, kind, isEmbedded);
  for (const { node, path } of tree.nodes()) {
    const adder = new ImageAdder({ tree, kind, scopes: scopesAt(path), findings });
    if (isMap(node)) reader.readMap(adder, node, path);
    else reader.readList(adder, node, path);
  }
  return { scopes: scopesAt(undefined), lines: reader.lines };
}

/** A variable that the file itself gives a value to: `_TAG` of Cloud Build, those of Azure's and Flux's files. */
function substitution(placeholder: ReturnType<typeof fileValues>, name: string): string | undefined {
  const known = placeholder(`substitutions.${name}`) ?? placeholder(`variables.${name}`) ?? placeholder(`env.${name}`);
  return known?.values.length === 1 ? known.values[0] : undefined;
}

/** Finds the place of a piece of a scalar: its line where the text is written as it stands, else that of the scalar. */
function placeIn(value: YamlValue, text: string, at: Position): (index: number) => Position {
  if (!isScalar(value) || value.type !== 'BLOCK_LITERAL') return () => at;
  let [line, last] = [at.line + 1, 0];
  return (index) => {
    for (let next = text.indexOf('\n', last); next >= 0 && next < index; next = text.indexOf('\n', last)) {
      line++;
      last = next + 1;
    }
    return { line, column: 1 };
  };
}

class YamlReader {
  readonly lines = new Set<number>();
  readonly #tree: YamlTree;
  readonly #kind: YamlKind;
  readonly #isEmbedded: boolean;
  readonly #keyed: KeyedImages;
  readonly #sources: ArtifactSources;

  constructor(tree: YamlTree, kind: YamlKind, isEmbedded: boolean) {
    this.#tree = tree;
    this.#kind = kind;
    this.#isEmbedded = isEmbedded;
    this.#keyed = new KeyedImages((name) => tree.placeholderNames.has(name));
    this.#sources = new ArtifactSources(tree);
  }

  readMap(adder: ImageAdder, map: YAMLMap, path: KeyPath | undefined): void {
    for (const { key, value } of this.#tree.entries(map)) {
      if (scalarText(value) && imageKeyOf(key)) this.lines.add(this.#tree.at(value).line);
      this.#readScalar(adder, key, value);
    }
    this.#keyed.readMap(adder, map, path);
    this.#readNamed(adder, map);
    this.#sources.readMap(adder, map);
    readJobMap(adder, map, path);
    if (this.#kind === 'compose') readComposeMap(adder, map, path);
  }

  readList(adder: ImageAdder, list: YAMLSeq, path: KeyPath | undefined): void {
    const items = this.#tree.items(list);
    items.forEach((item, index) => {
      this.#readScalar(adder, path?.key ?? '', item);
      const text = scalarText(item);
      if (text === undefined) return;
      // The axis of a matrix.
      if (path && /image$/i.test(path.key)) {
        adder.addIfVersioned(text, this.#tree.at(item));
        if (hasVariable(text)) adder.addNode(item);
      }
      const before = index > 0 ? scalarText(items[index - 1]) : undefined;
      if (
        before !== undefined &&
        /^--?[\w.-]*image$/i.test(before) &&
        (isRepositoryText(text) || isVersioned(text) || hasVariable(text))
      ) {
        adder.addNode(item);
      }
    });
    if (path?.key === 'images') for (const item of items) readRenamed(adder, item);
    this.#keyed.readVariables(adder, items);
    if (path) this.#keyed.readParameters(adder, items, path);
    readJobList(adder, list, path);
    if (this.#kind === 'compose') readComposeList(adder, list, path);
  }

  /** A scalar wherever it stands. */
  #readScalar(adder: ImageAdder, key: string, value: YamlValue): void {
    const text = scalarText(value);
    if (!text) return;
    const at = this.#tree.at(value);
    if (this.#kind === 'kubernetes' && /^(?:bundle|package)$/.test(key) && isRepositoryText(text)) adder.add(text, at);
    if (!adder.addIfWhole(text, at) && /^docker:\/\//i.test(text)) adder.add(text, at);
    if (text.length > longestText) return this.#readEmbedded(adder, key, value, text);
    if (/^(?:tags?|images?)$/i.test(key) && /[\s,]/.test(text)) {
      for (const found of text.matchAll(/(?:\{\{[^{}]*\}\}|<<[^<>]*>>|[^\s,])+/g)) adder.addIfWhole(found[0], at);
    }
    if (text.includes('=') && key !== 'dockerfile_inline') this.#readWords(adder, key, text, placeIn(value, text, at));
    this.#readEmbedded(adder, key, value, text);
  }

  /** `name=value`: an argument, a variable of a list, an Ansible module in one line. */
  #readWords(adder: ImageAdder, key: string, text: string, place: (index: number) => Position): void {
    const words: { readonly key: string; readonly text: string; readonly at: Position }[] = [];
    for (const found of text.matchAll(
      /(?<![^\s,;])-{0,2}([A-Za-z_][\w.-]*)=("[^"\n]*"|'[^'\n]*'|(?:[^\s,;{]|\{\{[^{}]*\}\}|\{)+)/g,
    )) {
      const [whole, name, written] = found as unknown as [string, string, string];
      const value = written.replace(/^(["'])(.*)\1$/, '$2');
      const at = place(found.index);
      words.push({ key: name, text: value, at });
      if (adder.addIfWhole(value, at)) continue;
      // Alone in its scalar, and named so, it is an image whatever it says.
      if (whole === text.trim() && /image$/i.test(name) && (isRepositoryText(value) || hasVariable(value))) {
        adder.add(value, at);
      }
    }
    if (words.length > 1 && /(?:docker|podman)_\w+$/.test(key)) {
      this.#keyed.readWords(adder, words, /_image(?:_pull)?$/.test(key));
    }
  }

  /** What is an image by the name beside it: the variable of an operator, `{name: WEB_IMAGE, value: acme/web:1}`, and the operation of a JSON patch. */
  #readNamed(adder: ImageAdder, map: YAMLMap): void {
    const value = this.#tree.get(map, 'value') ?? this.#tree.get(map, 'default');
    const text = scalarText(value);
    if (!value || !text) return;
    const name = scalarText(this.#tree.get(map, 'name')) ?? '';
    if (/image/i.test(name)) adder.addIfVersioned(text, this.#tree.at(value));
    if (/image$/i.test(name) && (isRepositoryText(text) || hasVariable(text)) && !name.includes('.')) {
      adder.add(text, this.#tree.at(value));
    }
    if (/^(?:bundle|package)$/.test(name)) adder.addNode(value);
    const path = scalarText(this.#tree.get(map, 'path')) ?? '';
    if (/\/[\w-]*image$/i.test(path)) adder.addNode(value);
    else if (/tag$/i.test(path)) this.#keyed.readPatch(adder, path, value);
  }

  /** YAML that is written into a file as a text: a patch of Kustomize, also in one line, the values of a chart, a file of a ConfigMap. */
  #readEmbedded(adder: ImageAdder, key: string, value: YamlValue, text: string): void {
    if (this.#isEmbedded || !isScalar(value) || !/image|tag["']?\s*:|repository/i.test(text)) return;
    const isBlock = value.type === 'BLOCK_LITERAL' || value.type === 'BLOCK_FOLDED';
    if (!isBlock && !/^\s*[[{]/.test(text)) return;
    const isManifest = this.#kind === 'kubernetes' || this.#kind === 'kustomization';
    if (!isManifest && !/^\s*(?:[[{]|- )|^[\w"'.-]+:(?:\s|$)/m.test(text)) return;
    const above = this.#tree.at(value).line - (isBlock ? 0 : 1);
    let tree: YamlTree;
    try {
      tree = new YamlTree(maskTemplate(text), above);
    } catch {
      // Too deep for the parser.
      return;
    }
    if (tree.problem) {
      if (isManifest) readTemplateLines(text, adder.findings, { above });
      return;
    }
    if (!tree.roots.some((root) => isMap(root) || isSeq(root))) return;
    const kind = /^values/i.test(key) ? 'helmValues' : this.#kind;
    readYamlImages({ tree, kind, environments: [], findings: adder.findings, isEmbedded: true });
  }
}
