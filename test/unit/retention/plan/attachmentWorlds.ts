import fc from 'fast-check';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { imageDigits } from '../../../../src/retention/tags/tagImages.ts';
import { DAY, listings, NOW, type World, worlds } from './policyWorlds.ts';

/** What a tag of a signed listing was generated as. */
export type GeneratedKind =
  /** Out of `listings`. */
  | 'image'
  /** An attachment that bears the digest of a tag that has it. */
  | 'ofDigest'
  /** An attachment that bears the digest of a platform of a tag. */
  | 'ofPlatform'
  /** An attachment that bears a digest that begins as a platform's and is another one's. */
  | 'ofLookalike'
  /** An attachment of an attachment of the listing. */
  | 'ofAttachment'
  /** An attachment whose digest nothing in the listing has. */
  | 'orphan'
  /** A name that is none of an attachment, and nearly is. */
  | 'lookalike'
  /** A build cache by its name. */
  | 'cache';

/** A listing with attachments, and what each of its tags was generated as, by name. */
export interface SignedListing {
  readonly tags: readonly Tag[];
  readonly kinds: ReadonlyMap<string, GeneratedKind>;
}

/** A world whose listing has attachments. */
export interface AttachmentWorld extends World {
  readonly kinds: ReadonlyMap<string, GeneratedKind>;
}

const form = /^sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?$/;

/** The digest that the name of an attachment names; undefined for any other name. */
export function namedDigest(name: string): string | undefined {
  const hex = form.exec(name)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}

/** Suffixes of attachments; none is the index of OCI's referrers fallback. */
const suffixes = fc.constantFrom('.sig', '.sig', '.att', '.sbom', '');

const hexDigit = fc.constantFrom(...'0123456789abcdef');
const hex = fc.array(hexDigit, { minLength: 64, maxLength: 64 }).map((digits) => digits.join(''));

/** Names that only look as if they were attachments: too short, with something behind, in capitals, of another algorithm. */
const lookalikeNames = hex.chain((digits) =>
  fc.constantFrom(
    `sha256-${digits.slice(1)}`,
    `sha256-${digits.slice(1)}.sig`,
    `sha256-${digits}0`,
    `sha256-${digits}-x`,
    `sha256-${digits}.`,
    `sha256-${digits}.sig-x`,
    `sha256-a${digits.slice(1)}`.toUpperCase().replace('SHA256', 'sha256'),
    `sha256_${digits}.sig`,
    `v-sha256-${digits}.sig`,
    `sha-${digits}`,
    digits,
  ),
);

/** Names of build caches. */
const cacheNames = fc.constantFrom('buildcache', 'cache', 'app-cache', 'cache-x', 'cache-main', 'v1.2-cache');

/** Time (ms) between the push of a subject and that of its attachment: seconds, mostly; signed again much later, or, after the tag was moved, before. */
const delays = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 20_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 200 }).map((days) => days * DAY) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }).map((days) => -days * DAY) },
);

const someInstants = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -12, max: 12 }).map((days) => NOW - 90 * DAY + days * DAY) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, NaN) },
);

/** What is to be attached to a listing; numbers choose among what there is. */
interface Wish {
  readonly kind: Exclude<GeneratedKind, 'image'>;
  readonly choice: number;
  readonly suffix: string;
  readonly delay: number;
  readonly instant: number | undefined;
  readonly lookalike: string;
  readonly cache: string;
  readonly orphan: string;
  readonly hasDigest: boolean;
}

