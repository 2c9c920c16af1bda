import type { RowSource } from './generatedRow.ts';
import { generatedContent, imageRow, otherRow } from './generatedRow.ts';
import type { TagRow } from './rows.ts';

/** A build cache that BuildKit keeps in the repository (`--cache-to type=registry`). */
export interface CacheOptions {
  /** Such as `buildcache`, `cache-main`. */
  name: string;
  /** Days before the newest tag at which it was pushed last; default 0.1. */
  ageDays?: number;
  /**
   * `manifest` (default): an image manifest with a configuration of BuildKit's own type, and `index`: BuildKit's older form, which a row cannot tell
   * from an image's index.
   */
  form?: 'manifest' | 'index';
}

/** The media type of the configuration of a cache. */
const cacheMediaType = 'application/vnd.buildkit.cacheconfig.v0';

/**
 * The row of a cache. No recording has one. Recorded rows of tags without an index bear the media type of the configuration
 * (`application/vnd.docker.container.image.v1+json`), so this one does, too; `unrecognized` is what Docker's client knows for other contents.
 */
export function cacheRow({ name, form = 'manifest' }: CacheOptions, lastUpdated: string, source: RowSource): TagRow {
  const { digest, size } = generatedContent(name, source);
  const isIndex = form === 'index';
  const shown = isIndex ? generatedContent(`${name} layer`, source).digest : digest;
  return otherRow(name, lastUpdated, source, {
    images: [{ ...imageRow('unknown', null, 'unknown', size, lastUpdated, null, false), digest: shown }],
    full_size: size,
    media_type: isIndex ? 'application/vnd.oci.image.index.v1+json' : cacheMediaType,
    content_type: isIndex ? 'image' : 'unrecognized',
    digest,
  });
}
