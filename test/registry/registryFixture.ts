import { ensureRegistry } from '../../scripts/registryInstall.ts';
import { temporaryFolder } from '../../scripts/temporaryFolder.ts';
import type { Hub } from '../hub/hub.ts';
import { startHub } from '../hub/hub.ts';
import type { RegistryAccess, RegistryPort } from '../hub/registryPort.ts';
import { tokenServicePath } from '../hub/tokenService.ts';
import type { World } from '../hub/world.ts';
import type { Format } from './manifest.ts';
import { registryBesideHub } from './registryBesideHub.ts';
import type { Platform, PushedIndex, PushedManifest } from './registryPusher.ts';
import { RegistryPusher } from './registryPusher.ts';
import { startRegistry, storageIn } from './registryServer.ts';
import { RegistryStorage } from './registryStorage.ts';
import type { PushedSignature, SignatureForm } from './signature.ts';
import { pushSignature, signatureTag } from './signature.ts';
import { tagPushOf } from './tagPush.ts';
import { createTokenSigner } from './tokenSigner.ts';

/** The `service` of the registry's challenge, which clients hand on to the token service. */
export const registryService = 'registry.docker.io';

/** A tag that is pushed. */
export interface TagPushInit {
  /** What makes the image differ from others: the same content gives the same digest. Default: the tag. */
  content?: string;
  /** Epoch milliseconds, for the Hub's list; default now. Null: a tag without a date. */
  pushedAt?: number | null;
}

/** How something is signed. */
export interface SigningInit {
  /** Default: both. */
  forms?: readonly SignatureForm[];
  /** Epoch milliseconds, for the Hub's list; default now. */
  signedAt?: number;
  /** Makes a signature differ from another one of the same digest; default `ann`. */
  signer?: string;
}

/** A tag that is pushed with its signatures. */
export interface SignedPushInit extends TagPushInit, Pick<SigningInit, 'forms'> {
  /** Default `index`. */
  kind?: 'image' | 'index';
  /** What is signed: what the tag points at (default), or the image of an index's first platform. */
  signs?: 'tag' | 'platform';
}

/** What `pushSigned` pushed. */
export interface PushedSigned {
  /** What the tag points at. */
  readonly image: PushedManifest;
  /** What is signed. */
  readonly subject: PushedManifest;
  readonly signatures: readonly PushedSignature[];
  /** Digests by tag: of the image and of its signatures, in the order in which they were pushed. */
  readonly digests: ReadonlyMap<string, string>;
}

/** A real registry, and the Hub whose tags it keeps and whose token service it trusts. */
export interface RegistryFixture {
  readonly hub: Hub;
  /** `http://127.0.0.1:port`, without a slash. */
  readonly registryOrigin: string;
  /**
   * Pushes an image of one platform and lists it on the Hub, where a repository that is not there is made. Not in `hub.requests`.
   * @param repository `namespace/name`
   * @throws Error when the registry refuses
   */
  pushImage(
    repository: string,
    tag: string,
    init?: TagPushInit & { format?: Format; platform?: Platform },
  ): Promise<PushedManifest>;
  /**
   * Pushes an OCI index with an image for each platform and an attestation, in the manner of `pushImage`.
   * @param init.platforms default linux/amd64 and linux/arm64/v8
   */
  pushIndex(
    repository: string,
    tag: string,
    init?: TagPushInit & { platforms?: readonly Platform[] },
  ): Promise<PushedIndex>;
  /**
   * Signs something that was pushed, by its digest; the tags of the signatures are listed on the Hub.
   * @param subject an image, an index, one of its children, or a signature
   * @throws Error when the registry refuses
   */
  sign(repository: string, subject: PushedManifest, init?: SigningInit): Promise<PushedSignature[]>;
  /**
   * Pushes an image or an index and, five seconds later by the Hub's list, its signatures: `pushImage` or `pushIndex`, and `sign`.
   * @throws Error when the registry refuses
   */
  pushSigned(repository: string, tag: string, init?: SignedPushInit): Promise<PushedSigned>;
  /**
   * Digests by tag of what the registry itself has in `namespace/name`. The Hub's world learns of what others push with the next request
   * to the Hub about that repository, so a test that looks into both sends one first.
   */
  tagsIn(repository: string): Map<string, string>;
  /** Empties the registry; the Hub's world stays. Not while something is pushed. */
  clear(): void;
  /** Ends the registry and removes its files; ends the Hub, unless it was given. */
  close(): Promise<void>;
}

/** Whether a registry can be started here: undefined, or in one sentence why not. It may take a download of 5 MB to know. */
export async function registryUnavailable(): Promise<string | undefined> {
  const program = await ensureRegistry();
  return 'unavailable' in program ? program.unavailable : undefined;
}

