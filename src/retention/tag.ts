/** One tag of a repository as a listing gave it. A missing value means unknown. */
export interface Tag {
  readonly name: string;
  /** What the tag points at; Docker Hub leaves it out for tags pushed before mid-2022. */
  readonly digest?: string;
  /** When it was last pushed, in milliseconds since the epoch; the only date that decides about deletion. */
  readonly pushedAt?: number;
  /** When it was last pulled, in milliseconds since the epoch; scanners pull too, so it decides nothing. */
  readonly pulledAt?: number;
  /** Bytes of one platform's image, as Docker Hub counts them. */
  readonly size?: number;
  /** The beginnings of the digests of its platforms, see `digestKey`, with a blank between two; missing where there are none of their own. */
  readonly platformKeys?: string;
}

/** Whether the push date of a tag is known. A value that is not finite counts as unknown (invariant 2). */
export function isDated(tag: Tag): tag is Tag & { readonly pushedAt: number } {
  return Number.isFinite(tag.pushedAt);
}

/** Orders tags by push date, oldest first and unknown dates before all others; 0 on the same date. */
export function comparePushed(a: Tag, b: Tag): number {
  if (!isDated(a)) return isDated(b) ? -1 : 0;
  return isDated(b) ? a.pushedAt - b.pushedAt : 1;
}

/** A number that orders tags as `comparePushed` does: the push date (ms since the epoch), -Infinity where it is unknown. */
export function pushedKey(tag: Tag): number {
  return isDated(tag) ? tag.pushedAt : -Infinity;
}

/** Orders names by code unit, so that the order is the same in every locale. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The first 12 hexadecimal digits of a digest. Lists hold these of the platforms, since whole digests would double what a tag takes; two
 * digests that begin the same can only keep a tag that would go.
 */
export function digestKey(digest: string): string {
  const { start, end } = digestKeySpan(digest);
  return digest.slice(start, end);
}

/** Where the key of a digest stands in it; `end` is the first character that does not belong. */
export function digestKeySpan(digest: string): { readonly start: number; readonly end: number } {
  const start = digest.indexOf(':') + 1;
  return { start, end: Math.min(digest.length, start + 12) };
}
