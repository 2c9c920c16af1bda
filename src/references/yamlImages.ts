import { isMap, isScalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { readDockerfile } from './dockerfile.ts';
import type { FileKind } from './fileKind.ts';
import type { Findings, Position } from './foundReferences.ts';
import { parseImageName } from './imageName.ts';
import type { Lookup } from './interpolate.ts';
import { gitlabVariables } from './gitlabVariables.ts';
import { resolveText } from './resolveText.ts';
import { readTemplateLines } from './templateLines.ts';
import { scalarText, YamlTree, type KeyPath, type YamlValue } from './yamlTree.ts';

/** What a YAML file is, after a look into it. */
export type YamlKind = Exclude<FileKind, 'dockerfile' | 'devcontainer'> | 'kubernetes';

/** What a file is that only its contents tell. */
export function yamlKind(kind: YamlKind, tree: YamlTree, text: string): YamlKind {
  if (kind !== 'yaml') return kind;
  // The template of a chart need not be YAML.
  if (/^apiVersion:/m.test(text) && /^kind:/m.test(text)) return 'kubernetes';
  for (const root of tree.roots) {
    if (!isMap(root)) continue;
    if (isScalar(tree.get(root, 'apiVersion')) && isScalar(tree.get(root, 'kind'))) return 'kubernetes';
    const services = tree.get(root, 'services');
    if (isMap(services) && tree.entries(services).some(({ value }) => isMap(value) && (tree.get(value, 'image') ?? tree.get(value, 'build')))) return 'compose';
  }
  return 'yaml';
}

/**
 * The images of a YAML file, whatever it is: every key that ends in `image`, whether its value is a text or a map of repository and tag,
 * wherever it stands; and what each kind of file writes in its own way. More than is deployed may be found so, never less.
 * @param environment values for the variables of a Compose file
 */
export function readYamlImages(tree: YamlTree, kind: YamlKind, environment: Lookup, findings: Findings): void {
  readTree(tree, kind, (path) => (kind === 'compose' ? environment : kind === 'gitlab' ? gitlabVariables(tree, path) : () => undefined), findings, false);
}

function readTree(tree: YamlTree, kind: YamlKind, lookupAt: (path: KeyPath | undefined) => Lookup, findings: Findings, isEmbedded: boolean): void {
  for (const { node, path } of tree.nodes()) {
    const reader = new ImageReader({ tree, kind, lookup: lookupAt(path), findings, isEmbedded });
    if (isMap(node)) reader.readMap(node, path);
    else reader.readList(node, path);
  }
}

interface ReaderParts {
  readonly tree: YamlTree;
  readonly kind: YamlKind;
  readonly lookup: Lookup;
  readonly findings: Findings;
  /** Whether the tree is a text of another one; such a text in it is not looked into. */
  readonly isEmbedded: boolean;
}

class ImageReader {
  readonly #tree: YamlTree;
  readonly #kind: YamlKind;
  readonly #lookup: Lookup;
  readonly #findings: Findings;

  readonly #isEmbedded: boolean;

  constructor({ tree, kind, lookup, findings, isEmbedded }: ReaderParts) {
    this.#tree = tree;
    this.#kind = kind;
    this.#lookup = lookup;
    this.#findings = findings;
    this.#isEmbedded = isEmbedded;
  }

  readMap(map: YAMLMap, path: KeyPath | undefined): void {
    for (const { key, value } of this.#tree.entries(map)) {
      if (/image$/i.test(key)) this.#readImage(key, value, map);
      else if (key === 'uses') this.#readUses(value);
      else if (key === 'container' && this.#kind === 'githubActions') this.#addScalar(value);
      this.#readEmbedded(value);
    }
    this.#readNamed(map);
    if (path !== undefined && /image$/i.test(path.key)) this.#readParts(map, true);
    else if (isScalar(this.#tree.get(map, 'repository')) && (this.#tree.get(map, 'tag') ?? this.#tree.get(map, 'digest'))) this.#readParts(map, false);
    if (path?.key === 'build' || path?.key === 'args' || path?.key === 'additional_contexts') this.#readBuild(map, path.key);
  }

  readList(list: YAMLSeq, path: KeyPath | undefined): void {
    const items = this.#tree.items(list);
    for (const item of items) this.#readEmbedded(item);
    // The axis of a matrix.
    if (path && /image$/i.test(path.key)) for (const item of items) this.#addIfVersioned(scalarText(item), item);
    if (path?.key === 'images') for (const item of items) this.#readListed(item);
    else if (path?.key === 'services' && this.#kind === 'gitlab') for (const item of items) this.#addScalar(isMap(item) ? this.#tree.get(item, 'name') : item);
    else if (this.#kind === 'compose' && path?.key === 'cache_from') for (const item of items) this.#addIfVersioned(scalarText(item)?.replace(/^type=registry,ref=/, ''), item);
    else if (this.#kind === 'compose' && (path?.key === 'args' || path?.key === 'additional_contexts')) {
      for (const item of items) this.#addIfVersioned(/^[^=]*=(.*)$/.exec(scalarText(item) ?? '')?.[1], item);
    }
  }

  /** `image: acme/web:1`, with the tag beside it in `tag` or `imageTag`, as older charts have it; or a map. */
  #readImage(key: string, value: YamlValue, map: YAMLMap): void {
    if (isMap(value)) return this.#readParts(value, true);
    const text = scalarText(value);
    if (!text || (key.toLowerCase() !== 'image' && !isVersioned(text) && !/\$|\{\{/.test(text))) return;
    const tag = this.#tree.get(map, `${key}Tag`) ?? (key === 'image' && (this.#kind === 'helmValues' || this.#kind === 'yaml') ? this.#tree.get(map, 'tag') : undefined);
    if (tag && scalarText(tag) !== undefined && !isVersioned(text)) this.#addParts(text, tag, undefined, this.#tree.at(tag));
    else this.#addScalar(value);
  }

  /** What is an image by the name beside it: the variable of an operator, `{name: WEB_IMAGE, value: acme/web:1}`, and the operation of a JSON patch. */
  #readNamed(map: YAMLMap): void {
    const value = this.#tree.get(map, 'value');
    if (!value) return;
    if (/image/i.test(scalarText(this.#tree.get(map, 'name')) ?? '')) this.#addIfVersioned(scalarText(value), value);
    if (/\/image$/.test(scalarText(this.#tree.get(map, 'path')) ?? '')) this.#addScalar(value);
  }

  /** YAML that is written into a manifest as a text: a patch of Kustomize, a file of a ConfigMap. */
  #readEmbedded(value: YamlValue): void {
    if (this.#isEmbedded || (this.#kind !== 'kubernetes' && this.#kind !== 'kustomization') || !isScalar(value) || value.type !== 'BLOCK_LITERAL') return;
    const text = scalarText(value);
    if (!text || !/image["']?\s*(?::|$)/im.test(text)) return;
    const above = this.#tree.at(value).line;
    const tree = new YamlTree(text, above);
    if (tree.problem) readTemplateLines(text, this.#findings, above);
    else readTree(tree, this.#kind, () => () => undefined, this.#findings, true);
  }

  /** `{registry, repository, tag, digest}`, `{reference}` of a volume, and `{name, …}` of GitLab and Kustomize's like. */
  #readParts(map: YAMLMap, isImage: boolean): void {
    if (isImage) this.#addScalar(this.#tree.get(map, 'reference'));
    const repository = this.#tree.get(map, 'repository');
    const name = this.#tree.get(map, 'name');
    const named = repository ?? name;
    const text = scalarText(named);
    if (!named || !text) return;
    const tag = this.#tree.get(map, 'tag');
    if (!repository && !tag && this.#kind === 'gitlab') return this.#addScalar(name);
    if (!repository && !tag) return;
    const registry = scalarText(this.#tree.get(map, 'registry'));
    const digest = scalarText(this.#tree.get(map, 'digest')) || undefined;
    const full = registry ? `${registry.replace(/\/$/, '')}/${text}` : text;
    if (isVersioned(text)) return this.#add(full, this.#tree.at(named));
    // A chart without a tag takes its own version, which stands elsewhere.
    if (isImage || tag || digest) this.#addParts(full, tag, digest, this.#tree.at(tag && scalarText(tag) ? tag : named));
  }

  #addParts(name: string, tag: YamlValue | undefined, digest: string | undefined, at: Position): void {
    const texts = new Set([scalarText(tag) ?? '']);
    // Helm reads 1.10 without quotes as the number 1.1; who wrote it means 1.10. Both stay.
    if (isScalar(tag) && typeof tag.value === 'number') texts.add(String(tag.value));
    for (const text of texts) {
      const suffix = `${text === '' ? '' : `:${text}`}${digest === undefined ? '' : `@${digest}`}`;
      if (suffix !== '') this.#add(`${name}${suffix}`, at);
      else this.#findings.addResolved([...resolveText(name, this.#lookup, undefined).parts, ':', undefined], name, at);
    }
  }

  /** An entry of Kustomize's `images`, or a plain one. */
  #readListed(item: YamlValue): void {
    // On a command line, and in Argo CD's files, an entry is written as `old=new`.
    if (!isMap(item)) return this.#addIfVersioned(scalarText(item)?.replace(/^[^=]*=/, ''), item);
    const [name, newName, newTag, digest, suffix] = ['name', 'newName', 'newTag', 'digest', 'tagSuffix'].map((key) => this.#tree.get(item, key));
    const text = scalarText(newName) || scalarText(name);
    if (!text || !(newName ?? newTag ?? digest ?? suffix)) return;
    const at = this.#tree.at((newTag ?? digest ?? newName ?? suffix)!);
    const [tag, pinned] = [scalarText(newTag), scalarText(digest)];
    if (pinned) this.#add(`${text}@${pinned}`, at);
    if (tag) this.#add(`${text}:${tag}${suffix ? (scalarText(suffix) ?? '') : ''}`, at);
    if (!pinned && !tag) this.#findings.addResolved([...resolveText(text, this.#lookup, undefined).parts, ':', undefined], text, at);
  }

  #readUses(value: YamlValue): void {
    if (scalarText(value)?.startsWith('docker://')) this.#addScalar(value);
  }

  /** What a Compose file builds from: arguments that are images, other contexts, a Dockerfile written into it. */
  #readBuild(map: YAMLMap, key: string): void {
    if (key === 'build') {
      const inline = this.#tree.get(map, 'dockerfile_inline');
      const text = scalarText(inline);
      if (inline && text) readDockerfile(text, this.#findings, this.#tree.at(inline).line + 1);
      return;
    }
    for (const { value } of this.#tree.entries(map)) this.#addIfVersioned(scalarText(value), value);
  }

  /** A value that may be anything: an image only when it has a tag or a digest. */
  #addIfVersioned(text: string | undefined, node: YamlValue): void {
    if (text === undefined || !isVersioned(text)) return;
    const { parts } = resolveText(text, this.#lookup, this.#escape);
    if (parts.includes(undefined) ? /^[\w.-]+\/[\w./-]+[:@]/.test(text) : parseImageName(parts.join(''))) this.#add(text, this.#tree.at(node));
  }

  #addScalar(node: YamlValue | undefined): void {
    const text = scalarText(node);
    if (node && text) this.#add(text, this.#tree.at(node));
  }

  #add(text: string, at: Position): void {
    const { parts, usesDefault } = resolveText(text, this.#lookup, this.#escape);
    this.#findings.addResolved(parts, text, at);
    if (usesDefault && !parts.includes(undefined)) this.#findings.addOverridable(parts, text, at);
  }

  get #escape(): '$$' | undefined {
    return this.#kind === 'compose' ? '$$' : undefined;
  }
}

/** Whether a text that may be an image has a tag or a digest. */
function isVersioned(text: string): boolean {
  return /[^\s/]:[^\s/]+$|@/.test(text.replace(/^docker(?:-image)?:\/\//, '').replace(/\$\{[^}]*\}/g, 'x').replace(/\{\{[^}]*\}\}/g, 'x'));
}
