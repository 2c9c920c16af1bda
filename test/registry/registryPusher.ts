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
    const config = json({ ...platform, config: {}, rootfs: { type: 'layers', diff_ids: [digestOf(layer)] }, history: [{ created_by: content }] });
    const manifest: ImageManifest = {
      schemaVersion: 2,
      mediaType: types.manifest,
      config: await this.#blob(types.config, config),
      layers: [await this.#blob(types.layer, gzipSync(layer))],
    };
    return this.#manifest(types.manifest, json(manifest), reference);
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
      annotations: { 'vnd.docker.reference.digest': images[0]?.digest ?? '', 'vnd.docker.reference.type': 'attestation-manifest' },
      platform: { architecture: 'unknown', os: 'unknown' },
    });
    const index: Index = { schemaVersion: 2, mediaType: mediaTypes.oci.index, manifests };
    return { ...(await this.#manifest(mediaTypes.oci.index, json(index), reference)), children: [...images, attestation] };
  }

  async #attestation(content: string): Promise<PushedManifest> {
    const statement = json({ _type: 'https://in-toto.io/Statement/v0.1', predicateType: 'https://slsa.dev/provenance/v0.2', subject: [], predicate: { content } });
    const manifest: ImageManifest = {
      schemaVersion: 2,
      mediaType: mediaTypes.oci.manifest,
      config: await this.#blob(mediaTypes.oci.config, json({ architecture: 'unknown', os: 'unknown', config: {}, rootfs: { type: 'layers', diff_ids: [digestOf(statement)] } })),
      layers: [await this.#blob('application/vnd.in-toto+json', statement)],
    };
    return this.#manifest(mediaTypes.oci.manifest, json(manifest), undefined);
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
    await this.#ask('PUT', `${this.#address}/manifests/${reference ?? digest}`, 201, { headers: { 'content-type': mediaType }, body: bytes });
    return { digest, mediaType, bytes };
  }

  async #ask(method: string, url: string, expected: number, question: RegistryQuestion = {}): ReturnType<typeof askRegistry> {
    const answer = await askRegistry(method, url, { ...question, token: this.#token() });
    if (answer.status !== expected) throw new Error(`${method} ${new URL(url).pathname} was answered ${answer.status}: ${answer.body.toString()}`);
    return answer;
  }
}

/** `sha256:…` of some bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function descriptorOf({ mediaType, digest, bytes }: PushedManifest): Descriptor {
  return { mediaType, digest, size: bytes.length };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
