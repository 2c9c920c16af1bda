import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HubError, isHubError } from '../../../../src/hub/wire/hubError.ts';
import type { Admission } from '../../../../src/hub/pacing/pacer.ts';
import { StaleLookupError, lookIsGoodFor, MovedWatch } from '../../../../src/runs/run/movedWatch.ts';
import { makeBatch } from '../../../../src/retention/plan/batch.ts';
import type { Plan } from '../../../../src/retention/plan/plan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { FakeClock, noon, settled } from '../../fakeClock.ts';
import { FakeRemover, refusal, reset, type Call, type Fault } from './fakeRemover.ts';
import { PacedRemover } from './pacedRemover.ts';
import { api, oldTags, runToEnd } from './runToEnd.ts';
import { planByAge } from '../../retention/plan/planByAge.ts';

const minute = 60_000;
const hour = 60 * minute;
const digest = (i: number) => `sha256:${String(i).padStart(64, 'f')}`;

/** Tags that stay, an hour apart, the newest an hour before noon. */
function youngTags(count: number): Tag[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `y${i + 1}`,
    pushedAt: noon - (i + 1) * hour,
    digest: digest(i),
  }));
}

/** A plan by age over these tags, out of a list that was read at noon. */
function planOf(tags: readonly Tag[], inDateOrder = true): Plan {
  return planByAge({
    repository: api,
    tags,
    asOf: noon,
    cutoff: noon - 24 * 365 * hour,
    protect: compileProtect([]),
    inDateOrder,
  });
}

/** A watch over `old` tags that go and `young` ones that stay, a minute after the plan. */
function watched(
  old: number,
  young: number,
  script?: (call: Call, remover: FakeRemover) => Fault | Promise<Fault>,
  inDateOrder = true,
) {
  const clock = new FakeClock({ hurries: true, now: noon + minute });
  const tags = [...oldTags(old), ...youngTags(young)];
  const plan = planOf(tags, inDateOrder);
  const remover: FakeRemover = new FakeRemover(clock, (call) => script?.(call, remover)).add(api, tags);
  const admission: Admission = { lane: 'background' };
  return { clock, plan, remover, admission, watch: new MovedWatch(plan, remover, clock), there: remover.tagsOf(api) };
}

