import type { RowSource } from './generatedRow.ts';
import { generatedContent, imageRow, otherRow } from './generatedRow.ts';
import type { TagRow } from './rows.ts';
import type { Random } from './seededRandom.ts';
import { hexDigits, seededRandom, seedOf } from './seededRandom.ts';

/** How cosign 1 and 2 name what they attach; an index at the name without a suffix is OCI's referrers fallback (API-NOTES section 11). */
export type AttachmentSuffix = '.sig' | '.att' | '.sbom';

/** Signatures, attestations and SBOMs of a generated repository. Shares are between 0 and 1 and give exact counts, rounded. */
export interface SignedOptions {
  /** Share of the dated images that have attachments; default 1. An image with several tags counts once. */
  share?: number;
  /** What each signed image has; default `['.sig']`. */
  suffixes?: readonly AttachmentSuffix[];
  /** Share of the signed images that have an index at the name without a suffix as well; default 0. */
  fallback?: number;
  /** Share of the signed images whose attachments bear the digest of the first platform in place of the tag's; default 0. */
  ofPlatform?: number;
  /** Share of the signed images whose attachments were pushed again within the week before the newest tag; default 0. */
  again?: number;
  /** How many of the newest signed images have a signature of their attestation (or else of their first attachment); default 0. */
  chained?: number;
  /** How many attachments have a subject that no tag of the repository has; default 0. */
  orphans?: number;
}

/** An image that may be signed. */
export interface SignableImage {
  readonly digest: string;
  /** Epoch milliseconds. */
  readonly pushedAt: number;
  /** The digest of its first platform. */
  platformDigest(): string;
}

/** The tag of an attachment. */
export interface AttachmentTag {
  readonly name: string;
  /** Epoch milliseconds: seconds after its subject, and never after the newest tag. */
  readonly pushedAt: number;
}

const second = 1000;
const day = 86_400 * second;

/** The tag of what is attached to a digest. */
export function attachmentName(digest: string, suffix: AttachmentSuffix | ''): string {
  return `${digest.replace(':', '-')}${suffix}`;
}

/**
 * The attachments of images, in no particular order, each name once.
 * @param images each digest once, newest first
 * @param newest epoch milliseconds of the newest tag
 */
export function generatedAttachments(
  images: readonly SignableImage[],
  options: SignedOptions,
  newest: number,
  source: RowSource,
): AttachmentTag[] {
  const { share = 1, suffixes = ['.sig'], fallback = 0, ofPlatform = 0, again = 0, chained = 0, orphans = 0 } = options;
  const random = seededRandom(seedOf(source.seed, `${source.reference}#signed`));
  const signed = someOf(images, share, random);
  const [withIndex, byPlatform, signedAgain] = [fallback, ofPlatform, again].map(
    (part) => new Set(someOf(signed, part, random)),
  );
  const tags = new Map<string, number>();
  const push = (name: string, at: number): void => void tags.set(name, Math.min(newest, at));
  const signable: string[] = [];
  for (const image of signed) {
    const digest = byPlatform!.has(image) ? image.platformDigest() : image.digest;
    const from = signedAgain!.has(image)
      ? Math.max(image.pushedAt, newest - Math.floor(random() * 7 * day))
      : image.pushedAt;
    const own = [...suffixes, ...(withIndex!.has(image) ? ['' as const] : [])].map((suffix) =>
      attachmentName(digest, suffix),
    );
    own.forEach((name, at) => push(name, from + Math.floor((1 + 3 * at + 3 * random()) * second)));
    signable.push(
      ...own.filter((name, _, names) => name === (names.find((each) => each.endsWith('.att')) ?? names[0])),
    );
  }
  for (const name of signable.slice(0, chained)) {
    push(attachmentName(generatedContent(name, source).digest, '.sig'), tags.get(name)! + 4 * second);
  }
  const oldest = images.at(-1)?.pushedAt ?? newest;
  for (let i = 0; i < orphans; i++) {
    push(
      attachmentName(`sha256:${hexDigits(random, 64)}`, suffixes[i % suffixes.length] ?? ''),
      oldest + Math.floor(random() * (newest - oldest)),
    );
  }
  return [...tags].map(([name, pushedAt]) => ({ name, pushedAt }));
}

/**
 * The row of an attachment. That Docker Hub lists it with one entry of `images`, of an unknown platform, is an assumption: no recording has one.
 * @param lastUpdated as in the row, not null
 */
export function attachmentRow(name: string, lastUpdated: string | null, source: RowSource): TagRow {
  const { digest, size } = generatedContent(name, source);
  const isIndex = !name.includes('.');
  const bytes = 800 + (size % 30_000);
  // An index shows what refers to the subject; a manifest shows itself.
  const shown = isIndex ? generatedContent(`${name} referrer`, source).digest : digest;
  const hasDigest = lastUpdated !== null && Date.parse(lastUpdated) >= source.withDigestFrom;
  return otherRow(name, lastUpdated, source, {
    images: [{ ...imageRow('unknown', null, 'unknown', bytes, lastUpdated, null, false), digest: shown }],
    full_size: bytes,
    media_type: `application/vnd.oci.image.${isIndex ? 'index' : 'manifest'}.v1+json`,
    content_type: 'image',
    ...(hasDigest && { digest }),
  });
}

/** `share` of the items, in their order. */
function someOf<T>(items: readonly T[], share: number, random: Random): T[] {
  const keys = items.map((_, at) => [random(), at] as const).sort(([a], [b]) => a - b);
  const chosen = new Set(keys.slice(0, Math.round(items.length * share)).map(([, at]) => at));
  return items.filter((_, at) => chosen.has(at));
}
