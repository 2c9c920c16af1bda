import type { Position } from '../images/foundReferences.ts';
import { imageKeyOf, type ImageKey, type ImageRole } from './imageKey.ts';
import { isRepositoryText, isVersioned } from './wholeImage.ts';

/** A text that stands at a key. */
export interface KeyedText {
  readonly key: string;
  /** As it is written; empty where nothing is. */
  readonly text: string;
  /** What a program makes of the text where that is something else: 1.1 of 1.10. */
  readonly readAs?: string;
  readonly at: Position;
}

/** An image whose parts stand at several keys. */
export interface PairedImage {
  readonly name: KeyedText;
  readonly role: ImageRole;
  readonly base: string;
  /** The whole name, with its registry. */
  readonly full: string;
  /** Missing, or empty, where none stands beside it. */
  readonly tag?: KeyedText;
  readonly digest?: KeyedText;
  /** Whether the tag stands at a key that may mean something else, such as `version`. */
  readonly isVersion: boolean;
}

/** A tag, or digest, without a name beside it. */
export interface UnpairedTag {
  readonly entry: KeyedText;
  readonly key: ImageKey;
}

/** What the keys of one map say of images. */
export interface PairedImages {
  readonly images: readonly PairedImage[];
  readonly lone: readonly UnpairedTag[];
}

interface Known {
  readonly entry: KeyedText;
  readonly key: ImageKey;
}

/**
 * Brings together what one map says of an image at several keys: `image` with `tag`, `imageName` with `imageTag`, `web_image_repo` with
 * `web_image_tag`, `repository` with `version`. What has the same in front of its role belongs together; a plain `tag` belongs to every name
 * that has no tag of its own.
 * @param isImage whether the map as a whole is an image, as behind `image:`
 */
export function pairImages(entries: readonly KeyedText[], isImage: boolean): PairedImages {
  const known: Known[] = [];
  for (const entry of entries) {
    const key = imageKeyOf(entry.key);
    if (key) known.push({ entry, key });
  }
  if (known.length === 0) return { images: [], lone: [] };
  const of = (...roles: readonly ImageRole[]): Known[] => known.filter(({ key }) => roles.includes(key.role));
  const names = nameParts(of, isImage);
  const [tags, versions, digests, registries] = [
    [...of('tag'), ...splitTag(entries)],
    of('version'),
    of('digest'),
    of('registry'),
  ];
  const used = new Set<KeyedText>();
  const images = names.map(({ entry, key: { role, base }, text }): PairedImage => {
    const own = (candidates: readonly Known[], takesPlain: boolean): Known | undefined =>
      candidates.find(({ key, entry: { text: value } }) => key.base === base && value !== '') ??
      (takesPlain ? candidates.find(({ key, entry: { text: value } }) => key.base === '' && value !== '') : undefined);
    const empty = tags.find(({ key }) => key.base === base);
    const tag = own(tags, true);
    const version = tag ? undefined : own(versions, true);
    const digest = own(digests, true);
    for (const found of [tag, version, digest, empty]) if (found) used.add(found.entry);
    const registry =
      own(registries, true)
        ?.entry.text.replace(/^https?:\/\//, '')
        .replace(/\/+$/, '') ?? '';
    return {
      name: entry,
      role,
      base,
      full: withRegistry(registry, text, role === 'repository' || isImage),
      ...((tag ?? version ?? empty) && { tag: (tag ?? version ?? empty)!.entry }),
      ...(digest && { digest: digest.entry }),
      isVersion: version !== undefined,
    };
  });
  const lone = [...tags, ...versions, ...digests].filter(({ entry }) => !used.has(entry) && entry.text !== '');
  return { images, lone };
}

/** The names of a map. Where it is an image, one that has a namespace and a name apart is put together. */
function nameParts(
  of: (...roles: readonly ImageRole[]) => Known[],
  isImage: boolean,
): (Known & { readonly text: string })[] {
  const filled = (known: readonly Known[]) =>
    known.filter(({ entry }) => entry.text !== '').map((each) => ({ ...each, text: each.entry.text }));
  if (!isImage) {
    const names = filled(of('image', 'repository'));
    if (names.length > 0) return names;
    // A plain `name` is one only where it can be nothing else.
    return of('tag', 'digest').some(({ key, entry }) => key.base === '' && entry.text !== '')
      ? filled(of('path')).filter(({ entry, text }) => /^(?:name|url)$/i.test(entry.key) && isRepositoryText(text))
      : [];
  }
  const [repository] = filled(of('repository'));
  const inner = filled(of('image', 'path'));
  const name = inner.find(({ entry }) => entry.key.toLowerCase() === 'name') ?? inner[0];
  const owner = filled(of('owner'))[0]?.text;
  const withOwner = (part: Known & { readonly text: string }) =>
    owner !== undefined && !part.text.includes('/') ? { ...part, text: `${owner}/${part.text}` } : part;
  if (!repository) {
    const others = inner.filter((each) => each !== name && isVersioned(each.text));
    return name ? [withOwner(name), ...others] : [];
  }
  if (name && name.text !== repository.text && !name.text.includes('/') && !isVersioned(repository.text)) {
    const together = { ...repository, text: `${repository.text.replace(/\/+$/, '')}/${name.text}` };
    return repository.text.includes('/') ? [repository, together] : [together];
  }
  return [withOwner(repository), ...inner.filter(({ text }) => isVersioned(text))];
}

/** `tag_major` and `tag_minor_patch` in two keys are one tag. */
function splitTag(entries: readonly KeyedText[]): Known[] {
  const parts = entries.filter(
    ({ key, text }) => /^(?:image[_-]?)?tag(?:[_-]?(?:major|minor|patch|micro|build))+$/i.test(key) && text !== '',
  );
  if (parts.length < 2) return [];
  const [first] = parts as [KeyedText];
  return [
    {
      entry: { key: first.key, text: parts.map(({ text }) => text).join('.'), at: first.at },
      key: { role: 'tag', base: '', namesImage: false },
    },
  ];
}

/** A registry counts where the name has none; beside a plain `image` only where that is no whole name, since such keys mean many things. */
function withRegistry(registry: string, name: string, isPart: boolean): string {
  const [host] = name.split('/', 1) as [string];
  if (registry === '' || (name.includes('/') && (/[.:]/.test(host) || host === 'localhost'))) return name;
  return isPart || !name.includes('/') ? `${registry}/${name}` : name;
}
