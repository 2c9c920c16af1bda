import { isMap, isSeq, type YAMLMap } from 'yaml';
import type { ImageAdder } from './imageAdder.ts';
import { withoutScheme } from './wholeImage.ts';
import { scalarText, type YamlTree } from './yamlTree.ts';

/** A chart's version that names one: no range of them. */
const exact = /^v?\d+\.\d+(?:\.\d+)?(?:[-+][\w.+-]*)?$/;
/** Hosts of Docker Hub, as `repoURL` has them without `oci://`. */
const hub = /^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)\//i;

/**
 * Charts and other artifacts that a registry keeps and a map names: a dependency of a chart, a source of Argo CD or Flux, a release of
 * Helmfile. Their names, addresses and versions stand at keys of their own.
 */
export class ArtifactSources {
  /** Registries by the names that the file gives them: those of Flux's `HelmRepository`, and Helmfile's `repositories`. */
  readonly #registries = new Map<string, string>();
  /** Names of repositories of charts that are no registry of Docker Hub. */
  readonly #others = new Set<string>();
  readonly #tree: YamlTree;

  constructor(tree: YamlTree) {
    this.#tree = tree;
    for (const root of tree.roots) {
      if (!isMap(root)) continue;
      const text = (map: unknown, key: string) => (isMap(map) ? (scalarText(tree.get(map, key)) ?? '') : '');
      const url = text(tree.get(root, 'spec'), 'url');
      if (text(root, 'kind') === 'HelmRepository' && url.startsWith('oci://')) {
        this.#registries.set(text(tree.get(root, 'metadata'), 'name'), url);
      } else if (text(root, 'kind') === 'HelmRepository') {
        this.#others.add(text(tree.get(root, 'metadata'), 'name'));
      }
      const listed = tree.get(root, 'repositories');
      for (const item of isSeq(listed) ? tree.items(listed) : []) {
        if (text(item, 'oci') === 'true') {
          this.#registries.set(text(item, 'name'), `oci://${text(item, 'url').replace(/^oci:\/\//, '')}`);
        }
      }
    }
  }

  /** Adds the artifact that a map names, if it is one. */
  readMap(adder: ImageAdder, map: YAMLMap): void {
    const node = (key: string) => this.#tree.get(map, key);
    const text = (key: string) => scalarText(node(key)) ?? '';
    const add = (address: string, versionKey: string, name = ''): void => {
      const version = text(versionKey);
      const at = this.#tree.at(node(versionKey) ?? map);
      const full = `${withoutScheme(address).replace(/\/+$/, '')}${name === '' ? '' : `/${name}`}`;
      if (exact.test(version)) adder.add(`${full}:${version.replaceAll('+', '_')}`, at);
      else if (name === '' && /^\w[\w.-]*$/.test(version)) adder.add(`${full}:${version}`, at);
      else adder.addUntagged(full, at);
    };
    const isAddress = (address: string): boolean => address.startsWith('oci://') || hub.test(address);
    const [chart, name] = [text('chart'), text('name')];
    if (chart.startsWith('oci://')) {
      add(chart, node('targetRevision') ? 'targetRevision' : 'version');
    } else if (chart !== '') {
      const source = node('sourceRef');
      const known = this.#registries.get(
        isMap(source) ? (scalarText(this.#tree.get(source, 'name')) ?? '') : chart.split('/', 1)[0]!,
      );
      const address = [text('repoURL'), text('repo'), text('repository')].find(isAddress) ?? known;
      if (address !== undefined) {
        add(
          address,
          node('targetRevision') ? 'targetRevision' : 'version',
          isMap(source) || !chart.includes('/') ? chart : chart.slice(chart.indexOf('/') + 1),
        );
      } else if (
        isMap(source) &&
        scalarText(this.#tree.get(source, 'kind')) === 'HelmRepository' &&
        !this.#others.has(scalarText(this.#tree.get(source, 'name')) ?? '') &&
        /^[\w.-]+$/.test(chart)
      ) {
        // The registry stands in another file, and may be Docker Hub.
        adder.findings.addResolved(
          [undefined, '/', chart, ':', text('version')],
          `${chart}:${text('version')}`,
          this.#tree.at(node('chart')!),
        );
      }
    } else if (text('repoURL').startsWith('oci://') && node('targetRevision')) {
      add(text('repoURL'), 'targetRevision');
    } else if (name !== '' && node('version')) {
      const address = [text('repository'), text('repo')].find(isAddress);
      if (address !== undefined) add(address, 'version', name);
    }
    const [url, ref] = [text('url'), node('ref')];
    if (
      !url.startsWith('oci://') ||
      (ref && !isMap(ref)) ||
      text('type') === 'oci' ||
      (!ref && this.#registries.size > 0 && [...this.#registries.values()].includes(url))
    ) {
      return;
    }
    const [tag, digest] = ['tag', 'digest'].map((key) => (isMap(ref) ? this.#tree.get(ref, key) : undefined));
    const address = withoutScheme(url);
    if (scalarText(digest)) adder.add(`${address}@${scalarText(digest)}`, this.#tree.at(digest!));
    if (scalarText(tag)) adder.add(`${address}:${scalarText(tag)}`, this.#tree.at(tag!));
    if (!scalarText(digest) && !scalarText(tag)) {
      if (isMap(ref) && this.#tree.get(ref, 'semver')) adder.addUntagged(address, this.#tree.at(node('url')!));
      else adder.add(address, this.#tree.at(node('url')!));
    }
  }
}
