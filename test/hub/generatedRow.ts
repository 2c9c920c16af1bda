import type { ImageRow, TagRow } from './rows.ts';
import type { Random } from './seededRandom.ts';
import { hexDigits, seededRandom, seedOf } from './seededRandom.ts';

/** What the rows of one generated repository have in common. */
export interface RowSource {
  readonly seed: number;
  /** `namespace/name`. */
  readonly reference: string;
  /** Epoch milliseconds: nothing was pulled after it. */
  readonly now: number;
  /** Epoch milliseconds: rows of tags pushed before it lack the `digest` key. */
  readonly withDigestFrom: number;
  /** See `GenerateOptions.digestlessRows`. */
  readonly digestlessRows: 'attested' | 'plain';
}

/** Content of one image, drawn in a fixed order: two tags of the same key have the same image. */
interface Content {
  readonly digest: string;
  /** Compressed bytes of the first platform's image. */
  readonly size: number;
  /** Draws what follows. */
  readonly random: Random;
}

const platforms: readonly [architecture: string, variant: string | null][] = [
  ['amd64', null],
  ['arm64', 'v8'],
  ['arm', 'v7'],
];

const day = 86_400_000;
/** Numbers that the 64 digits of a digest take, eight digits each. */
const digestDraws = 8;

/** The digest and the bytes (of one platform) of the image that the tag `name` was generated with. */
export function generatedContent(name: string, source: RowSource): { digest: string; size: number } {
  const { digest, size } = contentOf(name, source);
  return { digest, size };
}

/** The bytes alone: whole repositories are summed up, and the text of a digest is most of what content costs. */
export function generatedSize(name: string, { seed, reference }: RowSource): number {
  const random = seededRandom(seedOf(seed, `${reference}@${name}`));
  for (let i = 0; i < digestDraws; i++) random();
  return sizeFrom(random);
}

function contentOf(key: string, { seed, reference }: RowSource): Content {
  const random = seededRandom(seedOf(seed, `${reference}@${key}`));
  const digest = `sha256:${hexDigits(random, 64)}`;
  return { digest, size: sizeFrom(random), random };
}

function sizeFrom(random: Random): number {
  return 20_000_000 + Math.floor(random() * 400_000_000);
}

/**
 * The row of an image's tag. Its `full_size` is the size of the first platform alone, as Docker Hub tells it (API-NOTES section 4).
 * @param imageOf the tag whose image this one has, where that is another one
 */
export function generatedRow(
  name: string,
  lastUpdated: string | null,
  imageOf: string | undefined,
  source: RowSource,
): TagRow {
  const { seed, reference, now, withDigestFrom, digestlessRows } = source;
  const own = seededRandom(seedOf(seed, `${reference}:${name}`));
  const content = contentOf(imageOf ?? name, source);
  const { digest, size } = content;
  const pushedAt = lastUpdated === null ? undefined : Date.parse(lastUpdated);
  // Most tags are never pulled again after their first weeks; one in five never was at all.
  const pulledAt =
    pushedAt === undefined || own() < 0.2 ? undefined : Math.min(now, pushedAt + Math.floor(own() ** 3 * 400 * day));
  const pulled = pulledAt === undefined ? null : dateText(pulledAt, Math.floor(own() * 1e6), 6);
  const active = Math.max(pulledAt ?? 0, pushedAt ?? 0) > now - 31 * day;
  const hasDigest = pushedAt !== undefined && pushedAt >= withDigestFrom;
  const { images, media_type } =
    !hasDigest && digestlessRows === 'plain'
      ? plainImages(content, seededRandom(seedOf(seed, `${reference}:${name}:order`)), lastUpdated, pulled, active)
      : pushedAt !== undefined
        ? {
            images: imagesOf(content, lastUpdated, pulled, active),
            media_type: 'application/vnd.oci.image.index.v1+json',
          }
        : {
            images: [
              { ...imageRow('amd64', null, 'linux', size, null, null, false), features: null, os_features: null },
            ],
            media_type: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
          };
  return {
    creator: 4711,
    id: 100_000_000 + Math.floor(own() * 2 ** 40),
    images,
    last_updated: lastUpdated,
    last_updater: 4711,
    last_updater_username: 'cibot',
    name,
    repository: 7_000_000,
    full_size: size,
    v2: true,
    tag_status: active ? 'active' : 'inactive',
    tag_last_pulled: pulled,
    tag_last_pushed: lastUpdated,
    media_type,
    content_type: 'image',
    ...(hasDigest && { digest }),
  };
}

