import type { ImageRow } from '../hub/rows.ts';
import type { Push } from '../hub/world.ts';
import type { ImageManifest, Index } from './manifest.ts';

/**
 * How Docker Hub lists a tag with this digest: media type, a row for each platform, and as size that of the first one (API-NOTES section 4).
 * @param blob gives the bytes with a digest, those of the manifest and what it points at
 * @param pushedAt epoch milliseconds; null for a tag without a date
 */
export function tagPushOf(digest: string, blob: (digest: string) => Uint8Array, pushedAt: number | null): Push {
  const lastPushed = pushedAt === null ? null : new Date(pushedAt).toISOString();
  const read = (of: string): unknown => JSON.parse(Buffer.from(blob(of)).toString());
  const manifest = read(digest) as ImageManifest | Index;
  const images =
    'manifests' in manifest
      ? manifest.manifests.map((child) =>
          imageRow(child.digest, child.platform, sizeOf(read(child.digest) as ImageManifest), lastPushed),
        )
      : [imageRow(digest, read(manifest.config.digest) as Platform, sizeOf(manifest), lastPushed)];
  return { pushedAt, digest, size: images[0]?.size ?? 0, row: { images, media_type: manifest.mediaType } };
}

type Platform = { architecture: string; os: string; variant?: string };

/** Compressed bytes of the layers and the configuration. */
function sizeOf({ config, layers }: ImageManifest): number {
  return layers.reduce((sum, layer) => sum + layer.size, config.size);
}

function imageRow(digest: string, platform: Platform | undefined, size: number, lastPushed: string | null): ImageRow {
  return {
    architecture: platform?.architecture ?? 'unknown',
    features: '',
    variant: platform?.variant ?? null,
    digest,
    os: platform?.os ?? 'unknown',
    os_features: '',
    os_version: null,
    size,
    status: 'active',
    last_pulled: null,
    last_pushed: lastPushed,
  };
}