const wishes: fc.Arbitrary<Wish> = fc.record({
  kind: fc.oneof(
    { weight: 10, arbitrary: fc.constant('ofDigest' as const) },
    { weight: 4, arbitrary: fc.constantFrom('ofPlatform' as const, 'ofAttachment' as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom('ofLookalike' as const, 'orphan' as const, 'lookalike' as const, 'cache' as const),
    },
  ),
  choice: fc.nat({ max: 1000 }),
  suffix: suffixes,
  delay: delays,
  instant: someInstants,
  lookalike: lookalikeNames,
  cache: cacheNames,
  orphan: hex.map((digits) => `sha256:e${digits.slice(1)}`),
  hasDigest: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
});

/**
 * Whole listings with attachments of some of their images. Digests of attachments are their own; each name is there once. Where a wish has nothing
 * that it could be attached to, nothing comes of it.
 */
export const signedListings: fc.Arbitrary<SignedListing> = fc
  .tuple(listings, fc.array(wishes, { maxLength: 16, size: 'max' }))
  .map(([images, all]) => withAttachments(images, all));

function withAttachments(images: readonly Tag[], all: readonly Wish[]): SignedListing {
  const tags = new Map<string, Tag>(images.map((tag) => [tag.name, tag]));
  const kinds = new Map<string, GeneratedKind>(images.map(({ name }) => [name, 'image']));
  all.forEach((wish, at) => {
    const found = nameOf(
      wish,
      images,
      [...tags.values()].filter(({ name }) => kinds.get(name) !== 'image' && namedDigest(name) !== undefined),
    );
    if (!found || tags.has(found.name)) return;
    const { name, subject } = found;
    const pushedAt = Number.isFinite(subject?.pushedAt) ? Math.min(NOW, subject!.pushedAt! + wish.delay) : wish.instant;
    const digest = wish.hasDigest ? `sha256:${`c${at.toString(16).padStart(3, '0')}`.repeat(16)}` : undefined;
    tags.set(name, { name, ...(digest !== undefined && { digest }), ...(pushedAt !== undefined && { pushedAt }) });
    kinds.set(name, wish.kind);
  });
  return { tags: [...tags.values()], kinds };
}

/** The name that a wish comes to, and the tag that it is about. */
function nameOf(
  { kind, choice, suffix, lookalike, cache, orphan }: Wish,
  images: readonly Tag[],
  attachments: readonly Tag[],
): { name: string; subject?: Tag } | undefined {
  const chosen = <T>(of: readonly T[]): T | undefined => of[choice % of.length];
  const to = (digest: string | undefined, subject?: Tag) =>
    digest === undefined ? undefined : { name: digest.replace(':', '-') + suffix, subject };
  const onPlatform = (change: (digits: string) => string) => {
    const subject = chosen(images.filter((tag) => tag.images !== undefined));
    const digits = subject && chosen(imageDigits(subject.images!)!);
    return to(digits && `sha256:${change(digits)}`, subject);
  };
  switch (kind) {
    case 'ofDigest': {
      const subject = chosen(images.filter(({ digest }) => digest !== undefined));
      return to(subject?.digest, subject);
    }
    case 'ofPlatform':
      return onPlatform((digits) => digits);
    case 'ofLookalike':
      return onPlatform((digits) => `${digits.slice(0, 12)}${'f'.repeat(52)}`);
    case 'ofAttachment': {
      const subject = chosen(attachments.filter(({ digest }) => digest !== undefined));
      return to(subject?.digest, subject);
    }
    case 'orphan':
      return to(orphan);
    case 'lookalike':
      return { name: lookalike };
    case 'cache':
      return { name: cache };
  }
}

function fewOf(items: readonly string[]): fc.Arbitrary<string[]> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.subarray([...items], { maxLength: Math.min(2, items.length) }) },
  );
}

/** Everything that decides, with attachments among the tags: they are now and then in use, protected or immutable themselves. */
export const attachmentWorlds: fc.Arbitrary<AttachmentWorld> = fc
  .tuple(worlds, signedListings)
  .chain(([world, { tags, kinds }]) => {
    const names = tags.map(({ name }) => name);
    return fc.record({
      tags: fc.constant(tags),
      kinds: fc.constant(kinds),
      policy: fc.boolean().map((orphanedAttachments) => ({ ...world.policy, orphanedAttachments })),
      protect: fc.oneof(
        { weight: 6, arbitrary: fc.constant(world.protect) },
        { weight: 1, arbitrary: fc.constantFrom(['*.sig'], ['sha256-*'], ['sha256-*.att']) },
      ),
      usedTags: fewOf(names),
      usedDigests: fewOf([
        ...new Set(
          tags.flatMap(({ name, digest }) => [digest, namedDigest(name)].filter((each) => each !== undefined)),
        ),
      ]),
      immutable: fewOf(names),
    });
  });
