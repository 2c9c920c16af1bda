import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attachmentWorlds, type GeneratedKind, namedDigest, signedListings } from './attachmentWorlds.ts';
import { imageDigits } from '../../../../src/retention/tags/tagImages.ts';
import { judged, seeded } from './policyWorlds.ts';

describe('generated listings with attachments', () => {
  it('hold every kind, in numbers, and are what they are said to be', () => {
    const seen = new Map<GeneratedKind, number>();
    for (const { tags, kinds } of fc.sample(signedListings, seeded)) {
      assert.equal(kinds.size, tags.length);
      const digests = new Set(tags.map(({ digest }) => digest));
      const keys = new Set(
        tags.flatMap(({ images }) => imageDigits(images ?? '')!.map((digits) => digits.slice(0, 12))),
      );
      for (const { name } of tags) {
        const kind = kinds.get(name)!;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        const named = namedDigest(name);
        assert.equal(
          named !== undefined,
          ['ofDigest', 'ofPlatform', 'ofLookalike', 'ofAttachment', 'orphan'].includes(kind),
          name,
        );
        assert.match(name, /^\w[\w.-]{0,127}$/);
        if (kind === 'ofDigest' || kind === 'ofAttachment') assert.ok(digests.has(named));
        if (kind === 'ofPlatform' || kind === 'ofLookalike') assert.ok(keys.has(named!.slice(7, 19)));
        if (kind === 'ofLookalike' || kind === 'orphan') assert.ok(!digests.has(named));
      }
    }
    const kinds: GeneratedKind[] = [
      'ofDigest',
      'ofPlatform',
      'ofLookalike',
      'ofAttachment',
      'orphan',
      'lookalike',
      'cache',
    ];
    for (const kind of kinds) assert.ok((seen.get(kind) ?? 0) >= 60, `${kind}: ${seen.get(kind)}`);
  });

  it('can be judged: one verdict for each tag', () => {
    fc.assert(
      fc.property(attachmentWorlds, (world) => {
        const { plan } = judged(world);
        assert.deepEqual(plan.verdicts.map(({ tag }) => tag.name).sort(), world.tags.map(({ name }) => name).sort());
      }),
      seeded,
    );
  });
});
