import { createHash } from 'node:crypto';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import type { Clock } from '../async/clock.ts';
import { HubError } from './wire/hubError.ts';
import type { Admission } from './pacing/pacer.ts';
import { pathSegment } from './wire/pathSegment.ts';
import { refusalOf } from './wire/refusal.ts';
import type { RegistryAnswer, RegistryRequest, RegistrySession } from './registrySession.ts';
import { retrying } from './wire/retrying.ts';

/** A manifest or an index as the registry keeps it, byte for byte. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Everything that a tag may point at; a registry gives what is not asked for in another form, with another digest. */
const mediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** One account's registry, as far as putting tags back needs it (API-NOTES, 9). Reads are retried (see `retrying`), a PUT is sent once. */
export class RegistryClient {
  readonly #session: Pick<RegistrySession, 'send'>;
  readonly #clock: Clock;
  #pullsLeft: number | undefined;

  constructor(parts: { readonly session: Pick<RegistrySession, 'send'>; readonly clock: Clock }) {
    this.#session = parts.session;
    this.#clock = parts.clock;
  }

  /** How many more pulls the registry said, with its last answer, that it takes in this hour; unknown where it does not say. */
  get pullsLeft(): number | undefined {
    return this.#pullsLeft;
  }

  /**
   * Looks up what a tag or a digest points at; does not count as a pull.
   * @returns the digest, or `undefined` where there is no such thing
   * @throws HubError
   */
  async digestOf(repository: RepositoryName, reference: string, admission: Admission): Promise<string | undefined> {
    const answer = await this.#read('HEAD', repository, reference, admission);
    if (answer.status === 404) return undefined;
    const digest = answer.headers.get('docker-content-digest');
    if (!digest || !isDigest(digest)) {
      throw new HubError({ kind: 'malformed', request: answer.request, status: answer.status, reason: 'noDigest' });
    }
    return digest;
  }

  /** Reads a manifest by its digest; counts as a pull. @throws HubError; `notFound`, `malformed` when the bytes are not those of the digest */
  async manifest(repository: RepositoryName, digest: string, admission: Admission): Promise<Manifest> {
    const answer = await this.#read('GET', repository, digest, admission);
    if (answer.status === 404) throw refusalOf(answer, answer.secrets);
    const mediaType = answer.headers.get('content-type');
    const bytes = new Uint8Array(Buffer.concat(answer.body));
    if (digestOfBytes(digest, bytes) !== digest || !mediaType || !mediaTypes.includes(mediaType)) {
      throw new HubError({
        kind: 'malformed',
        request: answer.request,
        status: answer.status,
        reason: 'wrongManifest',
      });
    }
    return { digest, mediaType, bytes };
  }

  /** Puts a manifest under a tag, whatever that points at now. @throws HubError; `malformed` when the registry made something else of it */
  async putTag(
    repository: RepositoryName,
    tag: string,
    { digest, mediaType, bytes }: Manifest,
    admission: Admission,
  ): Promise<void> {
    const answer = await this.#send(
      { method: 'PUT', headers: { 'content-type': mediaType }, body: new Uint8Array(bytes) },
      repository,
      pathSegment(tag),
      admission,
    );
    const made = answer.headers.get('docker-content-digest');
    if (made !== null && made !== digest) {
      throw new HubError({ kind: 'malformed', request: answer.request, status: answer.status, reason: 'wrongDigest' });
    }
  }

  async #read(
    method: 'HEAD' | 'GET',
    repository: RepositoryName,
    reference: string,
    admission: Admission,
  ): Promise<RegistryAnswer> {
    const segment = isDigest(reference) ? reference : pathSegment(reference);
    return retrying({ ...admission, clock: this.#clock }, (again) =>
      this.#send({ method, headers: { accept: mediaTypes.join(', ') } }, repository, segment, { ...admission, again }),
    );
  }

  async #send(
    request: Pick<RegistryRequest, 'method' | 'headers' | 'body'>,
    repository: RepositoryName,
    reference: string,
    admission: Admission,
  ): Promise<RegistryAnswer> {
    const target = `/v2/${pathSegment(repository.namespace)}/${pathSegment(repository.name)}/manifests/${reference}`;
    const answer = await this.#session.send(repository, { ...admission, ...request, target });
    // "76;w=3600": what is left in a window of so many seconds.
    const left = /^\d{1,9}/.exec(answer.headers.get('ratelimit-remaining') ?? '')?.[0];
    if (left !== undefined) this.#pullsLeft = Number(left);
    if (answer.status >= 400 && !(answer.status === 404 && request.method !== 'PUT')) {
      throw refusalOf(answer, answer.secrets);
    }
    return answer;
  }
}

/** Whether a text is a digest that this client can check. */
export function isDigest(text: string): boolean {
  return /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text);
}

function digestOfBytes(digest: string, bytes: Uint8Array): string {
  const algorithm = digest.slice(0, digest.indexOf(':'));
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
