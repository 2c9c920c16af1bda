import { packImages } from '../../../../src/retention/tags/tagImages.ts';

/** Images of a tag as lists hold them. @param digests `sha256:…`, or the beginning of its digits, which zeros fill up */
export function imagesOf(...digests: readonly string[]): string {
  return packImages(
    digests.map((digest) => ({ digest: digest.startsWith('sha256:') ? digest : `sha256:${digest.padEnd(64, '0')}` })),
  );
}
