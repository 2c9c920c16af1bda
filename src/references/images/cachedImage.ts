import type { ImageName } from './imageName.ts';

/** A folder of a registry that is named after Docker Hub holds what was pulled from there: `docker-hub`, `dockerhub-proxy`, `docker.io`. */
const hubFolder = /^(?:[a-z0-9]+[-_.])?docker[-_.]?(?:hub|io)(?:[-_.][a-z0-9._-]+)?$/;

/**
 * The image of Docker Hub that another registry keeps a copy of, as pull-through caches name it:
 * `123.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/acme/web:1`, `harbor.example.com/dockerhub-proxy/acme/web:1`.
 */
export function cachedImage({ registry: _registry, namespace, name, ...version }: ImageName): ImageName | undefined {
  const folders = namespace.split('/');
  const at = folders.findIndex((folder) => hubFolder.test(folder));
  if (at < 0 || at < folders.length - 2) return undefined;
  return { registry: 'docker.io', namespace: folders[at + 1] ?? 'library', name, ...version };
}
