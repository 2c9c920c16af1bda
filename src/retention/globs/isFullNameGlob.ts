/** Whether a glob can match `namespace/name`, as far as its slashes tell: one, which braces may hold. */
export function isFullNameGlob(pattern: string): boolean {
  const slashes = pattern.split('/').length - 1;
  return slashes === 1 || (slashes > 1 && pattern.includes('{'));
}
