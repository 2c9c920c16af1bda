/** Whether a glob can match `namespace/name`, as far as its slashes tell: one, which braces may hold. */
export function isFullNameGlob(pattern: string): boolean {
  const slashes = pattern.split('/').length - 1;
  return slashes === 1 || (slashes > 1 && pattern.includes('{'));
}

/**
 * The first character of a glob that no name holds, so that the glob matches nothing: a policy that is meant to protect or exclude by it would do
 * neither, in silence. Names of repositories have no capital letters. https://docs.docker.com/reference/cli/docker/image/tag/
 *
 * @param pattern a glob that `compileGlob` reads, without a `!` before it
 */
export function firstImpossibleCharacter(pattern: string, of: 'tag' | 'repository'): string | undefined {
  // A set stands for many characters, of which any may be meant; a comma in braces parts them.
  const plain = pattern
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\{[^}]*\}/g, (braces) => braces.replaceAll(/[{},]/g, ''));
  return (of === 'tag' ? /[^\w.*?-]/u : /[^a-z0-9._/*?-]/u).exec(plain)?.[0];
}
