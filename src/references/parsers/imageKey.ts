/** What a key says of an image. `path` is what may be a repository where the map as a whole is an image: `name`, `url`. */
export type ImageRole = 'image' | 'repository' | 'path' | 'tag' | 'version' | 'digest' | 'registry' | 'owner';

/** A key that says something of an image. */
export interface ImageKey {
  readonly role: ImageRole;
  /** What is in front of the role: `web` in `web_image_tag`; what has the same belongs together. */
  readonly base: string;
  /** Whether the key has the word image in its role. */
  readonly namesImage: boolean;
}

/** The ends of keys, first match first: what is in front of them is the base. */
const roles: readonly (readonly [ImageRole, RegExp])[] = [
  ['digest', /(?:image)?(?:digest|sha256|sha)$/],
  ['tag', /(?:image)?tag$/],
  ['version', /(?:image)?version$/],
  ['registry', /(?:image)?(?:registry(?:host|url|server)?|hub)$/],
  ['owner', /^(?:image)?(?:namespace|org|organi[sz]ation|owner|project)$/],
  ['repository', /(?:image)?repo(?:sitory)?(?:name|path)?$/],
  ['image', /image(?:name|path|ref|reference|url|uri|override|spec|full(?:name)?)?$/],
  ['path', /^(?:name|url|uri|path|ref|reference|default|value)$/],
];

/** A key without case and what separates its words: `web_image_tag`, `webImageTag` and `web-image-tag` are the same. */
export function normalizedKey(key: string): string {
  return key.toLowerCase().replace(/[\s_-]/g, '');
}

/** What a key says of an image; undefined for nothing. */
export function imageKeyOf(key: string): ImageKey | undefined {
  if (key.length > 100) return undefined;
  const normalized = normalizedKey(key);
  for (const [role, pattern] of roles) {
    const found = pattern.exec(normalized);
    if (found) return { role, base: normalized.slice(0, found.index), namesImage: found[0].startsWith('image') };
  }
  return undefined;
}

/** Whether the map behind a key is an image: `image`, `webImage`, `docker_image`. */
export function isImageKey(key: string): boolean {
  return /image(?:_pull)?$/i.test(key);
}
