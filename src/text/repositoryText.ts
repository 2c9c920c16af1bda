import { plainText } from '../hub/wire/serverWords.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';

/** "acme/web": a repository's whole name as plain text (invariant 10). */
export function repositoryText({ namespace, name }: RepositoryName): string {
  return plainText(`${namespace}/${name}`);
}
