import { plainText } from '../hub/serverWords.ts';
import type { RepositoryName } from '../retention/repositoryName.ts';

/** "acme/web": a repository's whole name as plain text (invariant 10). */
export function repositoryText({ namespace, name }: RepositoryName): string {
  return plainText(`${namespace}/${name}`);
}
