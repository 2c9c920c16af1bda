/** What a manifest says of something that it points at (OCI image specification, descriptor). */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  /** Of a referrer, in the index of a subject's referrers. */
  artifactType?: string;
  platform?: { architecture: string; os: string; variant?: string };
  annotations?: Record<string, string>;
}

/** An image's manifest, of OCI or of Docker (schema 2). */
export interface ImageManifest {
  schemaVersion: 2;
  mediaType: string;
  config: Descriptor;
  layers: Descriptor[];
  /** What a manifest that is no image is (OCI 1.1). */
  artifactType?: string;
  /** What a referrer refers to (OCI 1.1). */
  subject?: Descriptor;
}

/** An OCI index or a Docker manifest list. */
export interface Index {
  schemaVersion: 2;
  mediaType: string;
  manifests: Descriptor[];
}

/** The media types of one image, by whose they are. */
export const mediaTypes = {
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const;

/** Whose media types an image has. */
export type Format = keyof typeof mediaTypes;

/** A manifest's `Accept` that takes all that a Docker Hub tag can be (API-NOTES section 9). */
export const anyManifest = [
  mediaTypes.docker.manifest,
  mediaTypes.docker.index,
  mediaTypes.oci.manifest,
  mediaTypes.oci.index,
].join(', ');
