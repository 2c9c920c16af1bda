/**
 * All patterns of all lists, each once, in the order of first sight: a workspace or a policy may add protection and
 * never take any away (invariant 12). A missing list adds nothing.
 */
export function unionProtect(...lists: readonly (readonly string[] | undefined)[]): readonly string[] {
  return Object.freeze([...new Set(lists.flatMap((list) => list ?? []))]);
}

/**
 * The cap that holds when a workspace names one too: the lower of both, so that a workspace may only lower it
 * (invariant 12). 0 means no cap, on either side and in the result.
 *
 * @throws RangeError when a cap is not an integer of at least 0
 */
export function narrowCap(user: number, workspace: number | undefined): number {
  checkCap(user);
  if (workspace === undefined) return user;
  checkCap(workspace);
  if (user === 0) return workspace;
  return workspace === 0 ? user : Math.min(user, workspace);
}

/**
 * Passes a number of tags that can serve as a cap; 0 means no cap.
 *
 * @throws RangeError when it is not an integer of at least 0
 */
export function checkCap(cap: number): void {
  if (!Number.isSafeInteger(cap) || cap < 0) {
    throw new RangeError(`The most tags to delete must be 0 or a positive integer, not ${cap}.`);
  }
}