// Each platform has its attestation beside it, as BuildKit pushes them.
function imagesOf(
  { size, random }: Content,
  pushed: string | null,
  pulled: string | null,
  active: boolean,
): ImageRow[] {
  const count = 1 + Math.floor(random() * platforms.length);
  return platforms.slice(0, count).flatMap(([architecture, variant], index) => {
    const own = index === 0 ? size : Math.floor(size * (0.9 + random() * 0.1));
    return [
      {
        ...imageRow(architecture, variant, 'linux', own, pushed, pulled, active),
        digest: `sha256:${hexDigits(random, 64)}`,
      },
      {
        ...imageRow('unknown', null, 'unknown', 2_000 + Math.floor(random() * 20_000), pushed, pulled, active),
        digest: `sha256:${hexDigits(random, 64)}`,
      },
    ];
  });
}

/**
 * Images of the time before BuildKit's attestations: three tags of four have one, whose digest is the tag's own; the others have one for each
 * platform, in an order that differs from one tag of the image to the next (API-NOTES section 4).
 */
function plainImages(
  { digest, size, random }: Content,
  order: Random,
  pushed: string | null,
  pulled: string | null,
  active: boolean,
): Pick<TagRow, 'images' | 'media_type'> {
  const count = random() < 0.75 ? 1 : 2 + Math.floor(random() * 2);
  if (count === 1) {
    return {
      images: [{ ...imageRow('amd64', null, 'linux', size, pushed, pulled, active), digest }],
      media_type: 'application/vnd.docker.container.image.v1+json',
    };
  }
  const images = platforms.slice(0, count).map(([architecture, variant], index) => {
    const own = index === 0 ? size : Math.floor(size * (0.9 + random() * 0.1));
    return {
      ...imageRow(architecture, variant, 'linux', own, pushed, pulled, active),
      digest: `sha256:${hexDigits(random, 64)}`,
    };
  });
  const keys = new Map(images.map((image) => [image, order()]));
  images.sort((a, b) => keys.get(a)! - keys.get(b)!);
  return { images, media_type: 'application/vnd.docker.distribution.manifest.list.v2+json' };
}

/** One entry of a row's `images`; without a digest. */
export function imageRow(
  architecture: string,
  variant: string | null,
  os: string,
  size: number,
  pushed: string | null,
  pulled: string | null,
  active: boolean,
): ImageRow {
  return {
    architecture,
    features: '',
    variant,
    os,
    os_features: '',
    os_version: null,
    size,
    status: active ? 'active' : 'inactive',
    last_pulled: pulled,
    last_pushed: pushed,
  };
}

/** The row of something that is no image: never pulled, small, with the images that are given. */
export function otherRow(
  name: string,
  lastUpdated: string | null,
  { seed, reference, now }: RowSource,
  rest: Pick<TagRow, 'images' | 'full_size' | 'media_type' | 'content_type' | 'digest'>,
): TagRow {
  return {
    creator: 4711,
    id: 100_000_000 + Math.floor(seededRandom(seedOf(seed, `${reference}:${name}`))() * 2 ** 40),
    last_updated: lastUpdated,
    last_updater: 4711,
    last_updater_username: 'cibot',
    name,
    repository: 7_000_000,
    v2: true,
    tag_status: lastUpdated !== null && Date.parse(lastUpdated) > now - 31 * day ? 'active' : 'inactive',
    tag_last_pulled: null,
    tag_last_pushed: lastUpdated,
    ...rest,
  };
}

/**
 * An instant as Docker Hub writes it, with more decimals than milliseconds.
 * @param at epoch milliseconds
 */
export function dateText(at: number, more: number, decimals: number): string {
  return new Date(at).toISOString().replace('Z', `${String(more).padStart(decimals, '0')}Z`);
}
