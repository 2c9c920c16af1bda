import * as v from 'valibot';
import { parseInstant } from '../../retention/tags/instant.ts';
import { type Tag } from '../../retention/tags/tag.ts';
import { packImages, type TagImage } from '../../retention/tags/tagImages.ts';
import { rowName } from './rowName.ts';
import { wholeNumber } from './wholeNumber.ts';

/** One platform of a tag, as its tooltip shows it. */
export interface Platform {
  /** Such as `linux/arm64/v8`. */
  readonly name: string;
  /** Compressed bytes. */
  readonly size?: number;
}

/** A tag with what only the tree shows. */
export interface DetailedTag extends Tag {
  /** Attestations (`unknown/unknown`) are left out. */
  readonly platforms: readonly Platform[];
}

const loose = <T extends v.GenericSchema>(schema: T) => v.fallback(v.optional(v.nullable(schema)), undefined);
const word = loose(v.pipe(v.string(), v.maxLength(100)));
const image = v.object({ architecture: word, os: word, variant: word, size: loose(wholeNumber) });
/** A tooltip shows fewer, and no index has as many. */
const maxImages = 100;
/** How the media type of what BuildKit exports as its cache begins. */
const cacheType = 'application/vnd.buildkit.cache';
/** Media types of what lists images and is none. */
const indexTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

const digestForm = /^[a-z0-9]{1,20}:[0-9a-f]{32,128}$/;

/** Only the name must be as promised; anything else that is missing or of the wrong type becomes unknown (invariant 2). */
const row = v.object({
  name: rowName,
  digest: loose(v.pipe(v.string(), v.regex(digestForm))),
  full_size: loose(wholeNumber),
  last_updated: v.optional(v.unknown()),
  tag_last_pushed: v.optional(v.unknown()),
  tag_last_pulled: v.optional(v.unknown()),
  media_type: loose(v.string()),
  content_type: loose(v.string()),
});
const images = v.object({ images: loose(v.array(v.unknown())) });

/**
 * A tag out of one row of Docker Hub's tag list (API-NOTES, 4), or `undefined` when the row has no usable name.
 * The push date is the later of `tag_last_pushed` and `last_updated`: where they differ, the tag is taken for the younger; where either is
 * there and cannot be read, the date is unknown.
 */
export function parseTagRow(value: unknown): DetailedTag | undefined {
  const tag = parseListedTag(value);
  const parsed = v.safeParse(images, value);
  return (
    tag && {
      ...tag,
      platforms: ((parsed.success && parsed.output.images) || []).slice(0, maxImages).flatMap(platformOf),
    }
  );
}

/** The same without what only the tree shows, and frozen: lists hold it by the hundred thousand, and plans share it. */
export function parseListedTag(value: unknown): Tag | undefined {
  const parsed = v.safeParse(row, value);
  if (!parsed.success) return undefined;
  const {
    name,
    digest: given,
    full_size,
    last_updated,
    tag_last_pushed,
    tag_last_pulled,
    media_type,
    content_type,
  } = parsed.output;
  // Mostly they are the same, and reading a date is half of what a row costs.
  const pushes = (tag_last_pushed === last_updated ? [last_updated] : [tag_last_pushed, last_updated])
    .filter((date) => !isNever(date))
    .map(parseInstant);
  const pushedAt =
    pushes.length > 0 && pushes.every((instant) => instant !== undefined) ? Math.max(...pushes) : undefined;
  const listed = imagesOf(value);
  const only = onlyImageOf(listed);
  // An index has a digest of its own, also with one image in it.
  const digest = given ?? (isIndexType(media_type) ? undefined : only?.digest);
  const hasOthers = listed !== undefined && !(only && (only.digest ?? digest) === digest);
  const isCache = isCacheType(media_type) || isCacheType(content_type);
  // A date that is there and cannot be read must not pass for *never* (invariant 2).
  const pulledAt = isNever(tag_last_pulled) ? undefined : (parseInstant(tag_last_pulled) ?? NaN);
  const sizes = sizeOf(listed, full_size);
  // Nearly all rows: an object that is written out takes 50 bytes less than one that is put together, and there are hundreds of thousands.
  if (digest !== undefined && pushedAt !== undefined && !sizes.isSizePartial && !isCache) {
    const { size } = sizes;
    return Object.freeze(
      hasOthers
        ? { name, digest, pushedAt, pulledAt, size, images: packImages(listed) }
        : { name, digest, pushedAt, pulledAt, size },
    );
  }
  return Object.freeze({
    name,
    ...(digest !== undefined && { digest }),
    ...(pushedAt !== undefined && { pushedAt }),
    pulledAt,
    ...sizes,
    ...(hasOthers && { images: packImages(listed) }),
    ...(isCache && { isCache }),
  });
}

/** The image of a row that lists no other; the same digest may be there more than once. */
function onlyImageOf(listed: readonly TagImage[] | undefined): TagImage | undefined {
  const [first, ...others] = listed ?? [];
  return first &&
    (others.length === 0 || first.digest !== undefined) &&
    others.every(({ digest }) => digest === first.digest)
    ? first
    : undefined;
}

function isIndexType(type: string | null | undefined): boolean {
  return type != null && indexTypes.has(type);
}

function isCacheType(type: string | null | undefined): boolean {
  return type?.startsWith(cacheType) === true;
}

/** What a row says of its images; `undefined` where it lists none. By hand, since a schema would take as long as the rest of the row. */
function imagesOf(value: unknown): TagImage[] | undefined {
  const { images } = value as { readonly images?: unknown };
  if (!Array.isArray(images) || images.length === 0) return undefined;
  const listed = images.slice(0, maxImages).map(imageOf);
  // What is left out keeps the others from passing for all.
  return images.length > maxImages ? [...listed, {}] : listed;
}

function imageOf(value: unknown): TagImage {
  const { digest, size } = (typeof value === 'object' && value !== null ? value : {}) as {
    readonly digest?: unknown;
    readonly size?: unknown;
  };
  return {
    digest: typeof digest === 'string' && digestForm.test(digest) ? digest : undefined,
    size: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : undefined,
  };
}

/** `full_size` is the size of one image and never that of the tag (API-NOTES, 4): the sum of the images is, each digest once. */
function sizeOf(
  listed: readonly TagImage[] | undefined,
  fullSize: number | null | undefined,
): Pick<Tag, 'size' | 'isSizePartial'> {
  if (!listed) return fullSize == null ? { size: undefined } : { size: fullSize, isSizePartial: true };
  const counted = new Set<string>();
  let [sum, isKnown, isPartial] = [0, false, false];
  for (const { digest, size } of listed) {
    if (digest !== undefined && counted.size === counted.add(digest).size) continue;
    if (size === undefined) isPartial = true;
    else [sum, isKnown] = [sum + size, true];
  }
  if (fullSize != null && (!isKnown || fullSize > sum)) return { size: fullSize, isSizePartial: true };
  return isKnown ? { size: sum, ...(isPartial && { isSizePartial: true }) } : { size: undefined };
}

/** Docker Hub writes *never* as null, and as year 1 too. */
function isNever(date: unknown): boolean {
  return date == null || (typeof date === 'string' && date.startsWith('0001-'));
}

function platformOf(value: unknown): Platform[] {
  const parsed = v.safeParse(image, value);
  if (!parsed.success) return [];
  const { os, architecture, variant, size } = parsed.output;
  if (!architecture || architecture === 'unknown') return [];
  return [{ name: [os, architecture, variant].filter(Boolean).join('/'), size: size ?? undefined }];
}
