import type { SignableImage, SignedOptions } from './generatedAttachments.ts';
import { attachmentRow, generatedAttachments } from './generatedAttachments.ts';
import type { CacheOptions } from './generatedCache.ts';
import { cacheRow } from './generatedCache.ts';
import { generatedNames } from './generatedNames.ts';
import type { RowSource } from './generatedRow.ts';
import { dateText, generatedContent, generatedRow, generatedSize } from './generatedRow.ts';
import type { Random } from './seededRandom.ts';
import { seededRandom, seedOf } from './seededRandom.ts';
import type { RowMaker } from './tagTable.ts';
import { TagTable } from './tagTable.ts';
import type { RepositoryInit } from './world.ts';

/** What to generate. The same options give the same repository. */
export interface GenerateOptions extends Omit<RepositoryInit, 'tags' | 'keepTagOrder'> {
  /** How many tags; default 100. Not used with `names`. */
  tags?: number;
  /** Default 1. */
  seed?: number;
  /** Push of the newest tag; default now. */
  newest?: Date | string | number;
  /** Push of the oldest tag; default two years before `newest`. */
  oldest?: Date | string | number;
  /** `builds` (default): a tag for each CI build, now and then a version, and `latest`. `mixed`: also commits and nightly builds. */
  style?: 'builds' | 'mixed';
  /** These names, oldest first, in place of generated ones. */
  names?: readonly string[];
  /** Share of the tags, the oldest, without any date (API-NOTES section 4); default 0. */
  undated?: number;
  /** Share of the dated tags, the oldest, without the `digest` key; default 0. */
  withoutDigest?: number;
  /**
   * What rows without `digest` show of their images. `attested` (default): as rows of today, with attestations. `plain`: as rows of 2019 to 2022
   * (API-NOTES section 4): one image, with the digest of the tag, or one for each platform in an order of each tag's own.
   */
  digestlessRows?: 'attested' | 'plain';
  /** Tags that have the image of another one: name to the name of that one. */
  sameImage?: Readonly<Record<string, string>>;
  /** Signatures and the like beside the tags, on top of their number; default none. */
  signed?: SignedOptions;
  /** Build caches beside the tags, on top of their number; default none. */
  caches?: readonly CacheOptions[];
}

const day = 86_400_000;
/** What is left of the sizes of all images when layers that they share are counted once. */
const distinctLayers = 0.6;
const maxWeighed = 1_000;

interface Entry {
  readonly name: string;
  readonly pushedAt: number;
  readonly lastUpdated: string | null;
  readonly make: RowMaker;
}

/** A repository whose tags are spread evenly, but not regularly, between two instants; rows are made when they are asked for. */
export function generateRepository(options: GenerateOptions): RepositoryInit {
  const {
    tags: count = 100,
    seed = 1,
    newest,
    oldest,
    style = 'builds',
    names,
    undated = 0,
    withoutDigest = 0,
    digestlessRows = 'attested',
    sameImage = {},
    signed,
    caches = [],
    ...init
  } = options;
  const to = newest === undefined ? Date.now() : new Date(newest).getTime();
  const from = oldest === undefined ? to - 2 * 365 * day : new Date(oldest).getTime();
  const reference = `${init.namespace}/${init.name}`;
  const random = seededRandom(seedOf(seed, reference));
  const total = names?.length ?? count;
  const instants = spread(total, from, to, random);
  const all = names ?? generatedNames(instants, style, random);
  const undatedTags = Math.floor(total * undated);
  const noDigestBefore = undatedTags + Math.floor((total - undatedTags) * withoutDigest);
  const source: RowSource = {
    seed,
    reference,
    now: to,
    withDigestFrom: instants[noDigestBefore] ?? Infinity,
    digestlessRows,
  };
  // `latest` is the newest other tag under a second name: the same digest, the same images.
  const latestIs = all.at(-1) === 'latest' ? all.at(-2) : undefined;
  const imageOf = (name: string): string | undefined =>
    Object.hasOwn(sameImage, name) ? sameImage[name] : name === 'latest' ? latestIs : undefined;
  const make: RowMaker = (name, lastUpdated) => generatedRow(name, lastUpdated, imageOf(name), source);

  // Newest first, as a list shows them: sorting what is sorted already is cheap.
  const entries: Entry[] = [];
  for (let i = total - 1; i >= 0; i--) {
    const at = instants[i];
    const name = all[i];
    if (at === undefined || name === undefined) continue;
    const decimals = Math.floor(random() * 1000);
    entries.push({ name, pushedAt: at, lastUpdated: i < undatedTags ? null : dateText(at, decimals, 3), make });
  }
  const others = [
    ...(signed ? attachmentEntries(entries, imageOf, signed, to, source) : []),
    ...caches.map((cache) => cacheEntry(cache, to, source)),
  ];
  const table = new TagTable();
  for (const entry of others.length > 0 ? [...entries, ...others].sort((a, b) => b.pushedAt - a.pushedAt) : entries) {
    table.setLazily(entry.name, entry.lastUpdated, entry.make);
  }
  return {
    pullCount: Math.floor(random() * 1_000_000),
    starCount: Math.floor(random() * 100),
    storageSize: storageOf(all, imageOf, source),
    dateRegistered: new Date(from - day).toISOString(),
    ...init,
    tags: table,
  };
}

function attachmentEntries(
  entries: readonly Entry[],
  imageOf: (name: string) => string | undefined,
  options: SignedOptions,
  to: number,
  source: RowSource,
): Entry[] {
  const images = new Map<string, SignableImage>();
  // An image is signed when it is pushed for the first time; before 2015 nothing was.
  for (const { name, pushedAt, lastUpdated, make } of entries) {
    if (lastUpdated === null) continue;
    const { digest } = generatedContent(imageOf(name) ?? name, source);
    images.delete(digest);
    images.set(digest, {
      digest,
      pushedAt,
      platformDigest: () => make(name, lastUpdated).images?.[0]?.digest ?? digest,
    });
  }
  const make: RowMaker = (name, lastUpdated) => attachmentRow(name, lastUpdated, source);
  return generatedAttachments([...images.values()], options, to, source).map(({ name, pushedAt }) => ({
    name,
    pushedAt,
    lastUpdated: dateText(pushedAt, seedOf(source.seed, name) % 1000, 3),
    make,
  }));
}

function cacheEntry(cache: CacheOptions, to: number, source: RowSource): Entry {
  const pushedAt = Math.round(to - (cache.ageDays ?? 0.1) * day);
  const lastUpdated = dateText(pushedAt, 0, 3);
  return { name: cache.name, pushedAt, lastUpdated, make: () => cacheRow(cache, lastUpdated, source) };
}

/**
 * Bytes of a repository, each layer once: less than the images have in all. Of a large one only some images are weighed, since that of all
 * would take as long as the rest.
 */
function storageOf(names: readonly string[], imageOf: (name: string) => string | undefined, source: RowSource): number {
  const step = Math.ceil(names.length / maxWeighed);
  let [sum, weighed] = [0, 0];
  for (let i = 0; i < names.length; i += step) {
    const name = names[i]!;
    // Another name of an image takes nothing.
    if (imageOf(name) === undefined) sum += generatedSize(name, source);
    weighed++;
  }
  return weighed === 0 ? 0 : Math.floor((sum / weighed) * names.length * distinctLayers);
}

function spread(count: number, from: number, to: number, random: Random): number[] {
  const step = count > 1 ? (to - from) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => {
    if (i === count - 1) return to;
    const jitter = i === 0 ? 0 : (random() - 0.5) * 0.9 * step;
    return Math.round(from + i * step + jitter);
  });
}
