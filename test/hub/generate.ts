import { generatedNames } from './generatedNames.ts';
import type { ImageRow, TagRow } from './rows.ts';
import type { Random } from './seededRandom.ts';
import { hexDigits, seededRandom, seedOf } from './seededRandom.ts';
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
}

const platforms: readonly [architecture: string, variant: string | null][] = [
  ['amd64', null],
  ['arm64', 'v8'],
  ['arm', 'v7'],
];

const day = 86_400_000;

/** A repository whose tags are spread evenly, but not regularly, between two instants; rows are made when they are asked for. */
export function generateRepository(options: GenerateOptions): RepositoryInit {
  const { tags: count = 100, seed = 1, newest, oldest, style = 'builds', names, undated = 0, withoutDigest = 0, ...init } = options;
  const to = newest === undefined ? Date.now() : new Date(newest).getTime();
  const from = oldest === undefined ? to - 2 * 365 * day : new Date(oldest).getTime();
  const random = seededRandom(seedOf(seed, `${init.namespace}/${init.name}`));
  const total = names?.length ?? count;
  const instants = spread(total, from, to, random);
  const all = names ?? generatedNames(instants, style, random);
  const undatedTags = Math.floor(total * undated);
  const noDigestBefore = undatedTags + Math.floor((total - undatedTags) * withoutDigest);

  const table = new TagTable();
  const withDigestFrom = instants[noDigestBefore] ?? Infinity;
  // `latest` is the newest other tag under a second name: the same digest, the same images.
  const latestIs = all.at(-1) === 'latest' ? all.at(-2) : undefined;
  const make = (name: string, lastUpdated: string | null): TagRow =>
    generatedRow(name, lastUpdated, seed, `${init.namespace}/${init.name}`, name === 'latest' ? latestIs : undefined, to, withDigestFrom);
  // Newest first, as a list shows them: sorting what is sorted already is cheap.
  for (let i = total - 1; i >= 0; i--) {
    const at = instants[i];
    const name = all[i];
    if (at === undefined || name === undefined) continue;
    const decimals = String(Math.floor(random() * 1000)).padStart(3, '0');
    table.setLazily(name, i < undatedTags ? null : new Date(at).toISOString().replace('Z', `${decimals}Z`), make);
  }
  return {
    pullCount: Math.floor(random() * 1_000_000),
    starCount: Math.floor(random() * 100),
    storageSize: total * 30_000_000,
    dateRegistered: new Date(from - day).toISOString(),
    ...init,
    tags: table,
  };
}

function spread(count: number, from: number, to: number, random: Random): number[] {
  const step = count > 1 ? (to - from) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => {
    if (i === count - 1) return to;
    const jitter = i === 0 ? 0 : (random() - 0.5) * 0.9 * step;
    return Math.round(from + i * step + jitter);
  });
}

function generatedRow(name: string, lastUpdated: string | null, seed: number, reference: string, sameAs: string | undefined, now: number, withDigestFrom: number): TagRow {
  const own = seededRandom(seedOf(seed, `${reference}:${name}`));
  const content = seededRandom(seedOf(seed, `${reference}@${sameAs ?? name}`));
  const digest = `sha256:${hexDigits(content, 64)}`;
  const size = 20_000_000 + Math.floor(content() * 400_000_000);
  const pushedAt = lastUpdated === null ? undefined : Date.parse(lastUpdated);
  // Most tags are never pulled again after their first weeks; one in five never was at all.
  const pulledAt = pushedAt === undefined || own() < 0.2 ? undefined : Math.min(now, pushedAt + Math.floor(own() ** 3 * 400 * day));
  const pulled = pulledAt === undefined ? null : new Date(pulledAt).toISOString().replace('Z', `${String(Math.floor(own() * 1e6)).padStart(6, '0')}Z`);
  const active = Math.max(pulledAt ?? 0, pushedAt ?? 0) > now - 31 * day;
  const isIndex = pushedAt !== undefined;
  return {
    creator: 4711,
    id: 100_000_000 + Math.floor(own() * 2 ** 40),
    images: isIndex ? imagesOf(content, size, lastUpdated, pulled, active) : [{ ...image('amd64', null, 'linux', size, null, null, false), features: null, os_features: null }],
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
    media_type: isIndex ? 'application/vnd.oci.image.index.v1+json' : 'application/vnd.docker.distribution.manifest.v1+prettyjws',
    content_type: 'image',
    ...(pushedAt !== undefined && pushedAt >= withDigestFrom && { digest }),
  };
}

// Each platform has its attestation beside it, as BuildKit pushes them.
function imagesOf(random: Random, size: number, pushed: string | null, pulled: string | null, active: boolean): ImageRow[] {
  const count = 1 + Math.floor(random() * platforms.length);
  return platforms.slice(0, count).flatMap(([architecture, variant], index) => {
    const own = index === 0 ? size : Math.floor(size * (0.9 + random() * 0.1));
    return [
      { ...image(architecture, variant, 'linux', own, pushed, pulled, active), digest: `sha256:${hexDigits(random, 64)}` },
      { ...image('unknown', null, 'unknown', 2_000 + Math.floor(random() * 20_000), pushed, pulled, active), digest: `sha256:${hexDigits(random, 64)}` },
    ];
  });
}

function image(architecture: string, variant: string | null, os: string, size: number, pushed: string | null, pulled: string | null, active: boolean): ImageRow {
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
