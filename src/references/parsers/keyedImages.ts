import { isMap, type YAMLMap } from 'yaml';
import type { ImageAdder } from './imageAdder.ts';
import { keyedText } from './imageAdder.ts';
import { isImageKey, normalizedKey } from './imageKey.ts';
import { pairImages, type KeyedText, type PairedImage, type PairedImages, type UnpairedTag } from './pairedImages.ts';
import { hasVariable, isRepositoryText, isVersioned, withoutScheme } from './wholeImage.ts';
import { scalarText, type KeyPath, type YamlEntry, type YamlValue } from './yamlTree.ts';

/** Where a map stands. */
interface Place {
  readonly adder: ImageAdder;
  /** The keys that lead to it, as `LoneTag.keys` has them. */
  readonly keys: readonly string[];
  /** Whether it is part of a chart's values, in which a tag may stand for itself anywhere. */
  readonly isValues: boolean;
  /** Whether the map as a whole is an image. */
  readonly isImage: boolean;
}

/** Maps in which the image of a job stands, so that a name without a tag is one of `latest`. */
const runs: ReadonlySet<string> = new Set(['gitlab', 'githubActions', 'ci', 'compose']);
/** Keys below which the values of a chart stand in another file: a HelmRelease, an Application of Argo CD. */
const valuesKey = /^(?:values(?:object|inline|content)?|set(?:string|values?)?)$/;

/** Collects what maps say of images at several keys; each map is looked at with the one around it. */
export class KeyedImages {
  /** Maps whose tag stands beside them. */
  readonly #tagged = new WeakSet<YAMLMap>();
  /** Names that placeholders of the file use: a tag of such a name is no lone one. */
  readonly #names: (name: string) => boolean;

  constructor(isUsedName: (name: string) => boolean) {
    this.#names = isUsedName;
  }

  /** Reads a map: what stands in it, and the images below it whose tag stands in it. */
  readMap(adder: ImageAdder, map: YAMLMap, path: KeyPath | undefined): void {
    if (isRenamed(adder, map, path)) return;
    const { keys, isValues } = placeOf(path, adder.kind === 'helmValues');
    const entries = adder.tree.mergedEntries(map);
    const isImage = isImageMap(adder, path);
    const texts = adder.textsOf(entries);
    const taken = this.#readInner(adder, entries, texts);
    const plain = texts.filter((text) => !taken.has(text) && (!text.key.includes('.') || text.key.includes('/')));
    if (path?.key === 'images' && adder.kind !== 'kustomization') readNames(adder, plain);
    const place: Place = { adder, keys, isValues, isImage };
    const paired = pairImages(plain, isImage);
    if (this.#tagged.has(map)) for (const image of paired.images) noteRepository(image, place);
    else this.#take(paired, place);
    const flat = texts.filter(({ key }) => key.includes('.') && !key.includes('/'));
    if (flat.length > 0) this.#readFlat(adder, flat, keys, true);
  }

  /** Reads a list of `{name: image.tag, value: v1}`, as Argo CD and Helmfile write a chart's values. */
  readParameters(adder: ImageAdder, items: readonly YamlValue[], path: KeyPath): void {
    if (!/^(?:parameters|set(?:String|Values?)?|values)$/.test(path.key)) return;
    const texts = items.flatMap((item): KeyedText[] => {
      const [name, value] = isMap(item)
        ? [scalarText(adder.tree.get(item, 'name')), adder.tree.get(item, 'value')]
        : [];
      const text = scalarText(value);
      return name && value && text !== undefined ? [keyedText(name, text, value, adder.tree.at(value))] : [];
    });
    // Parameters of a pipeline are no values of a chart.
    if (path.key === 'parameters' && path.parent?.key !== 'helm') return;
    this.#readFlat(adder, texts, [], true);
  }

  /** Reads a list of variables, `WEB_IMAGE=acme/web` and `WEB_TAG=v3`, or `{name: WEB_IMAGE, value: acme/web}`. */
  readVariables(adder: ImageAdder, items: readonly YamlValue[]): void {
    const texts = items.flatMap((item): KeyedText[] => {
      const [, name, text] = isMap(item)
        ? [undefined, scalarText(adder.tree.get(item, 'name')), scalarText(adder.tree.get(item, 'value'))]
        : (/^([A-Za-z_][\w-]*)=(\S*)$/.exec(scalarText(item) ?? '') ?? []);
      return name === undefined || text === undefined || !/^[A-Za-z_][\w-]*$/.test(name)
        ? []
        : [{ key: name, text, at: adder.tree.at(item) }];
    });
    for (const image of pairImages(texts, false).images) {
      if ((image.tag?.text ?? image.digest?.text) && isRepositoryText(image.full)) adder.addPaired(image);
    }
  }

  /** Reads a JSON patch of a tag alone: `path: /spec/values/image/tag`. */
  readPatch(adder: ImageAdder, path: string, value: YamlValue): void {
    const keys = path.split('/').slice(1).map(normalizedKey);
    const last = keys.pop();
    const text = scalarText(value);
    if (!text || (last !== 'tag' && last !== 'imagetag') || (last === 'tag' && !isImageKey(keys.at(-1) ?? ''))) return;
    const inner = keys.slice(keys.findLastIndex((key) => valuesKey.test(key)) + 1);
    if (/^\w[\w.-]*$/.test(text)) {
      adder.findings.addLoneTag({
        keys: [...inner, ...(last === 'tag' ? [] : ['image'])].join('.'),
        tag: text,
        text: `${path}: ${text}`,
        ...adder.tree.at(value),
      });
    } else if (hasVariable(text)) {
      adder.findings.addResolved([undefined], text, adder.tree.at(value));
    }
  }

  /** Reads what stands in one line, `name=acme/web tag=v3`. */
  readWords(adder: ImageAdder, texts: readonly KeyedText[], isImage: boolean): void {
    for (const image of pairImages(texts, isImage).images) {
      takeImage(image, { adder, keys: [], isValues: false, isImage });
    }
  }

  /** Reads images that stand below the map, and their tags in the map. @returns these tags */
  #readInner(adder: ImageAdder, entries: readonly YamlEntry[], texts: readonly KeyedText[]): Set<KeyedText> {
    const taken = new Set<KeyedText>();
    const candidates: { readonly map: YAMLMap; readonly text: KeyedText }[] = [];
    for (const { key, value } of entries) {
      if (!isMap(value) || !isImageKey(key)) continue;
      const [inner] = pairImages(adder.textsOf(adder.tree.mergedEntries(value)), true).images;
      if (inner && !inner.tag && !inner.digest && !isVersioned(inner.full)) {
        candidates.push({ map: value, text: { key, text: inner.full, at: inner.name.at } });
      }
    }
    for (const { map, text } of candidates) {
      const found = pairImages([text, ...texts.filter(({ key }) => key !== text.key)], false).images.find(
        ({ name }) => name === text,
      );
      if (!found || !(found.tag?.text ?? found.digest?.text)) continue;
      adder.addPaired(found);
      if (found.isVersion) continue;
      this.#tagged.add(map);
      for (const part of [found.tag, found.digest]) {
        if (part && !candidates.some((other) => other.text === part)) taken.add(part);
      }
    }
    return taken;
  }

