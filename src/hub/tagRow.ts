import * as v from 'valibot';
import { parseInstant } from '../retention/instant.ts';
import { digestKey, type Tag } from '../retention/tag.ts';
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
/** A tooltip shows fewer. */
const mostPlatforms = 100;

const digestForm = /^[a-z0-9]{1,20}:[0-9a-f]{32,128}$/;

/** Only the name must be as promised; anything else that is missing or of the wrong type becomes unknown (invariant 2). */
const row = v.object({
  name: rowName,
  digest: loose(v.pipe(v.string(), v.regex(digestForm))),
  full_size: loose(wholeNumber),
  last_updated: v.optional(v.unknown()),
  tag_last_pushed: v.optional(v.unknown()),
  tag_last_pulled: loose(v.string()),
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
  return tag && { ...tag, platforms: ((parsed.success && parsed.output.images) || []).slice(0, mostPlatforms).flatMap(platformOf) };
}

/** The same without what only the tree shows, and frozen: lists hold it by the hundred thousand, and plans share it. */
export function parseListedTag(value: unknown): Tag | undefined {
  const parsed = v.safeParse(row, value);
  if (!parsed.success) return undefined;
  const { name, digest, full_size, last_updated, tag_last_pushed, tag_last_pulled } = parsed.output;
  // Mostly they are the same, and reading a date is half of what a row costs.
  const pushes = [...new Set([tag_last_pushed, last_updated])].filter((date) => !isNever(date)).map(parseInstant);
  const platformKeys = platformKeysOf(value, digest);
  const pushedAt = pushes.length > 0 && pushes.every((instant) => instant !== undefined) ? Math.max(...pushes) : undefined;
  return Object.freeze({
    name,
    ...(digest != null && { digest }),
    ...(pushedAt !== undefined && { pushedAt }),
    pulledAt: parseInstant(tag_last_pulled),
    size: full_size ?? undefined,
    ...(platformKeys !== undefined && { platformKeys }),
  });
}

/** See `Tag.platformKeys`. By hand, since a schema would take as long as the rest of the row. */
function platformKeysOf(value: unknown, ownDigest: string | null | undefined): string | undefined {
  const { images } = value as { readonly images?: unknown };
  if (!Array.isArray(images)) return undefined;
  const keys = images.slice(0, mostPlatforms).flatMap((image: unknown) => {
    const digest = typeof image === 'object' && image !== null && 'digest' in image ? image.digest : undefined;
    return typeof digest === 'string' && digest !== ownDigest && digestForm.test(digest) ? [digestKey(digest)] : [];
  });
  return keys.length > 0 ? keys.join(' ') : undefined;
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
