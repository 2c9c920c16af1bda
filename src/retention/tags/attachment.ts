import { areHexDigits, beginsWithDigits } from './hexDigits.ts';
import type { Tag } from './tag.ts';

/** What the name of an attachment says: a signature, an attestation, an SBOM, or what else was attached to an image. */
export interface AttachmentName {
  /** The digest of what it is attached to, its subject: 64 hexadecimal digits. */
  readonly digits: string;
  /** Lowercase, without its dot: `sig`, `att`, `sbom`; empty for the index of all that is attached (the referrers tag of OCI 1.1). */
  readonly suffix: string;
}

const prefixLength = 'sha256-'.length;
const digitsEnd = prefixLength + 64;
const suffixForm = /^\.[A-Za-z]+$/;

/** Reads a name such as `sha256-<64 hex>.sig` (API-NOTES, 11); `undefined` for every other name. */
export function parseAttachmentName(name: string): AttachmentName | undefined {
  // Nearly all names end here, and there are hundreds of thousands. A pattern for the whole name would take far longer for the others.
  if (
    name.length < digitsEnd ||
    !(name.startsWith('sha256-') || name.startsWith('sha512-')) ||
    !areHexDigits(name, prefixLength, digitsEnd)
  ) {
    return undefined;
  }
  const end = name.slice(digitsEnd);
  if (end !== '' && !suffixForm.test(end)) return undefined;
  return { digits: name.slice(prefixLength, digitsEnd), suffix: end.slice(1).toLowerCase() };
}

/**
 * What a tag is attached to by its name; `undefined` for a tag that is no attachment. A tag that is named after its own digest is the image itself.
 */
export function attachmentOf({ name, digest }: Pick<Tag, 'name' | 'digest'>): AttachmentName | undefined {
  const parsed = parseAttachmentName(name);
  return parsed && digest !== undefined && beginsWithDigits(digest, parsed.digits) ? undefined : parsed;
}

/** The digest of what a tag is attached to, such as `sha256:<64 hex>`; `undefined` for a tag that is no attachment. */
export function subjectDigest(tag: Pick<Tag, 'name' | 'digest'>): string | undefined {
  const attached = attachmentOf(tag);
  return attached && `${tag.name.slice(0, 'sha256'.length)}:${attached.digits}`;
}
