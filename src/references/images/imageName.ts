/** What an image reference says, such as `acme/web:1.2` or `docker.io/acme/web@sha256:…`. */
export interface ImageName {
  /** Host of the registry in lower case, with its port; `docker.io` for every spelling of Docker Hub. */
  readonly registry: string;
  /** All of the path but its last part: `library` for Docker Hub's official images, empty where another registry has none. In lower case. */
  readonly namespace: string;
  /** The last part of the path, in lower case. */
  readonly name: string;
  /** `latest` where neither a tag nor a digest is written; missing where only a digest is. */
  readonly tag?: string;
  /** `sha256:…`, in lower case. */
  readonly digest?: string;
}

/** Docker Hub, as `ImageName.registry` has it. */
export const dockerHub = 'docker.io';

/**
 * Hosts that serve what Docker Hub has: its own names, and Google's public mirror of it. The address of its website is none, but people
 * write it, and what it names is meant.
 */
const hubHosts: ReadonlySet<string> = new Set([
  dockerHub,
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
  'mirror.gcr.io',
]);

/** No name, tag and digest of a real image take more characters than that together. */
export const longestImageName = 1000;

/** What is put in front of an image's name where other things could stand as well: `uses: docker://…`, `docker-image://…` in build contexts. */
const scheme = /^docker(?:-image)?:\/\//i;
const pathPart = /^[a-z0-9][a-z0-9._-]*$/;
const tagText = /^\w[\w.-]{0,127}$/;
const digestText = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const hostText = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/;

/**
 * Reads an image reference as Docker does, a little more kindly: upper case in names is read as lower case, since such a reference can
 * only protect more.
 * @returns undefined for what is no image reference
 */
export function parseImageName(text: string): ImageName | undefined {
  if (text.length > longestImageName) return undefined;
  const { name: fullName, tag, digest } = splitImageName(text.trim().replace(scheme, ''));
  if (tag !== undefined && !tagText.test(tag)) return undefined;
  if (digest !== undefined && !digestText.test(digest)) return undefined;
  const parts = fullName.toLowerCase().split('/');
  const host = parts.length > 1 && isHost(parts[0]!) ? parts.shift()! : dockerHub;
  if (!hostText.test(host) || !parts.every((part) => pathPart.test(part))) return undefined;
  const registry = hubHosts.has(host.replace(/:443$/, '')) ? dockerHub : host;
  const name = parts.pop()!;
  const namespace = registry === dockerHub && parts.length === 0 ? 'library' : parts.join('/');
  const image = { registry, namespace, name };
  if (digest === undefined) return { ...image, tag: tag ?? 'latest' };
  return tag === undefined ? { ...image, digest } : { ...image, tag, digest };
}

/** Whether an image can be on Docker Hub, where a repository's name has two parts. */
export function isOnDockerHub({ registry, namespace }: Pick<ImageName, 'registry' | 'namespace'>): boolean {
  return registry === dockerHub && !namespace.includes('/');
}

/** A reference in its written parts, unchecked: what stands before tag and digest, and these. */
export function splitImageName(text: string): {
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
} {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? undefined : text.slice(at + 1).toLowerCase();
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  return {
    name: colon < 0 ? named : named.slice(0, colon),
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}

/** The ways of writing a repository of Docker Hub, in lower case. */
export function spellingsOf({ namespace, name }: Pick<ImageName, 'namespace' | 'name'>): string[] {
  const path = `${namespace}/${name}`;
  return [
    path,
    ...(namespace === 'library' ? [name] : []),
    ...[...hubHosts].flatMap((host) => [`${host}/${path}`, ...(namespace === 'library' ? [`${host}/${name}`] : [])]),
  ];
}

/** The first part of a path is a registry when it could be no namespace: it has a dot or a port, or is `localhost`. */
function isHost(part: string): boolean {
  return part.includes('.') || part.includes(':') || part === 'localhost';
}