  #readFlat(adder: ImageAdder, texts: readonly KeyedText[], above: readonly string[], isValues: boolean): void {
    const groups = new Map<string, KeyedText[]>();
    for (const text of texts) {
      const dot = text.key.lastIndexOf('.');
      const prefix = dot < 0 ? '' : text.key.slice(0, dot);
      groups.set(prefix, [...(groups.get(prefix) ?? []), { ...text, key: text.key.slice(dot + 1) }]);
    }
    for (const [prefix, group] of groups) {
      const inner = prefix === '' ? [] : prefix.split('.').map(normalizedKey);
      const isImage = inner.length > 0 && isImageKey(inner.at(-1)!);
      this.#take(pairImages(group, isImage), { adder, keys: [...above, ...inner], isValues, isImage });
    }
  }

  #take({ images, lone }: PairedImages, place: Place): void {
    for (const image of images) {
      takeImage(image, place);
      noteRepository(image, place);
    }
    for (const tag of lone) this.#takeLone(tag, images.length > 0, place);
  }

  /** A tag without a name. */
  #takeLone(
    { entry, key: { role, base, namesImage } }: UnpairedTag,
    hasName: boolean,
    { adder, keys, isValues, isImage }: Place,
  ): void {
    const { text } = entry;
    if (runs.has(adder.kind) || (adder.kind === 'kustomization' && !isValues)) return;
    const isDigest = /^(?:sha256:)?[0-9a-f]{64}$/.test(text);
    const isTag = /^\w[\w.-]*$/.test(text) || hasVariable(text);
    if (role === 'digest' ? !isDigest : !isTag) return;
    const isMeant = isImage
      ? base === ''
      : namesImage || (isValues && role === 'tag' && (base === '' || /(?:docker|container)$/.test(base)));
    if (
      !isMeant ||
      (hasName && !namesImage && !isImage) ||
      (!isImage && !hasVariable(text) && this.#names(entry.key))
    ) {
      return;
    }
    const all = isImage || (!namesImage && base === '') ? keys : [...keys, `${base}image`];
    const known = adder.resolved(text);
    if (known === undefined) return adder.findings.addResolved([undefined], text, entry.at);
    const asDigest = known.includes(':') ? known : `sha256:${known}`;
    const digest = role === 'digest' ? asDigest : undefined;
    for (const each of new Set([known, entry.readAs ?? known])) {
      adder.findings.addLoneTag({
        keys: all.join('.'),
        ...(digest === undefined ? { tag: each } : { digest }),
        text: `${entry.key}: ${text}`,
        ...entry.at,
      });
    }
  }
}

