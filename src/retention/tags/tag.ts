import { imageSetKey } from './tagImages.ts';

/** One tag of a repository as a listing gave it. A missing value means unknown. */
export interface Tag {
  readonly name: string;
  /** What the tag points at. Docker Hub leaves it out for tags pushed before mid-2022; of such a tag with one image, it is that image's. */
  readonly digest?: string;
  /** When it was last pushed, in milliseconds since the epoch; the only date that decides about deletion. */
  readonly pushedAt?: number;
  /** When it was last pulled, in milliseconds since the epoch; scanners pull too, so it decides nothing. NaN: there is a date that cannot be read. */
  readonly pulledAt?: number;
  /** Bytes of all its images, attestations included (API-NOTES, 4). */
  readonly size?: number;
  /** Whether `size` is only a lower bound, since the list does not tell of every image. */
  readonly isSizePartial?: true;
  /** Its images where there are others than its own digest, packed; see `packImages`. */
  readonly images?: string;
  /** Whether Docker Hub says that it is a build cache and no image. */
  readonly isCache?: true;
}

/** What tells the image of a tag from others: its digest, or else the set of its images' digests; `undefined` where neither is known. */
export function imageIdentity({ digest, images }: Pick<Tag, 'digest' | 'images'>): string | undefined {
  return digest ?? (images === undefined ? undefined : imageSetKey(images));
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
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The first 12 hexadecimal digits of a digest, as people are shown it. */
export function digestKey(digest: string): string {
  const start = digest.indexOf(':') + 1;
  return digest.slice(start, start + 12);
}
