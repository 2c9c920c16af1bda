/** A policy would delete a larger share of a repository's tags than its `maxShare` allows, so that nothing of it is deleted. */
export class MaxShareError extends Error {
  override readonly name = 'MaxShareError';
  /** Tags of images that would be deleted. */
  readonly deleting: number;
  /** Tags of images that there are. */
  readonly tags: number;
  /** Above 0 and at most 1. */
  readonly maxShare: number;

  constructor({ deleting, tags, maxShare }: Pick<MaxShareError, 'deleting' | 'tags' | 'maxShare'>) {
    super(`${deleting} of ${tags} tags are a larger share than ${maxShare}.`);
    this.deleting = deleting;
    this.tags = tags;
    this.maxShare = maxShare;
  }
}
