import { mediaTypes } from './manifest.ts';
import type { PushedManifest, RegistryPusher } from './registryPusher.ts';
import { descriptorOf, digestOf, jsonBytes } from './registryPusher.ts';

/**
 * How something is signed (API-NOTES, attachments): `.sig`, a manifest at `sha256-<hex>.sig`, as cosign 1 and 2 do; `fallback`, an index of
 * referrers at `sha256-<hex>`, as cosign 3 does where a registry has no referrers API.
 */
export type SignatureForm = '.sig' | 'fallback';

/** The tag of a signature, and what stands there. */
export interface PushedSignature extends PushedManifest {
  readonly tag: string;
  readonly form: SignatureForm;
}

/** The tag that a signature of a digest has. */
export function signatureTag(digest: string, form: SignatureForm): string {
  return digest.replace(':', '-') + (form === '.sig' ? '.sig' : '');
}

/**
 * Signs a manifest. The signature is no real one: nothing verifies it, and the shape is what counts.
 * @param signer makes the signature differ from others of the same subject, as signing once more does
 * @throws Error when the registry refuses
 */
export async function pushSignature(
  pusher: RegistryPusher,
  subject: PushedManifest,
  form: SignatureForm,
  signer: string,
): Promise<PushedSignature> {
  const tag = signatureTag(subject.digest, form);
  const pushed =
    form === '.sig'
      ? await simpleSigning(pusher, subject, signer, tag)
      : await pusher.indexOf([await referrer(pusher, subject, signer)], tag);
  return { ...pushed, tag, form };
}

function simpleSigning(
  pusher: RegistryPusher,
  { digest }: PushedManifest,
  signer: string,
  tag: string,
): Promise<PushedManifest> {
  const payload = {
    critical: {
      identity: { 'docker-reference': '' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  };
  const never = '0001-01-01T00:00:00Z';
  const config = {
    architecture: '',
    created: never,
    history: [{ created: never }],
    os: '',
    rootfs: { type: 'layers', diff_ids: [digestOf(jsonBytes(payload))] },
    config: {},
  };
  return pusher.artifact(
    {
      config: { mediaType: mediaTypes.oci.config, content: config },
      layer: {
        mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
        content: payload,
        annotations: {
          'dev.cosignproject.cosign/signature': Buffer.from(`${signer} signs ${digest}`).toString('base64'),
        },
      },
    },
    tag,
  );
}

const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

async function referrer(
  pusher: RegistryPusher,
  subject: PushedManifest,
  signer: string,
): Promise<ReturnType<typeof descriptorOf>> {
  const pushed = await pusher.artifact({
    artifactType: bundleType,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', content: {} },
    layer: { mediaType: bundleType, content: { mediaType: bundleType, content: `${signer} signs ${subject.digest}` } },
    subject: descriptorOf(subject),
  });
  return { ...descriptorOf(pushed), artifactType: bundleType };
}
