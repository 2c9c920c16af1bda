import assert from 'node:assert/strict';
import { startHub, type Hub } from '../../hub/hub.ts';
import { attachmentName } from '../../hub/generatedAttachments.ts';
import { seededRandom } from '../../hub/seededRandom.ts';
import { World } from '../../hub/world.ts';
import { AttachmentWatch } from '../../soak/attachmentWatch.ts';
import { attachTo } from '../../soak/soakAttachments.ts';
import { ask, tokenOf } from '../hub-double/ask.ts';

const repository = { namespace: 'team', name: 'api' };
const day = 86_400_000;

describe("the soak's watch over attachments (invariant 13)", () => {
  let hub: Hub;
  let violations: string[];
  let watch: AttachmentWatch;
  let token: string;

  beforeEach(async () => {
    hub = await startHub();
    hub.world.addAccount({ name: 'team', tokens: [{ secret: 'dckr_pat_soak', scope: 'repo:admin' }] });
    hub.world.addRepository(repository);
    token = await tokenOf(hub, 'team', 'dckr_pat_soak');
    violations = [];
    watch = new AttachmentWatch(hub.world, 'team', violations);
    hub.onArrival = (record) => watch.arrived(record);
    hub.onRequest = (record) => watch.answered(record);
  });
  afterEach(() => hub.close());

  const push = (tag: string, digest?: string): string => hub.world.pushTag('team', 'api', tag, { digest }).digest!;
  const remove = async (tag: string): Promise<number> =>
    (await ask(hub, 'DELETE', `/v2/namespaces/team/repositories/api/tags/${tag}`, { token })).status;

  it('has nothing to say of an attachment that goes after its subject, of an orphan, and of one whose subject moved', async () => {
    const digest = push('v1');
    const sig = attachmentName(digest, '.sig');
    push(sig);
    assert.deepEqual([await remove('v1'), await remove(sig), await remove(sig)], [204, 204, 404]);
    const orphan = attachmentName(`sha256:${'0'.repeat(64)}`, '');
    push(orphan);
    await remove(orphan);
    const moved = attachmentName(push('v2'), '.att');
    push(moved);
    push('v2');
    await remove(moved);
    watch.checkEnd([repository]);
    assert.deepEqual(violations, []);
  });

  it('says so when the subject is there: by its tag, a second name of it, a platform, or as an attestation', async () => {
    const digest = push('v1');
    push('v1-alias', digest);
    const platform = hub.world.repository('team', 'api')!.tags.get('v1')!.images![1]!.digest!;
    const [sig, ofPlatform, att] = [
      attachmentName(digest, '.sig'),
      attachmentName(platform, ''),
      attachmentName(digest, '.att'),
    ];
    for (const tag of [sig, ofPlatform]) push(tag);
    const ofAttestation = attachmentName(push(att), '.sig');
    push(ofAttestation);
    await remove(ofPlatform);
    assert.deepEqual(violations, [`a DELETE of api:${ofPlatform}, whose subject v1 is there`]);
    await remove('v1');
    await remove(sig);
    assert.deepEqual(violations.slice(1), [`a DELETE of api:${sig}, whose subject v1-alias is there`]);
    await remove(ofAttestation);
    assert.deepEqual(violations.slice(2), [`a DELETE of api:${ofAttestation}, whose subject ${att} is there`]);
    watch.checkEnd([repository]);
    assert.deepEqual(
      violations.slice(3).sort(),
      [
        `api:${ofAttestation} was deleted, and its subject ${att} is there`,
        `api:${sig} was deleted, and its subject v1-alias is there`,
      ].sort(),
    );
  });

  it('says so when the DELETE of the subject has not been answered, and not once its connection is gone', async () => {
    const digests = [push('v1'), push('v2')];
    const sigs = digests.map((digest) => attachmentName(digest, '.sig'));
    for (const sig of sigs) push(sig);
    const answers: (() => void)[] = [];
    hub.onRequest = (record) => {
      if (/\/v[12]$/.test(record.path)) answers.push(() => watch.answered(record));
      else watch.answered(record);
    };
    await remove('v1');
    await remove(sigs[0]!);
    assert.deepEqual(violations, [`a DELETE of api:${sigs[0]} before the DELETE of its subject api:v1 was answered`]);
    hub.script({ match: { tag: 'v2' }, act: { resetAfterEffect: true } });
    await assert.rejects(remove('v2'));
    for (const answer of answers) answer();
    await remove(sigs[1]!);
    assert.equal(violations.length, 1);
  });
});

describe("the soak's attachments", () => {
  it('belong to what goes or to what stays, or to nothing, with dates that tell nothing', () => {
    const world = new World();
    world.addRepository(repository);
    const now = Date.UTC(2026, 10, 30);
    const cutoff = now - 90 * day;
    const [going, staying] = [
      Array.from({ length: 60 }, (_, i) => `old-${i}`),
      Array.from({ length: 40 }, (_, i) => `young-${i}`),
    ];
    going.forEach((tag, i) => world.pushTag('team', 'api', tag, { pushedAt: cutoff - (i + 1) * day }));
    staying.forEach((tag, i) => world.pushTag('team', 'api', tag, { pushedAt: now - (i + 1) * 60_000 }));
    const added = attachTo(world, repository, { going, staying }, { cutoff, now }, seededRandom(3));
    const { tags } = world.repository('team', 'api')!;
    assert.equal(tags.size, 100 + added.going.length + added.staying.length);
    const holders = (tag: string): string[] =>
      [...tags.values()]
        .filter((row) =>
          [row.digest, ...row.images!.map(({ digest }) => digest)].includes(`sha256:${tag.slice(7, 71)}`),
        )
        .map(({ name }) => name);
    const goes = new Set([...going, ...added.going]);
    const attachments = added.going.filter((tag) => tag.startsWith('sha256-'));
    assert.ok(attachments.length > 30 && attachments.length < added.going.length, 'attachments and second names');
    for (const tag of attachments) {
      assert.ok(holders(tag).length > 0 && holders(tag).every((holder) => goes.has(holder)), tag);
    }
    for (const tag of added.staying) {
      assert.ok(
        holders(tag).every((holder) => !goes.has(holder)),
        tag,
      );
    }
    assert.ok(
      attachments.some((tag) => Date.parse(tags.get(tag)!.last_updated!) > cutoff),
      'signed again',
    );
    assert.ok(added.staying.every((tag) => Date.parse(tags.get(tag)!.last_updated!) < cutoff + day));
    assert.ok(
      attachments.some((tag) => holders(tag).some((holder) => holder.endsWith('.att'))),
      'a signature of an attestation',
    );
  });
});