describe('MovedWatch', () => {
  describe('costs little', () => {
    for (const [what, latency, limit, young] of [
      ['as fast as it goes', 100, undefined, 300],
      ['at 180 a minute', 100, 180, 300],
      ['at 180 a minute with slow answers', 1_500, 180, 300],
      ['at 600 a minute', 300, 600, 300],
      ['in a repository of which all goes', 100, 180, 1],
    ] as const) {
      it(`at most 3% more requests over 1,000 tags, ${what}`, async () => {
        const clock = new FakeClock({ hurries: true, now: noon + minute });
        const tags = [...oldTags(1_000), ...youngTags(young)];
        const fake = new FakeRemover(clock, undefined, () => latency).add(api, tags);
        const remover = limit === undefined ? fake : new PacedRemover(fake, clock, limit);
        const done = await runToEnd(makeBatch([planOf(tags)], { maxDeletions: 0 }), { remover, clock });
        assert.equal(done.tally.counts.removed, 1_000);
        assert.equal(fake.count('DELETE'), 1_000);
        assert.ok(fake.count('GET tags') >= 10, 'a look for each hundred');
        assert.ok(fake.calls.length <= 1_030, `${fake.calls.length} requests`);
        assert.equal(
          fake.calls.length,
          1_000 + fake.count('GET tags') + 1,
          'of which no others but the read-back of the first',
        );
        if (limit !== undefined) assert.ok(clock.now() - noon >= (1_000 / limit - 1) * minute, 'it did wait');
      });
    }

    it('reads hundreds of pushes since the plan once, and then only the newest', async () => {
      const { watch, plan, remover, admission, clock, there } = watched(10, 300);
      for (let i = 0; i < 450; i++) there.set(`ci${i}`, { name: `ci${i}`, pushedAt: noon + i * 10 });
      there.set('t3', { name: 't3', pushedAt: noon - 1, digest: digest(1) });
      assert.equal(await watch.look(plan.going[0]!, admission), 'same');
      assert.equal(remover.count('GET tags'), 5);
      assert.equal(await watch.look(plan.going[2]!, admission), 'moved');
      clock.set(clock.now() + lookIsGoodFor);
      there.set('t4', { name: 't4', pushedAt: clock.now(), digest: digest(2) });
      assert.equal(await watch.look(plan.going[3]!, admission), 'moved');
      // Pushes of the last minute may have come late, so that those are read once more.
      assert.equal(remover.count('GET tags'), 10);
      clock.set(clock.now() + 2 * minute);
      there.set('t5', { name: 't5', pushedAt: clock.now(), digest: digest(3) });
      assert.equal(await watch.look(plan.going[4]!, admission), 'moved');
      assert.equal(remover.count('GET tags'), 11);
    });

    it('many that ask at the same time share a look', async () => {
      const { watch, plan, remover, admission } = watched(20, 5);
      assert.deepEqual(
        new Set(await Promise.all(plan.going.map((tag) => watch.look(tag, admission)))),
        new Set(['same']),
      );
      assert.equal(remover.count('GET tags'), 1);
    });
  });

  describe('spares a tag that was pushed again (invariant 3)', () => {
    const plain = { name: 't2', pushedAt: oldTags(2)[1]!.pushedAt };
    for (const [what, planned, now, sameDate] of [
      ['at another time', {}, { pushedAt: noon + 5, digest: oldTags(2)[1]!.digest }, false],
      ['with another digest', {}, { pushedAt: noon + 5, digest: digest(7) }, false],
      ['with a digest where there was none', { digest: undefined }, { pushedAt: noon + 5, digest: digest(7) }, false],
      ['with another digest and the old date', {}, { digest: digest(7) }, true],
      ['with a digest where there was none and the old date', { digest: undefined }, { digest: digest(7) }, true],
      ["with a date that can't be read", {}, { pushedAt: undefined, digest: digest(7) }, true],
    ] as const) {
      for (const inDateOrder of sameDate ? [false] : [true, false]) {
        it(`${what}, ${inDateOrder ? 'by the newest of the list' : 'looked up for itself'}`, async () => {
          const clock = new FakeClock({ hurries: true, now: noon + minute });
          const old = oldTags(8).map((tag) => (tag.name === 't2' ? { ...tag, ...planned } : tag));
          const tags = [...old, ...youngTags(120)];
          const remover = new FakeRemover(clock).add(
            api,
            tags.map((tag) => (tag.name === 't2' ? { ...plain, ...now } : tag)),
          );
          const done = await runToEnd(makeBatch([planOf(tags, inDateOrder)], { maxDeletions: 0 }), { remover, clock });
          assert.equal(done.ends.t2, 'spared');
          assert.equal(done.tally.counts.removed, 7);
          assert.ok(remover.tagsOf(api).has('t2') && !remover.calls.includes('DELETE t2'));
        });
      }
    }

    it('whenever that was, but for the last 30 s before its DELETE', async function () {
      this.timeout(120_000);
      const world = fc.record({
        count: fc.integer({ min: 1, max: 260 }),
        young: fc.integer({ min: 0, max: 130 }),
        inDateOrder: fc.boolean(),
        pinned: fc.boolean(),
        limit: fc.constantFrom(undefined, 30, 180),
        concurrency: fc.integer({ min: 1, max: 10 }),
        latencies: fc.array(fc.integer({ min: 0, max: 14_000 }), { minLength: 1, maxLength: 4 }),
        pushes: fc.array(
          fc.record({ tag: fc.integer({ min: 1, max: 260 }), at: fc.integer({ min: 0, max: 600_000 }) }),
          { maxLength: 40 },
        ),
        setBack: fc.option(fc.integer({ min: 0, max: 200_000 })),
      });
      let spared = 0;
      await fc.assert(
        fc.asyncProperty(
          world,
          async ({ count, young, inDateOrder, pinned, limit, concurrency, latencies, pushes, setBack }) => {
            const clock = new FakeClock({ hurries: true, now: noon });
            const tags = [...oldTags(count), ...youngTags(young), ...(pinned ? [{ name: 'latest', pushedAt: 5 }] : [])];
            const pushedAt = new Map<string, number>();
            let calls = 0;
            const fake: FakeRemover = new PinningRemover(
              clock,
              ({ method, tag }) => {
                const there = fake.tagsOf(api);
                // What was due by now has been pushed by the time that the server looks.
                for (const push of pushes) {
                  const name = `t${push.tag}`;
                  if (noon + push.at > clock.now() || pushedAt.has(name) || !there.has(name)) continue;
                  pushedAt.set(name, noon + push.at);
                  there.set(name, { name, pushedAt: noon + push.at, digest: digest(push.at) });
                }
                const at = pushedAt.get(tag);
                if (method === 'DELETE' && at !== undefined && setBack === null) {
                  assert.ok(clock.now() - at < lookIsGoodFor, `${tag} was pushed ${clock.now() - at} ms before`);
                }
                return undefined;
              },
              () => latencies[calls++ % latencies.length]!,
            ).add(api, tags);
            if (setBack !== null) void clock.sleep(setBack).then(() => clock.set(clock.now() - hour));
            const remover = limit === undefined ? fake : new PacedRemover(fake, clock, limit);
            const done = await runToEnd(makeBatch([planOf(tags, inDateOrder)], { maxDeletions: 0 }), {
              remover,
              clock,
              concurrency,
            });
            const { counts } = done.tally;
            assert.equal(counts.removed + counts.spared, count + (pinned ? 1 : 0));
            for (const [name, end] of Object.entries(done.ends)) {
              assert.equal(fake.tagsOf(api).has(name), end === 'spared', name);
            }
            spared += counts.spared;
          },
        ),
        { numRuns: 150 },
      );
      assert.ok(spared > 10, `only ${spared} were spared in all`);
    });

    it('not in the 30 s between look and DELETE, which is the window that remains', async () => {
      const { watch, plan, admission, clock, there } = watched(3, 3);
      const tag = plan.going[0]!;
      assert.equal(await watch.look(tag, admission), 'same');
      there.set('t1', { name: 't1', pushedAt: clock.now(), digest: digest(1) });
      clock.set(clock.now() + lookIsGoodFor - 101);
      assert.doesNotThrow(() => watch.beforeDelete(tag));
      clock.set(clock.now() + 1);
      assert.throws(() => watch.beforeDelete(tag), StaleLookupError);
      assert.equal(await watch.look(tag, admission), 'moved');
    });

    it('when it comes to its DELETE after all: what is known to have moved is never sent', async () => {
      const { watch, plan, admission, there } = watched(3, 3);
      there.set('t1', { name: 't1', pushedAt: noon + 1, digest: digest(1) });
      assert.equal(await watch.look(plan.going[1]!, admission), 'same');
      assert.throws(() => watch.beforeDelete(plan.going[0]!), StaleLookupError);
      assert.equal(await watch.look(plan.going[0]!, admission), 'moved');
    });
  });

  describe('a look', () => {
    it('is good for 100 DELETEs', async () => {
      const { watch, plan, admission, remover } = watched(101, 3);
      for (const [index, tag] of plan.going.slice(0, 100).entries()) {
        if (index < 85) assert.equal(await watch.look(tag, admission), 'same');
        watch.beforeDelete(tag);
      }
      assert.throws(() => watch.beforeDelete(plan.going[100]!), StaleLookupError);
      assert.equal(remover.count('GET tags'), 1);
      assert.equal(await watch.look(plan.going[100]!, admission), 'same');
      assert.equal(remover.count('GET tags'), 2);
    });

    it('begins ahead of time, so that no DELETE waits for it', async () => {
      const { watch, plan, admission, remover, clock } = watched(250, 3);
      let waited = 0;
      for (const tag of plan.going) {
        const from = clock.now();
        assert.equal(await watch.look(tag, admission), 'same');
        waited += clock.now() > from ? 1 : 0;
        watch.beforeDelete(tag);
        await clock.sleep(100);
      }
      assert.equal(waited, 1, 'for the first');
      assert.equal(remover.count('GET tags'), 3);
    });

    for (const [what, error] of [
      ['is cancelled', undefined],
      ['fails as every request would', reset()],
    ] as const) {
      it(`that began ahead of time and ${what} troubles no DELETE, and leaves no rejection behind`, async () => {
        const rejections: unknown[] = [];
        const onRejection = (reason: unknown) => rejections.push(reason);
        process.prependListener('unhandledRejection', onRejection);
        try {
          const controller = new AbortController();
          const { plan, clock, remover } = watched(250, 3, ({ method, nth }) => {
            if (method !== 'GET tags' || nth !== 2) return undefined;
            if (!error) controller.abort('cancelled');
            return error ?? new Error('cancelled');
          });
          const done = await runToEnd(makeBatch([plan], { maxDeletions: 0 }), {
            remover,
            clock,
            signal: controller.signal,
          });
          await settled();
          assert.deepEqual([rejections, done.tally.counts.failed, done.tally.counts.uncertain], [[], 0, 0]);
          const { removed } = done.tally.counts;
          // Those that were in flight are recorded (invariant 8).
          assert.ok(error ? removed === 250 : removed >= 85 && removed <= 95, String(removed));
          assert.equal(remover.deleted.length, removed);
        } finally {
          process.off('unhandledRejection', onRejection);
        }
      });
    }

    it('also counts the DELETEs that were sent since it was asked for', async () => {
      const { watch, plan, admission, remover } = watched(300, 3);
      for (const tag of plan.going.slice(0, 86)) {
        await watch.look(tag, admission);
        watch.beforeDelete(tag);
      }
      assert.equal(remover.count('GET tags'), 2);
      for (const tag of plan.going.slice(86, 95)) watch.beforeDelete(tag);
      await watch.look(plan.going[95]!, admission);
      await settled();
      // Of 100, ten were sent while the second look was on its way.
      for (const tag of plan.going.slice(95, 185)) watch.beforeDelete(tag);
      assert.throws(() => watch.beforeDelete(plan.going[185]!), StaleLookupError);
    });

    it('C8: comes before the first DELETE, however young the list is that the plan was made from', async () => {
      for (const age of [0, 1, 29_999]) {
        const { plan, remover, admission, there, clock } = watched(3, 3);
        clock.set(noon + age);
        const watch = new MovedWatch(plan, remover, clock);
        there.set('t1', { name: 't1', pushedAt: noon + 1, digest: digest(1) });
        assert.throws(() => watch.beforeDelete(plan.going[1]!), StaleLookupError);
        assert.equal(await watch.look(plan.going[0]!, admission), 'moved');
        assert.equal(await watch.look(plan.going[1]!, admission), 'same');
        assert.deepEqual(remover.calls, ['GET tags team/api']);
      }
    });

    it('C8: spares all that was pushed again right after the list was read, in order or not', async () => {
      for (const inDateOrder of [true, false]) {
        const clock = new FakeClock({ hurries: true });
        const tags = [...oldTags(5), ...youngTags(3)];
        const remover = new FakeRemover(clock).add(api, tags);
        const plan = planOf(tags, inDateOrder);
        for (const name of ['t1', 't3', 't5']) {
          remover.tagsOf(api).set(name, { name, pushedAt: noon + 1_000, digest: digest(1) });
        }
        clock.set(noon + 2_000);
        const done = await runToEnd(makeBatch([plan], { maxDeletions: 0 }), { remover, clock });
        assert.deepEqual(done.ends, { t1: 'spared', t2: 'removed', t3: 'spared', t4: 'removed', t5: 'spared' });
        assert.deepEqual(remover.deleted, ['t2', 't4']);
      }
    });

    it('C8: comes before the first DELETE of each repository of a run', async () => {
      const clock = new FakeClock({ hurries: true });
      const web = { namespace: 'team', name: 'web' };
      const tags = [...oldTags(3), ...youngTags(3)];
      const remover = new FakeRemover(clock, ({ method, repository }) => {
        // Pushed while the first repository is pruned.
        if (method === 'DELETE' && repository === 'team/api') {
          remover.tagsOf(web).set('t2', { name: 't2', pushedAt: clock.now(), digest: digest(1) });
        }
      })
        .add(api, tags)
        .add(web, tags);
      const done = await runToEnd(
        makeBatch([planOf(tags), { ...planOf(tags), repository: web }], { maxDeletions: 0 }),
        { remover, clock },
      );
      assert.equal(done.ends['web:t2'], 'spared');
      assert.deepEqual([done.tally.counts.removed, remover.count('GET tags')], [5, 2]);
    });

    it('counts from when it was sent, not from when it began to wait for its turn', async () => {
      const { plan, clock, remover, admission } = watched(3, 3);
      const slow = {
        tagPage: async (...[repository, sent, target]: Parameters<FakeRemover['tagPage']>) => {
          await clock.sleep(minute);
          return remover.tagPage(repository, sent, target);
        },
      };
      const behind = new MovedWatch(plan, slow, clock);
      assert.equal(await behind.look(plan.going[0]!, admission), 'same');
      assert.equal(remover.count('GET tags'), 1);
    });

    it('that is too old whenever it is complete gives way to single look-ups, after three', async () => {
      const { plan, clock, remover, admission, there } = watched(3, 3);
      const slow = new MovedWatch(
        plan,
        {
          tagPage: async (...args: Parameters<FakeRemover['tagPage']>) =>
            await remover.tagPage(...args).finally(() => clock.sleep(minute)),
        },
        clock,
      );
      assert.equal(await slow.look(plan.going[0]!, admission), 'unknown');
      assert.equal(remover.count('GET tags'), 3);
      there.set('t1', { name: 't1', pushedAt: clock.now() });
      assert.throws(() => slow.beforeDelete(plan.going[0]!), StaleLookupError);
    });

    it('is taken anew when the clock was set back', async () => {
      const { watch, plan, admission, clock, remover, there } = watched(3, 3);
      assert.equal(await watch.look(plan.going[0]!, admission), 'same');
      clock.set(noon - 5 * hour);
      assert.throws(() => watch.beforeDelete(plan.going[0]!), StaleLookupError);
      there.set('t1', { name: 't1', pushedAt: noon + 2 * minute, digest: digest(1) });
      assert.equal(await watch.look(plan.going[0]!, admission), 'moved');
      assert.equal(remover.count('GET tags'), 2);
      // With a clock that is hours behind the server's, what is pushed from now on is still found.
      there.set('t2', { name: 't2', pushedAt: noon + 3 * minute, digest: digest(2) });
      clock.set(clock.now() + lookIsGoodFor);
      assert.equal(await watch.look(plan.going[1]!, admission), 'moved');
    });

    it('sees past a `latest` that is pinned to the first row, and sees that it moved itself', async () => {
      const clock = new FakeClock({ hurries: true, now: noon + minute });
      const tags = [{ name: 'latest', pushedAt: 9, digest: digest(9) }, ...oldTags(5), ...youngTags(150)];
      const remover = new PinningRemover(clock).add(api, tags);
      const there = remover.tagsOf(api);
      const plan = planOf(tags);
      assert.deepEqual(plan.going[0]!.name, 'latest');
      const watch = new MovedWatch(plan, remover, clock);
      there.set('t4', { name: 't4', pushedAt: noon + 1, digest: digest(4) });
      const look = (name: string) =>
        watch.look(
          plan.going.find((tag) => tag.name === name)!,
          { lane: 'background' },
        );
      assert.deepEqual([await look('latest'), await look('t4'), await look('t1')], ['same', 'moved', 'same']);
      assert.equal(remover.count('GET tags'), 1);
      there.set('latest', { name: 'latest', pushedAt: noon + minute, digest: digest(5) });
      clock.set(clock.now() + lookIsGoodFor);
      assert.equal(await look('latest'), 'moved');
    });

    it('is not led astray by a row from the future', async () => {
      const { watch, plan, admission, clock, remover, there } = watched(3, 150);
      there.set('odd', { name: 'odd', pushedAt: noon + 100 * hour });
      assert.equal(await watch.look(plan.going[0]!, admission), 'same');
      for (let i = 0; i < 120; i++) there.set(`ci${i}`, { name: `ci${i}`, pushedAt: noon + 2 * minute + i });
      there.set('t1', { name: 't1', pushedAt: noon + 1.5 * minute, digest: digest(1) });
      clock.set(noon + 3 * minute);
      assert.equal(await watch.look(plan.going[0]!, admission), 'moved', 'on the second page');
      assert.equal(remover.count('GET tags'), 3);
    });

    it('gives way to single look-ups where the list is in order no more, or has no end of pushes', async () => {
      const shuffled = watched(3, 3);
      shuffled.there.set('undated', { name: 'undated' });
      const tagPage: FakeRemover['tagPage'] = async (...args) => {
        const { rows } = await shuffled.remover.tagPage(...args);
        return { rows: rows.toReversed() };
      };
      const watch = new MovedWatch(shuffled.plan, { tagPage }, shuffled.clock);
      assert.equal(await watch.look(shuffled.plan.going[0]!, shuffled.admission), 'unknown');
      assert.equal(await watch.look(shuffled.plan.going[1]!, shuffled.admission), 'unknown');
      assert.equal(shuffled.remover.count('GET tags'), 1);

      const many = watched(3, 3);
      for (let i = 0; i < 6_000; i++) many.there.set(`ci${i}`, { name: `ci${i}`, pushedAt: noon + i });
      assert.equal(await many.watch.look(many.plan.going[0]!, many.admission), 'unknown');
      assert.equal(many.remover.count('GET tags'), 50);
    });

    for (const [what, error] of [
      ['500', refusal(500)],
      ['403', refusal(403)],
      ['404', refusal(404)],
      ['400', refusal(400)],
      ['nonsense', new HubError({ kind: 'malformed', status: 200 })],
    ] as const) {
      it(`that fails with ${what} gives way to single look-ups`, async () => {
        const { watch, plan, admission, remover } = watched(3, 3, ({ method }) =>
          method === 'GET tags' ? error : undefined,
        );
        assert.equal(await watch.look(plan.going[0]!, admission), 'unknown');
        assert.throws(() => watch.beforeDelete(plan.going[0]!), StaleLookupError);
        watch.lookedUp(plan.going[0]!, noon + minute);
        assert.equal(await watch.look(plan.going[0]!, admission), 'same');
        assert.doesNotThrow(() => watch.beforeDelete(plan.going[0]!));
        assert.equal(await watch.look(plan.going[1]!, admission), 'unknown');
        assert.equal(remover.count('GET tags'), 1);
      });
    }

    it('that fails as every request would is an error, and the next one looks again', async () => {
      for (const error of [reset(), refusal(401), refusal(429), new HubError({ kind: 'blocked', status: 403 })]) {
        const { watch, plan, admission, there } = watched(3, 3, ({ method, nth }) =>
          method === 'GET tags' && nth === 1 ? error : undefined,
        );
        there.set('t2', { name: 't2', pushedAt: noon, digest: digest(2) });
        await assert.rejects(Promise.all(plan.going.map((tag) => watch.look(tag, admission))), (thrown) =>
          isHubError(thrown, error.kind),
        );
        assert.equal(await watch.look(plan.going[1]!, admission), 'moved');
      }
    });
  });

  it('a list that was not in date order has each tag looked up just before its DELETE', async () => {
    const clock = new FakeClock({ hurries: true, now: noon + minute });
    const tags = [...oldTags(20), ...youngTags(5)];
    const remover = new FakeRemover(clock).add(api, tags);
    const done = await runToEnd(makeBatch([planOf(tags, false)], { maxDeletions: 0 }), { remover, clock });
    assert.equal(done.tally.counts.removed, 20);
    // One more reads the first DELETE back.
    assert.deepEqual([remover.count('GET'), remover.count('GET tags'), remover.count('DELETE')], [21, 0, 20]);
    for (const { name } of oldTags(20)) {
      assert.ok(remover.calls.indexOf(`GET ${name}`) < remover.calls.indexOf(`DELETE ${name}`));
    }
    assert.deepEqual(remover.calls.slice(0, 2), ['GET t1', 'DELETE t1']);
  });
});

/** A Docker Hub that pins `latest` to the first row of its list. */
class PinningRemover extends FakeRemover {
  override async tagPage(...args: Parameters<FakeRemover['tagPage']>): ReturnType<FakeRemover['tagPage']> {
    const page = await super.tagPage(...args);
    const latest = this.tagsOf(args[0]).get('latest');
    const others = page.rows.filter((row) => row.name !== 'latest');
    return { ...page, rows: args[2] === undefined && latest ? [latest, ...others] : others };
  }
}
