import type { RepositoryName } from '../../src/retention/tags/repositoryName.ts';
import { attachmentName, type AttachmentSuffix } from '../hub/generatedAttachments.ts';
import { imageRow } from '../hub/generatedRow.ts';
import { hexDigits, type Random } from '../hub/seededRandom.ts';
import type { World } from '../hub/world.ts';

/** Tags of a repository before anything is attached to them. */
export interface AttachableTags {
  /** Names of the tags that go. */
  readonly going: readonly string[];
  /** Names of those that stay. */
  readonly staying: readonly string[];
}

/** When (epoch ms) what was pushed. */
export interface AttachmentDates {
  /** What is older goes by age. */
  readonly cutoff: number;
  readonly now: number;
}

const second = 1000;
const day = 86_400 * second;

/**
 * Attaches signatures, attestations, SBOMs and fallback indexes to some of a repository's tags: by the digest of the tag, now and then by that of its
 * first platform; some of what goes signed again since, all of what stays signed long ago, so that no date alone would tell what to do. Some tags that go
 * get a second name, some attestations a signature; and some attachments belong to nothing.
 * @returns the names that were added: what goes with its image, and what stays
 */
export function attachTo(
  world: World,
  { namespace, name }: RepositoryName,
  tags: AttachableTags,
  { cutoff, now }: AttachmentDates,
  random: Random,
): { going: string[]; staying: string[] } {
  const added = { going: [] as string[], staying: [] as string[] };
  const push = (tag: string, pushedAt: number, digest: string): void => {
    const pushed = new Date(pushedAt).toISOString();
    const image = { ...imageRow('unknown', null, 'unknown', 1_000, pushed, null, false), digest };
    world.pushTag(namespace, name, tag, {
      pushedAt,
      digest,
      size: 1_000,
      row: {
        images: [image],
        media_type: `application/vnd.oci.image.${tag.includes('.') ? 'manifest' : 'index'}.v1+json`,
      },
    });
  };
  const newDigest = (): string => `sha256:${hexDigits(random, 64)}`;

  const sign = (tag: string, signedAt: number, group: string[]): void => {
    const row = world.repository(namespace, name)!.tags.get(tag)!;
    const subject = random() < 0.1 ? row.images![0]!.digest! : row.digest!;
    const chosen: readonly (AttachmentSuffix | '')[] = (['.sig', '.att', '.sbom', ''] as const).filter(
      (suffix) => suffix === '.sig' || random() < 0.3,
    );
    chosen.forEach((suffix, at) => {
      const [attachment, digest] = [attachmentName(subject, suffix), newDigest()];
      push(attachment, signedAt + at * second, digest);
      group.push(attachment);
      if (suffix !== '.att' || random() < 0.7) return;
      const ofAttestation = attachmentName(digest, '.sig');
      push(ofAttestation, signedAt + 10 * second, newDigest());
      group.push(ofAttestation);
    });
  };

  for (const tag of tags.going) {
    const { digest, images, last_updated: pushed } = world.repository(namespace, name)!.tags.get(tag)!;
    const pushedAt = Date.parse(pushed!);
    if (random() < 0.1) {
      const alias = `${tag}-alias`;
      world.pushTag(namespace, name, alias, { pushedAt: pushedAt - second, digest, row: { images } });
      added.going.push(alias);
    }
    if (random() < 0.6) {
      sign(tag, random() < 0.15 ? now - Math.floor(random() * 20) * day : pushedAt + second, added.going);
    }
  }
  for (const tag of tags.staying) {
    if (random() < 0.3) sign(tag, cutoff - Math.floor(1 + random() * 50) * day, added.staying);
  }
  for (let i = Math.floor(random() * 4); i > 0; i--) {
    const orphan = attachmentName(newDigest(), '.sig');
    push(orphan, cutoff - i * day, newDigest());
    added.staying.push(orphan);
  }
  return added;
}
