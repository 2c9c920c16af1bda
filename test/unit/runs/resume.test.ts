import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HubError, isHubError } from '../../../src/hub/wire/hubError.ts';
import { Journal } from '../../../src/runs/journal/journal.ts';
import { JournalError } from '../../../src/runs/journal/journalLine.ts';
import type { JournalRecord } from '../../../src/runs/journal/journalRecord.ts';
import type { Outcome } from '../../../src/runs/outcome/outcome.ts';
import { canResume, prepareResume } from '../../../src/runs/resume.ts';
import { makeBatch, type Batch } from '../../../src/retention/plan/batch.ts';
import { checkPolicy } from '../../../src/retention/policy/checkPolicy.ts';
import { hasMoved } from '../../../src/retention/tags/moved.ts';
import { withPicked, planPicked, withoutEmptying } from '../../../src/retention/plan/plan.ts';
import type { RepositoryName } from '../../../src/retention/tags/repositoryName.ts';
import type { Policy } from '../../../src/retention/policy/policy.ts';
import { planByPolicy } from '../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../src/async/sliced.ts';
import type { Tag } from '../../../src/retention/tags/tag.ts';
import { noUses } from '../../../src/retention/plan/uses.ts';
import { FakeClock, noon } from '../fakeClock.ts';
import { FakeRemover, refusal, reset } from './run/fakeRemover.ts';
import { begun, head, readText } from './journal/journalText.ts';
import { resumed, tomorrow } from './resumedRun.ts';
import { api, MemorySink, oldTags, runToEnd } from './run/runToEnd.ts';
import { planByAge } from '../retention/plan/planByAge.ts';

const cutoff = noon - 1_000;
const young: Tag = { name: 'young', pushedAt: noon - 1, digest: 'sha256:1' };

function byAge(tags: readonly Tag[], repository: RepositoryName = api): Batch {
  return makeBatch(
    [planByAge({ repository, tags, asOf: noon, cutoff, protect: compileProtect([]), inDateOrder: true })],
    { maxDeletions: 0 },
  );
}

function picked(tags: readonly Tag[], remaining = 100): Batch {
  return makeBatch([planPicked({ repository: api, tags, asOf: noon, remaining })], { maxDeletions: 0 });
}

/** What the journal has of a tag: its intent, and how it ended. */
type Story = { readonly intent?: boolean; readonly outcome?: Outcome };
const uncertain: Outcome = { kind: 'uncertain', failure: { kind: 'network' } };
const failed: Outcome = { kind: 'failed', failure: { kind: 'server', status: 500 } };
const cancelled: Outcome = { kind: 'notReached', reason: 'cancelled' };

/** The journal of a run that was interrupted, tags without a story not reached. */
async function recordOf(
  batch: Batch,
  stories: Readonly<Record<string, Story>> = {},
  repository: RepositoryName = api,
): Promise<JournalRecord> {
  const { journal, sink } = await begun(batch);
  for (const [name, { intent, outcome }] of Object.entries(stories)) {
    const tag = batch.plans
      .find((plan) => plan.repository.name === repository.name)!
      .going.find((tag) => tag.name === name)!;
    if (intent) await journal.intend(repository, tag);
    if (outcome) journal.note({ type: 'outcome', repository, tag, outcome });
  }
  await journal.resume(0, false);
  return readText(sink.text);
}

const [t1, t2, t3, t4] = oldTags(4) as [Tag, Tag, Tag, Tag];
const moved = (tag: Tag): Tag => ({ ...tag, pushedAt: tomorrow, digest: 'sha256:2' });