/**
 * Starts a registry on 127.0.0.1 and puts it beside a Hub: one that is given, or a new one with `world`.
 * @param options.port of the registry; default 0: a free one
 * @throws Error with the reason where there is no registry (`registryUnavailable`), or it does not start; nothing is left running then
 */
export async function startRegistryWithHub(
  options: ({ world: World } | { hub: Hub }) & { port?: number },
): Promise<RegistryFixture> {
  const program = await ensureRegistry();
  if ('unavailable' in program) throw new Error(program.unavailable);
  const endings: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    const folder = await temporaryFolder('registry');
    endings.push(() => folder[Symbol.asyncDispose]());
    const hub = 'hub' in options ? options.hub : await startHub({ world: options.world });
    if (!('hub' in options)) endings.push(() => hub.close());
    const signer = createTokenSigner(hub.origin);
    const { certificate, issuer } = signer;
    const realm = hub.origin + tokenServicePath;
    const registry = await startRegistry({
      program: program.path,
      port: options.port,
      folder: folder.path,
      realm,
      service: registryService,
      issuer,
      certificate,
    });
    endings.push(() => registry.close());
    const storage = new RegistryStorage(storageIn(folder.path));
    const port = registryBesideHub(storage, signer);
    hub.registry = port;
    const tagsIn = (repository: string): Map<string, string> =>
      new Map([...storage.tags(repository)].map(([tag, { digest }]) => [tag, digest]));
    endings.push(() => (hub.registry = undefined));
    return {
      hub,
      registryOrigin: registry.origin,
      ...pushes(hub.world, registry.origin, storage, port),
      tagsIn,
      clear: () => storage.clear(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Pushes = Pick<RegistryFixture, 'pushImage' | 'pushIndex' | 'sign' | 'pushSigned'>;

function pushes(world: World, origin: string, storage: RegistryStorage, port: RegistryPort): Pushes {
  async function push<T extends PushedManifest>(
    repository: string,
    tag: string,
    pushedAt: number | null | undefined,
    work: (pusher: RegistryPusher) => Promise<T>,
  ): Promise<T> {
    const [namespace = '', name = ''] = repository.split('/');
    if (world.repository(namespace, name) === undefined) world.addRepository({ namespace, name });
    const access: RegistryAccess[] = [{ type: 'repository', name: repository, actions: ['pull', 'push'] }];
    const token = (): string => port.token({ subject: 'test', audience: registryService, access, lifeSeconds: 60 });
    const pushed = await work(new RegistryPusher(origin, repository, token));
    // This push must not be seen a second time, with another date; one of somebody else must not be lost by that.
    for (const came of port.pushesTo(repository, Date.now())) world.pushTag(namespace, name, came.tag, came.push);
    world.pushTag(
      namespace,
      name,
      tag,
      tagPushOf(pushed.digest, (digest) => storage.blob(digest), pushedAt === undefined ? Date.now() : pushedAt),
    );
    return pushed;
  }

  const pushImage: Pushes['pushImage'] = (repository, tag, init = {}) =>
    push(repository, tag, init.pushedAt, (pusher) =>
      pusher.image(init.content ?? tag, init.format ?? 'oci', init.platform ?? amd64, tag),
    );
  const pushIndex: Pushes['pushIndex'] = (repository, tag, init = {}) =>
    push(repository, tag, init.pushedAt, (pusher) =>
      pusher.index(init.content ?? tag, init.platforms ?? [amd64, arm64], tag),
    );

  const sign: Pushes['sign'] = async (repository, subject, { forms = bothForms, signedAt, signer = 'ann' } = {}) => {
    const signatures: PushedSignature[] = [];
    for (const form of forms) {
      signatures.push(
        await push(repository, signatureTag(subject.digest, form), signedAt, (pusher) =>
          pushSignature(pusher, subject, form, signer),
        ),
      );
    }
    return signatures;
  };

  const pushSigned: Pushes['pushSigned'] = async (
    repository,
    tag,
    { kind = 'index', signs = 'tag', forms, ...init } = {},
  ) => {
    const index = kind === 'index' ? await pushIndex(repository, tag, init) : undefined;
    const image = index ?? (await pushImage(repository, tag, init));
    const subject = signs === 'platform' ? (index?.children[0] ?? image) : image;
    const signedAt = init.pushedAt == null ? undefined : init.pushedAt + signingTime;
    const signatures = await sign(repository, subject, { forms, signedAt });
    return {
      image,
      subject,
      signatures,
      digests: new Map([[tag, image.digest], ...signatures.map((each) => [each.tag, each.digest] as const)]),
    };
  };

  return { pushImage, pushIndex, sign, pushSigned };
}

const bothForms = ['.sig', 'fallback'] as const;
/** Between an image and its signature, ms. */
const signingTime = 5_000;
const amd64: Platform = { architecture: 'amd64', os: 'linux' };
const arm64: Platform = { architecture: 'arm64', os: 'linux', variant: 'v8' };