function takeImage(image: PairedImage, { adder, isImage }: Place): void {
  const { name, role, full, tag, digest, isVersion } = image;
  const isKnown = tag !== undefined || digest !== undefined;
  const text = withoutScheme(full);
  const isAddress = /^[\w+.-]+:\/\//.test(text);
  if (role === 'image') {
    const isPlain = name.key.toLowerCase() === 'image';
    if (isKnown && !isAddress && (isPlain || isRepositoryText(text) || hasVariable(text) || isVersioned(text))) {
      adder.addPaired(image);
    }
    // A version may be that of something else; then the image has none.
    if (isPlain && (!isKnown || (isVersion && !isImage))) {
      adder.add(full === name.text || isKnown ? name.text : full, name.at);
    } else if (!isKnown && /image$/i.test(name.key)) {
      if (isVersioned(text) || (hasVariable(text) && !hasBlanks(text))) adder.add(name.text, name.at);
    } else if (!isKnown && /image[_-]?name$/i.test(name.key) && hasVariable(text)) {
      adder.add(name.text, name.at);
    } else if (!isKnown) {
      adder.addIfVersioned(full, name.at);
    }
    return;
  }
  // A chart's dependency names the registry here.
  if (isAddress || (!isImage && name.text.startsWith('oci://'))) return;
  if (role === 'repository') {
    if (isImage || (isKnown && (!isVersion || isRepositoryText(text) || hasVariable(text)))) adder.addPaired(image);
    return;
  }
  const key = name.key.toLowerCase();
  if (!isImage) return adder.addPaired(image);
  if (key === 'reference' || key === 'ref') return adder.add(full, name.at);
  if (isKnown && !isVersioned(text)) {
    return key === 'name' || isRepositoryText(text) ? adder.addPaired(image) : undefined;
  }
  if (key === 'name' && adder.kind === 'helmValues') {
    if (isVersioned(text)) adder.add(full, name.at);
    else if (text.includes('/') || hasVariable(text)) adder.addUntagged(full, name.at);
  } else if (key === 'name' && (runs.has(adder.kind) || hasVariable(text))) {
    adder.add(full, name.at);
  } else if (key !== 'path' && key !== 'value' && isRepositoryText(text)) {
    adder.add(full, name.at);
  } else {
    adder.addIfVersioned(full, name.at);
  }
}

/** Whether a text has blanks outside of what is filled in: then it is a script, or prose. */
function hasBlanks(text: string): boolean {
  return /\s/.test(text.trim().replace(/\{\{[^{}]*\}\}|\{%[^%]*%\}|<<[^<>]*>>|\$\[\[[^[\]]*\]\]|\$\([^()]*\)/g, ''));
}

/** Notes the repository of a values file, or of what may be one, for tags that stand in another. */
function noteRepository({ name, role, base, full }: PairedImage, { adder, keys, isValues, isImage }: Place): void {
  if (!isValues && adder.kind !== 'yaml' && adder.kind !== 'helmValues') return;
  const versioned = /^(.*?)(?::[^/:@]*)?(?:@[^@]*)?$/.exec(withoutScheme(full))?.[1] ?? full;
  const repository = adder.repositoryOf(versioned);
  if (!repository || repository.namespace === 'library') return;
  const places =
    isImage || (role === 'repository' && base === '')
      ? [keys, ...(isImage ? [] : [[...keys, 'image']])]
      : [[...keys, `${base}image`], ...(base === '' && name.key.toLowerCase() === 'image' ? [keys] : [])];
  for (const place of places) adder.findings.addRepository({ keys: place.join('.'), ...repository });
}

/** Repositories by any names in a map `images`: with the tag that stands beside them, or none. */
function readNames(adder: ImageAdder, texts: readonly KeyedText[]): void {
  const tag = texts.find(({ key, text }) => /^(?:tag|version)$/i.test(key) && text !== '');
  for (const { key, text, at } of texts) {
    if (
      /(?:tag|version|registry|policy|repository|repo|digest)$/i.test(key) ||
      /image$/i.test(key) ||
      !isRepositoryText(text)
    ) {
      continue;
    }
    adder.add(tag ? `${text}:${tag.text}` : text, tag?.at ?? at);
  }
}

/** Whether a map as a whole is an image: by its key, or as one of `images`. */
function isImageMap({ kind }: ImageAdder, path: KeyPath | undefined): boolean {
  if (path === undefined) return false;
  if (isImageKey(path.key)) return true;
  return (path.key === 'images' || path.parent?.key === 'images') && kind !== 'compose';
}

/** Whether a map says what Kustomize renames an image to, which has rules of its own. */
function isRenamed({ tree, kind }: ImageAdder, map: YAMLMap, path: KeyPath | undefined): boolean {
  return (
    path?.key === 'images' &&
    (kind === 'kustomization' || ['newName', 'newTag', 'tagSuffix'].some((key) => tree.get(map, key) !== undefined))
  );
}

function placeOf(
  path: KeyPath | undefined,
  isValuesFile: boolean,
): { readonly keys: readonly string[]; readonly isValues: boolean } {
  const keys: string[] = [];
  for (let at = path; at; at = at.parent) {
    const key = normalizedKey(at.key);
    if (valuesKey.test(key)) return { keys: keys.reverse(), isValues: true };
    keys.push(key);
  }
  return { keys: keys.reverse(), isValues: isValuesFile };
}