describe('prepareResume', () => {
  it('goes on with what was not reached, and asks for nothing but the list', async () => {
    const record = await recordOf(byAge([t1, t2, t3, young]), { t1: { intent: true, outcome: { kind: 'removed' } } });
    const { going, ends, remover, lists, batch } = await resumed(record, { there: [t2, t3, young] });
    assert.deepEqual([going, ends, remover.calls, lists], [['t2', 't3'], {}, [], ['api']]);
    assert.equal(batch.plans[0]!.inDateOrder, true, 'so that tags that move from now on are found');
    assert.equal(batch.asOf, tomorrow);
  });

  it('has nothing to do with tags that came to an end of their own, and reads no list for them', async () => {
    const batch = byAge([t1, t2, t3, t4, young]);
    const record = await recordOf(batch, {
      t1: { intent: true, outcome: { kind: 'removed' } },
      t2: { outcome: { kind: 'spared' } },
      t3: { intent: true, outcome: failed },
      t4: { intent: true, outcome: { kind: 'alreadyGone' } },
    });
    assert.equal(canResume(record), false);
    const { going, ends, lists } = await resumed(record, { there: [t2, t3, young] });
    assert.deepEqual([going, ends, lists], [[], {}, []]);
  });

  describe('looks tags up whose DELETE may have come through', () => {
    for (const [what, story] of [
      ['an intent without an outcome', { intent: true }],
      ['an uncertain outcome', { intent: true, outcome: uncertain }],
    ] as const) {
      it(`after ${what}: gone is removed, moved is spared, the same goes on`, async () => {
        const record = await recordOf(byAge([t1, t2, t3, t4, young]), { t1: story, t2: story, t3: story });
        const { going, ends, remover } = await resumed(record, { there: [moved(t2), t3, t4, young] });
        assert.deepEqual(going, ['t3', 't4']);
        assert.deepEqual(ends, { t1: 'removed', t2: 'spared' });
        assert.deepEqual([remover.count('GET'), remover.count('GET repository'), remover.count('DELETE')], [4, 1, 0]);
      });
    }

    it('before it reads any list, and each once', async () => {
      const record = await recordOf(byAge([t1, t2, young]), { t1: { intent: true } });
      let listed = false;
      await resumed(record, {
        there: [t1, t2, young],
        script: () => void assert.equal(listed, false),
        list: async () => (
          (listed = true),
          { repository: api, tags: [t1, t2, young], asOf: tomorrow, inDateOrder: true }
        ),
      });
      assert.ok(listed);
    });

    it('and takes one for removed that goes away between look-up and list, once it was looked up again', async () => {
      const record = await recordOf(byAge([t1, t2, young]), { t1: { intent: true } });
      const { going, ends } = await resumed(record, {
        there: [t1, t2, young],
        list: async () => ({ repository: api, tags: [t2, young], asOf: tomorrow, inDateOrder: true }),
        script: ({ method, tag, nth }) => (method === 'GET' && tag === 't1' && nth === 2 ? refusal(404) : undefined),
      });
      assert.deepEqual([going, ends], [['t2'], { t1: 'removed' }]);
    });

    it('but says of one that was never sent that somebody else deleted it', async () => {
      const record = await recordOf(byAge([t1, t2, t3, young]), {
        t1: { intent: true, outcome: cancelled },
        t2: { outcome: cancelled },
      });
      const { going, ends, remover } = await resumed(record, { there: [t3, young] });
      assert.deepEqual(
        [going, ends, remover.calls],
        [['t3'], { t1: 'alreadyGone', t2: 'alreadyGone' }, ['GET t1', 'GET t2', 'GET repository team/api']],
      );
    });

    it('and fails where they cannot be: nothing is settled, nothing lost, and no list is read', async () => {
      const many = oldTags(60);
      const record = await recordOf(
        byAge([...many, young]),
        Object.fromEntries(many.map(({ name }) => [name, { intent: true }])),
      );
      for (const error of [reset(), refusal(500), refusal(401), new HubError({ kind: 'blocked', status: 403 })]) {
        let asked = 0;
        let lists = 0;
        const preparing = resumed(record, {
          there: many,
          script: () => (asked++, error),
          list: async () => (lists++, assert.fail()),
        });
        await assert.rejects(preparing, (thrown) => isHubError(thrown, error.kind));
        assert.equal(lists, 0);
        assert.ok(asked <= 8, `${asked} asked`);
      }
    });
  });

  describe('spares, by name and with the reason, what was confirmed and would stay today', () => {
    it('what was pushed again, also under the name of a tag that was not reached', async () => {
      const undated = { name: 'undated', digest: 'sha256:5' };
      const noDigest = { name: 'bare', pushedAt: 3 };
      const batch = picked([t1, t2, t3, undated, noDigest]);
      const { going, ends } = await resumed(await recordOf(batch), {
        there: [
          moved(t1),
          { ...t2, digest: 'sha256:3' },
          t3,
          { ...undated, pushedAt: 4 },
          { ...noDigest, digest: 'sha256:4' },
          young,
        ],
      });
      assert.deepEqual([going, ends], [['t3'], { t1: 'spared', t2: 'spared', undated: 'spared', bare: 'spared' }]);
    });

    it('what is protected today, picked or not', async () => {
      for (const batch of [byAge([t1, t2, t3, young]), picked([t1, t2, t3])]) {
        const { going, ends, settled } = await resumed(await recordOf(batch), {
          there: [t1, t2, t3, young],
          protect: ['T2', '*3'],
        });
        assert.deepEqual([going, ends], [['t1'], { t2: 'spared protected', t3: 'spared protected' }]);
        assert.deepEqual(
          settled.map((event) => event.type === 'outcome' && event.outcome.kind === 'spared' && event.outcome.reason),
          [
            { kind: 'protected', pattern: 'T2' },
            { kind: 'protected', pattern: '*3' },
          ],
        );
      }
    });

    it("what is over today's cap: the youngest", async () => {
      const { going, ends } = await resumed(await recordOf(byAge([t1, t2, t3, young])), {
        there: [t1, t2, t3, young],
        maxDeletions: 2,
      });
      assert.deepEqual([going, ends], [['t1', 't2'], { t3: 'spared overCap' }]);
    });

    it('the last tag, where the user did not agree to empty the repository', async () => {
      const record = await recordOf(byAge([t1, t2, young]));
      const { going, ends, batch } = await resumed(record, { there: [t1, t2] });
      assert.deepEqual([going, ends, batch.plans[0]!.emptiesRepository], [['t1'], { t2: 'spared lastTag' }, false]);
      const ofPicked = await resumed(await recordOf(picked([t1, t2], 3)), { there: [t1, t2] });
      assert.deepEqual([ofPicked.going, ofPicked.ends], [['t1'], { t2: 'spared lastTag' }]);
      const agreed = await resumed(await recordOf(picked([t1, t2], 2)), { there: [t1, t2] });
      assert.deepEqual([agreed.going, agreed.ends, agreed.batch.plans[0]!.emptiesRepository], [['t1', 't2'], {}, true]);
    });

    it('but no confirmed tag as the last where another one stays anyway', async () => {
      // t1 failed before; it is old, but not to be deleted any more.
      const record = await recordOf(byAge([t1, t2, t3, young]), { t1: { intent: true, outcome: failed } });
      const { going, ends } = await resumed(record, { there: [t1, t2, t3] });
      assert.deepEqual([going, ends], [['t2', 't3'], {}]);
      const newer = await resumed(await recordOf(byAge([t1, t2, young])), {
        there: [t1, { ...t2, digest: 'sha256:9' }],
      });
      assert.deepEqual([newer.going, newer.ends], [['t1'], { t2: 'spared' }]);
    });
  });

  describe('of a run by a policy', () => {
    const rule = (fields: Record<string, unknown>) => checkPolicy({ repositories: ['*/*'], ...fields }, noon);
    const byPolicy = (policy: Policy, tags: readonly Tag[], pick: readonly string[] = []) => {
      const { plan } = planByPolicy({
        repository: api,
        tags,
        policy,
        now: noon,
        asOf: noon,
        protect: compileProtect([]),
        inDateOrder: true,
      });
      return makeBatch([atOnce(withPicked(plan, new Set(pick)))], { maxDeletions: 0 });
    };
    const begunBy = async (batch: Batch) => {
      const sink = new MemorySink();
      const journal = new Journal(sink, new FakeClock());
      await journal.begin({ ...head, policy: { kind: 'policies' } }, batch);
      await journal.resume(0, false);
      return sink.text;
    };
    const monthOld = (name: string, months: number, digest = `sha256:${name}`): Tag => ({
      name,
      pushedAt: noon - months * 31 * 86_400_000,
      digest,
    });
    const builds = ['b1', 'b2', 'b3', 'b4', 'b5'].map((name, index) => monthOld(name, 10 - index));

    it('judges by it again: what is newest today stays, and nothing more goes', async () => {
      const batch = byPolicy(rule({ keepNewest: 2 }), builds);
      assert.deepEqual(
        batch.plans[0]!.going.map(({ name }) => name),
        ['b1', 'b2', 'b3'],
      );
      // b4 and b5 were deleted by somebody else meanwhile, and b6 was pushed.
      const gone = await resumed(await readText(await begunBy(batch)), {
        there: [...builds.slice(0, 3), monthOld('b6', 0)],
      });
      assert.deepEqual([gone.going, gone.ends], [['b1', 'b2'], { b3: 'spared newest' }]);
      const pushed = await resumed(await readText(await begunBy(batch)), {
        there: [...builds, monthOld('b6', 0), monthOld('b7', 0)],
      });
      assert.deepEqual([pushed.going, pushed.ends], [['b1', 'b2', 'b3'], {}]);
    });

    it('counts its age from where it did then', async () => {
      const almost: Tag = { name: 'almost', pushedAt: noon - 90 * 86_400_000 + 3_600_000, digest: 'sha256:almost' };
      const record = await readText(await begunBy(byPolicy(rule({ olderThan: '90 days' }), [...builds, almost])));
      const { going } = await resumed(record, { there: [...builds, almost] });
      assert.deepEqual(
        going,
        builds.map(({ name }) => name),
      );
    });

    it('spares what is immutable, in use, or an alias of what stays today', async () => {
      const alias = { ...monthOld('alias', 9), digest: builds[2]!.digest };
      const record = await readText(await begunBy(byPolicy(rule({ olderThan: '90 days' }), [...builds, alias, young])));
      const uses = {
        tags: new Map([['b3', 'compose.yaml:7']]),
        digests: new Map([[builds[3]!.digest!, 'k8s/web.yaml:2']]),
      };
      const { going, ends } = await resumed(record, { there: [...builds, alias, young], immutable: ['b1'], uses });
      assert.deepEqual(
        [going, ends],
        [
          ['b2', 'b5'],
          { b1: 'spared immutable', b3: 'spared referenced', b4: 'spared referenced', alias: 'spared alias' },
        ],
      );
    });

    it('deletes what was picked by hand, unless it is protected, immutable or moved today', async () => {
      const newest = ['b4', 'b5'];
      const record = await readText(
        await begunBy(byPolicy(rule({ keepNewest: 2 }), [...builds, young], [...newest, 'young'])),
      );
      const { going, ends } = await resumed(record, {
        there: [...builds, young],
        protect: ['young'],
        immutable: ['b4'],
      });
      // What is immutable or protected takes no slot, so that b3 is one of the newest two today.
      assert.deepEqual(
        [going, ends],
        [['b1', 'b2', 'b5'], { b3: 'spared newest', b4: 'spared immutable', young: 'spared protected' }],
      );
    });

    it('is refused where the journal does not say by which policy, and deletes nothing', async () => {
      const text = await begunBy(byPolicy(rule({ keepNewest: 2 }), builds));
      assert.match(text, /"policy":"{/);
      for (const other of [
        '"policy":"{}"',
        '"policy":"nonsense"',
        '"policy":"{\\"repositories\\":[\\"*/*\\"],\\"olderThan\\":\\"90 days\\"}"',
        '"x":""',
      ]) {
        const record = await readText(text.replace(/"policy":"\{.*?\}"/, other));
        await assert.rejects(
          resumed(record, { there: builds }),
          (error) => error instanceof JournalError && error.reason === 'damaged',
          other,
        );
      }
    });
  });

  it('does not delete again what the user has put back, also where no date tells', async () => {
    const undated: Tag = { name: 'undated', digest: 'sha256:3' };
    const { journal, sink } = await begun(picked([undated, t1]));
    for (const tag of [undated, t1]) await journal.intend(api, tag);
    await journal.restored(api, 'undated', undated.digest!);
    await journal.resume(0, false);
    const { going, ends } = await resumed(await readText(sink.text), { there: [undated, t1, young] });
    assert.deepEqual([going, ends], [['t1'], { undated: 'spared' }]);
  });

  it('adds nothing that was not confirmed, however old', async () => {
    const older = { name: 'older', pushedAt: 1, digest: 'sha256:1' };
    for (const batch of [byAge([t1, t2, young]), picked([t1, t2])]) {
      const { going, ends } = await resumed(await recordOf(batch), {
        there: [t1, t2, older, { name: 't3', pushedAt: 2 }, young],
      });
      assert.deepEqual([going, ends], [['t1', 't2'], {}]);
    }
    // Over the cap of the first confirmation.
    const capped = makeBatch(byAge([t1, t2, t3, young]).plans, { maxDeletions: 2 });
    assert.deepEqual((await resumed(await recordOf(capped), { there: [t1, t2, t3, young] })).going, ['t1', 't2']);
  });

  it('does not judge picked tags by their age', async () => {
    const undated = { name: 'undated', digest: 'sha256:5' };
    const { going, ends } = await resumed(await recordOf(picked([young, undated])), { there: [young, undated, t1] });
    assert.deepEqual([going, ends], [['undated', 'young'], {}]);
  });

  describe('D5: believes no list that lacks a tag', () => {
    const many = oldTags(150);
    const names = ({ length }: readonly Tag[], story: Story) =>
      Object.fromEntries(many.slice(0, length).map(({ name }) => [name, story]));
    const listOf = (tags: readonly Tag[]) => async () => ({ repository: api, tags, asOf: tomorrow, inDateOrder: true });
    const isIncomplete = (error: unknown) => isHubError(error, 'incomplete');

    for (const [what, list] of [
      ['is empty', []],
      ['is cut at 100 of 150', many.slice(50)],
      ['lacks a single one', many.slice(1)],
    ] as const) {
      for (const [how, story] of [
        ['was not reached', {}],
        ['may have been deleted', { intent: true }],
        ['was not reached after a cancel', { intent: true, outcome: cancelled }],
      ] as const) {
        it(`D5: a list ${what} while all tags are there, each of which ${how}: the run is not resumed, and few are looked up`, async () => {
          const record = await recordOf(byAge([...many, young]), names(many, story));
          let asked = 0;
          const script = () => void asked++;
          await assert.rejects(
            resumed(record, { there: [...many, young], list: listOf([...list]), script }),
            isIncomplete,
          );
          assert.ok(asked <= 150 + 1 + 16, `${asked} asked`);
        });
      }
    }

    it('D5: looks up what the list lacks, one request each and one for the repository, and tells ours from those of others', async () => {
      const record = await recordOf(byAge([...many, young]), {
        t1: { intent: true, outcome: { kind: 'notReached', reason: 'offline' } },
        t2: { intent: true },
      });
      const { ends, going, remover } = await resumed(record, { there: [...many.slice(130), young] });
      assert.equal(going.length, 20);
      assert.deepEqual(
        [ends['t1'], ends['t2'], ends['t3'], Object.keys(ends).length],
        ['alreadyGone', 'removed', 'alreadyGone', 130],
      );
      // t2 and its repository are looked up first, since its DELETE may have come through.
      assert.equal(remover.calls.length, 2 + 129 + 1);
    });

    it('D5: keeps a tag that was pushed again after the list was read', async () => {
      const again: Tag = { ...t1, pushedAt: tomorrow + 1, digest: 'sha256:9' };
      const { ends, going } = await resumed(await recordOf(byAge([t1, t2, young])), {
        there: [again, t2, young],
        list: listOf([t2, young]),
      });
      assert.deepEqual([going, ends], [['t2'], { t1: 'spared' }]);
      const before: Tag = { ...again, pushedAt: tomorrow - 60_000 };
      await assert.rejects(
        resumed(await recordOf(byAge([t1, t2, young])), { there: [before, t2, young], list: listOf([t2, young]) }),
        isIncomplete,
        'pushed before the list was read, which lacks it',
      );
    });

    it('D5: takes no 404 for an answer while the repository does not answer', async () => {
      const record = await recordOf(byAge([t1, t2, young]), { t1: { intent: true, outcome: cancelled } });
      const { ends, going, settled } = await resumed(record, { there: undefined, list: listOf([t2, young]) });
      assert.deepEqual([going, ends], [[], { t1: 'notReached repositoryGone', t2: 'notReached repositoryGone' }]);
      assert.equal(settled.filter(({ type }) => type === 'stopped').length, 1);
    });

    it('D5: fails where what the list lacks cannot be looked up: nothing is settled, nothing lost', async () => {
      const record = await recordOf(byAge([...many, young]));
      for (const error of [reset(), refusal(500), refusal(403)]) {
        let asked = 0;
        await assert.rejects(
          resumed(record, { there: [young], script: () => (asked++, error) }),
          (thrown) => thrown === error,
        );
        assert.ok(asked <= 16, `${asked} asked`);
      }
    });

    it('D5: accounts for a name that cannot be asked for', async () => {
      const odd: Tag = { name: '-odd', pushedAt: 5 };
      const { ends, going } = await resumed(await recordOf(byAge([odd, t1, young])), {
        there: [t1, young],
        script: ({ tag }) => (tag === '-odd' ? new HubError({ kind: 'unsafeName' }) : undefined),
      });
      assert.deepEqual([going, ends], [['t1'], { '-odd': 'failed' }]);
    });
  });

  describe('where a repository', () => {
    const web = { namespace: 'team', name: 'web' };
    const both = makeBatch(
      [...byAge([{ ...t1, name: 'w1' }, { ...t2, name: 'w2' }, young], web).plans, ...byAge([t1, t2, young]).plans],
      { maxDeletions: 0 },
    );

    it('is gone, says so, accounts for its tags, and goes on with the others', async () => {
      for (const stories of [{}, { w1: { intent: true } }] as Record<string, Story>[]) {
        const record = await recordOf(both, stories, web);
        const { going, ends, settled } = await resumed(record, { there: [t1, t2, young] });
        assert.deepEqual(going, ['t1', 't2']);
        assert.deepEqual(ends, {
          w1: 'w1' in stories ? 'uncertain' : 'notReached repositoryGone',
          w2: 'notReached repositoryGone',
        });
        assert.deepEqual(
          settled.filter(({ type }) => type === 'stopped'),
          [{ type: 'stopped', stop: { reason: 'repositoryGone', repository: web } }],
        );
      }
    });

    it('cannot be read, fails: nothing is settled, nothing lost', async () => {
      const record = await recordOf(both);
      for (const error of [reset(), refusal(500), new HubError({ kind: 'incomplete', read: 1, expected: 3 })]) {
        await assert.rejects(
          resumed(record, { there: [t1, t2], list: () => Promise.reject(error) }),
          (thrown) => thrown === error,
        );
      }
      assert.equal(canResume(record), true);
    });
  });

  it('accounts for every tag, and never lets more go than was confirmed, whatever journal and world look like', async function () {
    this.timeout(120_000);
    const story = fc.constantFrom<Story>(
      {},
      {},
      {},
      { intent: true },
      { intent: true, outcome: { kind: 'removed' } },
      { intent: true, outcome: uncertain },
      { intent: true, outcome: cancelled },
      { intent: true, outcome: failed },
      { outcome: { kind: 'spared' } },
      { outcome: { kind: 'alreadyGone' } },
    );
    const today = fc.constantFrom<'same' | 'gone' | 'date' | 'digest' | 'noDigest'>(
      'same',
      'same',
      'same',
      'gone',
      'date',
      'digest',
      'noDigest',
    );
    const world = fc.record({
      tags: fc.array(fc.record({ story, today, digest: fc.boolean(), dated: fc.boolean(), protected: fc.boolean() }), {
        minLength: 1,
        maxLength: 14,
      }),
      pick: fc.boolean(),
      others: fc.integer({ min: 0, max: 2 }),
      empties: fc.boolean(),
      cap: fc.integer({ min: 0, max: 6 }),
      capToday: fc.integer({ min: 0, max: 6 }),
      repositoryGone: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      othersGone: fc.boolean(),
      added: fc.integer({ min: 0, max: 2 }),
      goneOnTheWay: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      hidden: fc.oneof(
        { weight: 4, arbitrary: fc.constant<number[]>([]) },
        { weight: 1, arbitrary: fc.array(fc.nat({ max: 13 }), { maxLength: 3 }) },
      ),
    });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        world,
        async ({
          tags: facts,
          pick,
          others,
          empties,
          cap,
          capToday,
          repositoryGone,
          othersGone,
          added,
          goneOnTheWay,
          hidden,
        }) => {
          const tags = facts.map(({ digest, dated, protected: isProtected }, i): Tag => ({
            name: `${isProtected ? 'keep' : 't'}${i}`,
            ...((dated || !pick) && { pushedAt: 1_000 + i }),
            ...(digest && { digest: `sha256:${i}` }),
          }));
          const kept = Array.from({ length: others }, (_, i): Tag => ({ name: `other${i}`, pushedAt: noon - 1 }));
          const plan = pick
            ? planPicked({ repository: api, tags, asOf: noon, remaining: tags.length + others })
            : planByAge({ repository: api, tags: [...tags, ...kept], asOf: noon, cutoff, protect: compileProtect([]) });
          const batch = makeBatch([empties ? plan : atOnce(withoutEmptying(plan))], { maxDeletions: cap });
          if (batch.total === 0) return;
          const stories = Object.fromEntries(
            batch.plans[0]!.going.map(({ name }) => [name, facts[tags.findIndex((tag) => tag.name === name)]!.story]),
          );
          const record = await recordOf(batch, stories);
          const there = tags.flatMap((tag, i): Tag[] => {
            const { story, today } = facts[i]!;
            if (story.outcome?.kind === 'removed' || today === 'gone') return [];
            if (today === 'date') return [{ ...tag, pushedAt: noon + i }];
            if (today === 'digest') return [{ ...tag, digest: 'sha256:other' }];
            return [
              today === 'noDigest'
                ? { name: tag.name, ...(tag.pushedAt !== undefined && { pushedAt: tag.pushedAt }) }
                : tag,
            ];
          });
          const world = [
            ...there,
            ...(othersGone ? [] : kept),
            ...Array.from({ length: added }, (_, i): Tag => ({ name: `old${i}`, pushedAt: 5 + i })),
          ];
          // The list may lack tags that are there.
          const hides = new Set(hidden.flatMap((i) => tags[i]?.name ?? []));
          const resuming = resumed(record, {
            there: repositoryGone ? undefined : world,
            protect: ['keep*'],
            maxDeletions: capToday,
            ...(goneOnTheWay && { list: () => Promise.reject(refusal(404)) }),
            ...(!goneOnTheWay &&
              !repositoryGone &&
              hides.size > 0 && {
                list: async () => ({
                  repository: api,
                  tags: world.filter(({ name }) => !hides.has(name)),
                  asOf: tomorrow,
                  inDateOrder: true,
                }),
              }),
          });
          const contradicts = batch.plans[0]!.going.some((planned) => {
            const { intent, outcome } = stories[planned.name]!;
            const now = there.find(({ name }) => name === planned.name);
            const isOpen = !outcome || outcome.kind === 'uncertain' || outcome.kind === 'notReached';
            const isSettled =
              (outcome ? outcome.kind === 'uncertain' : intent === true) && now && hasMoved(planned, now);
            return isOpen && now && !isSettled && hides.has(planned.name);
          });
          if (contradicts && !repositoryGone && !goneOnTheWay) {
            await assert.rejects(resuming, (error) => isHubError(error, 'incomplete'));
            seen.add('incomplete');
            return;
          }
          const { batch: next, going, ends, remover } = await resuming;

          const byName = new Map(world.map((tag) => [tag.name, tag]));
          const isGone = repositoryGone || goneOnTheWay;
          assert.equal(remover.count('DELETE'), 0);
          assert.equal(next.total, going.length);
          if (capToday > 0) assert.ok(going.length <= capToday);
          for (const { name, ...planned } of batch.plans[0]!.going) {
            const { intent, outcome } = stories[name]!;
            const isOpen = !outcome || outcome.kind === 'uncertain' || outcome.kind === 'notReached';
            const places = Number(going.includes(name)) + Number(name in ends) + Number(!isOpen);
            assert.equal(places, 1, `${name} is in ${places} of batch, settled and earlier outcomes`);
            const now = byName.get(name);
            const maySent = outcome ? outcome.kind === 'uncertain' : intent === true;
            if (going.includes(name)) {
              assert.ok(
                !isGone && now && !hasMoved({ name, ...planned }, now) && !name.startsWith('keep'),
                `${name} goes`,
              );
            }
            if (ends[name] === 'removed') {
              assert.ok(maySent && !now && !repositoryGone, `${name} was not removed by us`);
            }
            if (ends[name] === 'alreadyGone') assert.ok(!maySent && !now && !isGone);
            if (ends[name]?.startsWith('spared')) assert.ok(now && !repositoryGone);
            if (ends[name] === 'spared') assert.ok(hasMoved({ name, ...planned }, now!));
            if (ends[name]) seen.add(ends[name]);
            const lookUps = remover.calls.filter((call) => call === `GET ${name}`).length;
            if (maySent) assert.equal(lookUps, 1);
            // What the list lacks is looked up, and nothing else.
            else assert.equal(lookUps, isOpen && !isGone && !now ? 1 : 0);
          }
          assert.ok(
            going.every((name) => name in stories),
            'more than was confirmed',
          );
          const left = world.length - going.length;
          if (!isGone && going.length > 0 && !batch.plans[0]!.emptiesRepository) assert.ok(left > 0, 'emptied');
        },
      ),
      { numRuns: 600 },
    );
    assert.ok(
      [
        'removed',
        'alreadyGone',
        'spared',
        'spared protected',
        'spared overCap',
        'notReached repositoryGone',
        'uncertain',
        'incomplete',
      ].every((end) => seen.has(end)),
      [...seen].join(),
    );
  });

  it('leads to a journal that accounts for all, when the run goes on', async () => {
    const clock = new FakeClock({ hurries: true, now: tomorrow });
    const batch = byAge([t1, t2, t3, t4, young]);
    const sink = new MemorySink();
    const first = new Journal(sink, new FakeClock());
    await first.begin(head, batch);
    await first.intend(api, t1);
    // The line is torn by a crash.
    sink.text += '{"type":"intent","at":17\n';
    const record = await readText(sink.text);
    const remover = new FakeRemover(clock).add(api, [moved(t2), t3, t4, young]);
    const { batch: rest, settled } = await prepareResume(record, {
      remover,
      list: async (repository) => ({
        repository,
        tags: [...remover.tagsOf(api).values()],
        asOf: tomorrow,
        inDateOrder: true,
      }),
      deletionRules: async () => ({}),
      usesOf: () => noUses,
      policiesOf: () => [],
      admission: { lane: 'background' },
      protect: compileProtect([]),
      maxDeletions: 0,
    });
    const journal = new Journal(sink, clock);
    await journal.resume(rest.total, true);
    settled.forEach((event) => journal.note(event));
    const done = await runToEnd(rest, { remover, clock, journal });
    await journal.end(done.tally.counts);
    const again = await readText(sink.text);
    assert.deepEqual(
      [...again.plans[0]!.tags.values()].map(({ outcome }) => outcome?.kind),
      ['removed', 'spared', 'removed', 'removed'],
    );
    assert.equal(canResume(again), false);
    assert.deepEqual(remover.deleted.sort(), ['t3', 't4']);
  });
});

describe('canResume', () => {
  it('tells whether anything is left that did not come to an end of its own', async () => {
    const batch = byAge([t1, young]);
    for (const [story, can] of [
      [{}, true],
      [{ intent: true }, true],
      [{ intent: true, outcome: uncertain }, true],
      [{ outcome: cancelled }, true],
      [{ intent: true, outcome: failed }, false],
      [{ intent: true, outcome: { kind: 'removed' } }, false],
    ] as const) {
      assert.equal(canResume(await recordOf(batch, { t1: story })), can, JSON.stringify(story));
    }
    const { sink } = await begun(batch);
    assert.equal(canResume(await readText(sink.text.replace('{"type":"ready"}\n', ''))), false, 'nothing was begun');
  });
});
