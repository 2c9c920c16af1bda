import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { askRegistry } from './askRegistry.ts';
import type { RegistryQuestion } from './askRegistry.ts';
import type { Descriptor, Format, ImageManifest, Index } from './manifest.ts';
import { mediaTypes } from './manifest.ts';

/** One platform of an index, as `docker` writes it. */
export type Platform = NonNullable<Descriptor['platform']>;

/** Bytes that were pushed as a manifest. */
export interface PushedManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An index, and what it points at in its order; the last one is the attestation. */
export interface PushedIndex extends PushedManifest {
  readonly children: readonly PushedManifest[];
}

/** What a manifest that is no image is made of. */
export interface ArtifactInit extends Pick<ImageManifest, 'artifactType' | 'subject'> {
  readonly config: { readonly mediaType: string; readonly content: unknown };
  readonly layer: {
    readonly mediaType: string;
    readonly content: unknown;
    readonly annotations?: Record<string, string>;
  };
}

/** Pushes to one repository of a registry through its API. */
export class RegistryPusher {
  readonly #address: string;
  readonly #token: () => string;

  /**
   * @param repository `namespace/name`
   * @param token makes a token that may pull and push there
   */
  constructor(origin: string, repository: string, token: () => string) {
    this.#address = `${origin}/v2/${repository}`;
    this.#token = token;
  }

  /**
   * An image of one platform: a configuration and a layer. The layer is compressed bytes and no file system, since nothing unpacks it.
   * @param content what makes the image differ from others; the same content gives the same digest
   * @param reference the tag; without it the manifest can be pulled by its digest alone
   * @throws Error when the registry refuses
   */
  async image(content: string, format: Format, platform: Platform, reference?: string): Promise<PushedManifest> {
    const types = mediaTypes[format];
    const layer = Buffer.from(`${content} for ${platform.os}/${platform.architecture}`);
    const config = jsonBytes({
      ...platform,
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
      history: [{ created_by: content }],
    });
    const manifest: ImageManifest = {
      schemaVersion: 2,
      mediaType: types.manifest,
      config: await this.#blob(types.config, config),
      layers: [await this.#blob(types.layer, gzipSync(layer))],
    };
    return this.#manifest(types.manifest, jsonBytes(manifest), reference);
  }

  /**
   * An OCI index as BuildKit pushes it: an image for each platform, and the attestation of the first one under `unknown/unknown`.
   * @throws Error when the registry refuses
   */
  async index(content: string, platforms: readonly Platform[], reference: string): Promise<PushedIndex> {
    const images: PushedManifest[] = [];
    for (const platform of platforms) images.push(await this.image(content, 'oci', platform));
    const attestation = await this.#attestation(content);
    const manifests: Descriptor[] = images.map((image, at) => ({ ...descriptorOf(image), platform: platforms[at]! }));
    manifests.push({
      ...descriptorOf(attestation),
      annotations: {
        'vnd.docker.reference.digest': images[0]?.digest ?? '',
        'vnd.docker.reference.type': 'attestation-manifest',
      },
      platform: { architecture: 'unknown', os: 'unknown' },
    });
    return { ...(await this.indexOf(manifests, reference)), children: [...images, attestation] };
  }

  /**
   * An OCI manifest of whatever kind: a signature, an attestation, a referrer.
   * @param reference the tag; without it the manifest can be pulled by its digest alone
   * @throws Error when the registry refuses
   */
  async artifact({ config, layer, ...rest }: ArtifactInit, reference?: string): Promise<PushedManifest> {
    const manifest: ImageManifest = {
      schemaVersion: 2,
      mediaType: mediaTypes.oci.manifest,
      config: await this.#blob(config.mediaType, jsonBytes(config.content)),
      layers: [
        {
          ...(await this.#blob(layer.mediaType, jsonBytes(layer.content))),
          ...(layer.annotations && { annotations: layer.annotations }),
        },
      ],
      ...rest,
    };
    return this.#manifest(mediaTypes.oci.manifest, jsonBytes(manifest), reference);
  }

  /**
   * An OCI index of what is there already.
   * @throws Error when the registry refuses, as it does when something of it is not there
   */
  indexOf(manifests: readonly Descriptor[], reference: string): Promise<PushedManifest> {
    const index: Index = { schemaVersion: 2, mediaType: mediaTypes.oci.index, manifests: [...manifests] };
    return this.#manifest(mediaTypes.oci.index, jsonBytes(index), reference);
  }

  #attestation(content: string): Promise<PushedManifest> {
    const statement = {
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://slsa.dev/provenance/v0.2',
      subject: [],
      predicate: { content },
    };
    const config = {
      architecture: 'unknown',
      os: 'unknown',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(jsonBytes(statement))] },
    };
    return this.artifact({
      config: { mediaType: mediaTypes.oci.config, content: config },
      layer: { mediaType: 'application/vnd.in-toto+json', content: statement },
    });
  }

  async #blob(mediaType: string, bytes: Buffer): Promise<Descriptor> {
    const digest = digestOf(bytes);
    const begun = await this.#ask('POST', `${this.#address}/blobs/uploads/`, 202);
    const upload = new URL(begun.headers.location ?? '', this.#address);
    upload.searchParams.set('digest', digest);
    await this.#ask('PUT', upload.href, 201, { headers: { 'content-type': 'application/octet-stream' }, body: bytes });
    return { mediaType, digest, size: bytes.length };
  }

  async #manifest(mediaType: string, bytes: Buffer, reference: string | undefined): Promise<PushedManifest> {
    const digest = digestOf(bytes);
    await this.#ask('PUT', `${this.#address}/manifests/${reference ?? digest}`, 201, {
      headers: { 'content-type': mediaType },
      body: bytes,
    });
    return { digest, mediaType, bytes };
  }

  async #ask(
    method: string,
    url: string,
    expected: number,
    question: RegistryQuestion = {},
  ): ReturnType<typeof askRegistry> {
    const answer = await askRegistry(method, url, { ...question, token: this.#token() });
    if (answer.status !== expected) {
      throw new Error(`${method} ${new URL(url).pathname} was answered ${answer.status}: ${answer.body.toString()}`);
    }
    return answer;
  }
}

/** `sha256:…` of some bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** How another manifest points at one that was pushed. */
export function descriptorOf({ mediaType, digest, bytes }: PushedManifest): Descriptor {
  return { mediaType, digest, size: bytes.length };
}

/** A value as the bytes that are pushed. */
export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
