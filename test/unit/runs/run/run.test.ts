import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HubError, isHubError } from '../../../../src/hub/wire/hubError.ts';
import { Journal } from '../../../../src/runs/journal/journal.ts';
import { outcomeOf, recordedTags } from '../../../../src/runs/journal/journalRecord.ts';
import { outcomeKinds } from '../../../../src/runs/outcome/outcome.ts';
import { run } from '../../../../src/runs/run/run.ts';
import { ClaimLostError } from '../../../../src/runs/journal/claims.ts';
import type { RepositoryName } from '../../../../src/retention/tags/repositoryName.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { FakeClock, noon, settled } from '../../fakeClock.ts';
import { FakeRemover, refusal, reset, type Call, type Fault } from './fakeRemover.ts';
import { begun, readText } from '../journal/journalText.ts';
import { api, batchOf, memoryJournal, MemorySink, oldTags, runToEnd } from './runToEnd.ts';

/** A run over `count` tags against a scripted server, in time that hurries. */
function setUp(
  count: number,
  script?: (call: Call, remover: FakeRemover) => Fault | Promise<Fault>,
  options: { clock?: FakeClock; latency?: (call: Call) => number; there?: readonly Tag[] } = {},
) {
  const clock = options.clock ?? new FakeClock({ hurries: true });
  const tags = oldTags(count);
  const remover: FakeRemover = new FakeRemover(clock, (call) => script?.(call, remover), options.latency).add(
    api,
    options.there ?? tags,
  );
  const controller = new AbortController();
  return {
    clock,
    tags,
    remover,
    controller,
    parts: { remover, clock, signal: controller.signal },
    batch: batchOf([api, tags]),
  };
}

/** How often each end occurs. */
function ends({ ends }: { ends: Readonly<Record<string, string>> }): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const end of Object.values(ends)) counts[end] = (counts[end] ?? 0) + 1;
  return counts;
}

/** What was sent, but for the look at the list before the first DELETE. */
const besideLooks = ({ calls }: FakeRemover) => calls.filter((call) => !call.startsWith('GET tags'));

const onDelete = (fault: (call: Call) => Fault) => (call: Call) => (call.method === 'DELETE' ? fault(call) : undefined);

describe('run', () => {
  it('removes every planned tag and nothing else, oldest first', async () => {
    const { batch, parts, remover, tags } = setUp(30);
    remover.tagsOf(api).set('kept', { name: 'kept' });
    const done = await runToEnd(batch, parts);
    assert.deepEqual(ends(done), { removed: 30 });
    assert.deepEqual(remover.calls, [
      'GET tags team/api',
      'DELETE t1',
      'GET t1',
      ...tags.slice(1).map(({ name }) => `DELETE ${name}`),
    ]);
    assert.deepEqual([...remover.tagsOf(api).keys()], ['kept']);
    assert.deepEqual(done.events[0], { type: 'repository', repository: api, planned: 30 });
    assert.ok(done.tally.clean);
  });

  it('sends the first alone until one has succeeded, then as many as it may', async () => {
    const { batch, parts, remover } = setUp(
      20,
      onDelete(({ tag }) => {
        if (['t1', 't2', 't3', 't4'].includes(tag)) assert.equal(remover.inFlight, 1, tag);
        return ['t1', 't2'].includes(tag)
          ? new HubError({ kind: 'immutable', status: 403 })
          : tag === 't3'
            ? refusal(400)
            : undefined;
      }),
    );
    const done = await runToEnd(batch, parts);
    assert.deepEqual(ends(done), { failed: 3, removed: 17 });
    assert.equal(remover.maxInFlight, 10);
  });

  for (const [concurrency, most] of [
    [1, 1],
    [3, 3],
    [10, 10],
    [0, 1],
    [-5, 1],
    [Number.NaN, 10],
    [1000, 10],
    [2.5, 2],
  ] as const) {
    it(`never has more in flight than its bound: ${concurrency}`, async () => {
      const { batch, parts, remover } = setUp(40);
      assert.deepEqual(ends(await runToEnd(batch, { ...parts, concurrency })), { removed: 40 });
      assert.equal(remover.maxInFlight, most);
    });
  }

  it('passes a repository over of which nothing goes', async () => {
    const { parts, remover, tags } = setUp(2);
    const done = await runToEnd(batchOf([{ namespace: 'team', name: 'empty' }, []], [api, tags]), parts);
    assert.deepEqual(done.events.filter(({ type }) => type === 'repository').length, 1);
    assert.equal(remover.count('DELETE'), 2);
  });

  describe('a DELETE answered 404 (invariant 6)', () => {
    it('counts as already gone while the repository is there and the tag is not', async () => {
      const { batch, parts, remover } = setUp(12, undefined, { there: [] });
      assert.deepEqual(ends(await runToEnd(batch, parts)), { alreadyGone: 12 });
      // Three tags of the streak and one that the list lacks are looked up, and the list is read once beside the look before the first DELETE.
      assert.deepEqual(
        [
          remover.count('DELETE'),
          remover.count('GET repository'),
          remover.count('GET tags'),
          remover.calls.filter((call) => /^GET t\d/.test(call)).length,
        ],
        [12, 1, 2, 4],
      );
    });

    it('is looked up anew after a success', async () => {
      const there = oldTags(9).filter((_, i) => i % 3 === 2);
      const { batch, parts, remover } = setUp(9, undefined, { there });
      assert.deepEqual(ends(await runToEnd(batch, { ...parts, concurrency: 1 })), { alreadyGone: 6, removed: 3 });
      assert.equal(remover.count('GET repository'), 3);
    });

    it('stops the repository when that is gone, and the rest is not reached', async () => {
      const { batch, parts, remover } = setUp(
        10,
        ({ method, tag }, hub) => void (method === 'DELETE' && tag === 't3' && hub.repositories.clear()),
      );
      const done = await runToEnd(batch, { ...parts, concurrency: 1 });
      assert.deepEqual(done.ends, {
        t1: 'removed',
        t2: 'removed',
        t3: 'failed',
        ...Object.fromEntries(
          oldTags(10)
            .slice(3)
            .map(({ name }) => [name, 'notReached repositoryGone']),
        ),
      });
      assert.deepEqual(done.stops, ['repositoryGone api']);
      assert.equal(remover.count('DELETE'), 3);
    });

    it('never counts as gone what is still there, and stops after three such', async () => {
      const { batch, parts, remover } = setUp(
        10,
        onDelete(() => refusal(404)),
      );
      const done = await runToEnd(batch, parts);
      assert.deepEqual(ends(done), { failed: 3, 'notReached serverTrouble': 7 });
      assert.equal(remover.count('DELETE'), 3);
    });

    it('looks each up for itself where the one that was looked up is still there', async () => {
      const { batch, parts } = setUp(
        7,
        onDelete(({ tag }) => (tag === 't2' ? refusal(404) : undefined)),
        { there: oldTags(2) },
      );
      const done = await runToEnd(batch, parts);
      assert.deepEqual(
        [done.ends.t1, done.ends.t2, done.ends.t3, done.ends.t7],
        ['removed', 'failed', 'alreadyGone', 'alreadyGone'],
      );
    });

    it('spares a tag that was pushed again meanwhile (invariant 3)', async () => {
      const { batch, parts, remover } = setUp(1, ({ method, tag }, hub) => {
        if (method === 'GET') hub.tagsOf(api).set('t1', { name: 't1', pushedAt: noon });
        return method === 'DELETE' && tag === 't1' ? refusal(404) : undefined;
      });
      assert.deepEqual((await runToEnd(batch, parts)).ends, { t1: 'spared' });
      assert.ok(remover.tagsOf(api).has('t1'));
    });

    it('is a failure where that cannot be looked up, and ends in bounded requests', async () => {
      for (const [trouble, stop] of [
        [refusal(500), 'serverTrouble api'],
        [refusal(403), 'missingRight api'],
        [reset(), 'offline'],
        [new HubError({ kind: 'blocked', status: 403 }), 'blocked'],
      ] as const) {
        const { batch, parts, remover } = setUp(50, ({ method }) => (method === 'DELETE' ? undefined : trouble), {
          there: [],
        });
        const done = await runToEnd(batch, parts);
        assert.deepEqual(done.stops, [stop]);
        assert.equal(done.tally.counts.alreadyGone, 0);
        assert.ok(remover.calls.length <= 12, String(remover.calls.length));
      }
    });
  });

  describe("one failure is one tag's (invariant 11)", () => {
    for (const status of [400, 409, 418]) {
      it(`a ${status}`, async () => {
        const { batch, parts, remover } = setUp(
          9,
          onDelete(({ tag }) => (tag === 't4' ? refusal(status, 'words') : undefined)),
        );
        const done = await runToEnd(batch, parts);
        assert.deepEqual(ends(done), { removed: 8, failed: 1 });
        assert.deepEqual(done.outcomes.t4, { kind: 'failed', failure: { kind: 'rejected', status, words: 'words' } });
        assert.equal(remover.count('DELETE'), 9);
      });
    }

    it('a name that cannot be sent', async () => {
      const { batch, parts } = setUp(
        3,
        onDelete(({ tag }) => (tag === 't2' ? new HubError({ kind: 'unsafeName' }) : undefined)),
      );
      assert.deepEqual((await runToEnd(batch, parts)).ends, { t1: 'removed', t2: 'failed', t3: 'removed' });
    });

    it('a defect of our own', async () => {
      const { batch, parts } = setUp(
        3,
        onDelete(({ tag }) => (tag === 't2' ? new TypeError('no function') : undefined)),
      );
      const done = await runToEnd(batch, parts);
      assert.deepEqual(done.ends, { t1: 'removed', t2: 'failed', t3: 'removed' });
    });

    it('worst day nginx-lua#220: exactly three 403 in a row stop the repository and say so', async () => {
      const { batch, parts, remover } = setUp(
        50,
        onDelete(() => refusal(403, 'access denied: insufficient scope')),
      );
      const done = await runToEnd(batch, parts);
      assert.deepEqual(ends(done), { failed: 3, 'notReached missingRight': 47 });
      assert.equal(besideLooks(remover).length, 3);
      assert.deepEqual(done.tally.stops, [
        {
          reason: 'missingRight',
          repository: api,
          failure: { kind: 'forbidden', status: 403, words: 'access denied: insufficient scope' },
        },
      ]);
    });

    it('two 403 and a success, over and over, do not', async () => {
      const { batch, parts } = setUp(
        30,
        onDelete(({ tag }) => (Number(tag.slice(1)) % 3 === 0 ? undefined : refusal(403))),
      );
      assert.deepEqual(ends(await runToEnd(batch, { ...parts, concurrency: 1 })), { removed: 10, failed: 20 });
    });

    it('a success that only a look-up showed counts as one as well', async () => {
      const { batch, parts } = setUp(
        5,
        onDelete(({ tag }) => (tag === 't3' ? { after: reset() } : refusal(403))),
      );
      assert.deepEqual(ends(await runToEnd(batch, { ...parts, concurrency: 1 })), { failed: 4, removed: 1 });
    });

    it('immutable tags do not count towards the three', async () => {
      const { batch, parts } = setUp(
        20,
        onDelete(({ tag }) => (tag === 't20' ? undefined : new HubError({ kind: 'immutable', status: 403 }))),
      );
      assert.deepEqual(ends(await runToEnd(batch, parts)), { failed: 19, removed: 1 });
    });

    it('redirects and other nonsense stop the repository after three', async () => {
      const { batch, parts, remover } = setUp(
        20,
        onDelete(() => new HubError({ kind: 'malformed', status: 301 })),
      );
      assert.deepEqual(ends(await runToEnd(batch, parts)), { failed: 3, 'notReached serverTrouble': 17 });
      assert.equal(besideLooks(remover).length, 3);
    });

    for (const [kind, reason] of [
      ['blocked', 'blocked'],
      ['unauthorized', 'account'],
      ['signedOut', 'account'],
      ['wrongSecret', 'account'],
      ['needsCode', 'account'],
      ['lockedOut', 'account'],
      ['routeGone', 'routeGone'],
    ] as const) {
      it(`${kind} stops the run after one request, all its repositories`, async () => {
        const { parts, remover, tags } = setUp(
          10,
          onDelete(() => new HubError({ kind, status: 403, serverWords: 'words' })),
        );
        const web = { namespace: 'team', name: 'web' };
        remover.add(web, tags);
        const done = await runToEnd(batchOf([api, tags], [web, tags]), parts);
        assert.deepEqual(ends(done), { failed: 1, [`notReached ${reason}`]: 19 });
        assert.deepEqual([besideLooks(remover).length, done.stops], [1, [reason]]);
      });
    }

    it('a refusal of the whole run outweighs that of a repository', async () => {
      const web = { namespace: 'team', name: 'web' };
      const { parts, remover, tags } = setUp(
        6,
        onDelete(({ tag }) =>
          tag === 't1' ? undefined : tag === 't6' ? new HubError({ kind: 'blocked', status: 403 }) : refusal(403),
        ),
        { latency: ({ tag }) => (tag === 't6' ? 500 : 100) },
      );
      remover.add(web, tags);
      const done = await runToEnd(batchOf([api, tags], [web, tags]), parts);
      assert.deepEqual(done.stops, ['missingRight api', 'blocked']);
      assert.deepEqual(done.ends['web:t1'], 'notReached blocked');
    });
  });

  describe('trouble that may pass', () => {
    it('bursts of 503 leave nothing behind', async () => {
      const { batch, parts } = setUp(
        60,
        onDelete(({ tag, nth }) => (Number(tag.slice(1)) % 4 === 0 && nth <= 3 ? refusal(503) : undefined)),
      );
      assert.deepEqual(ends(await runToEnd(batch, parts)), { removed: 60 });
    });

    for (const [name, fault] of [
      ['a reset', reset()],
      ['a time-out', new HubError({ kind: 'timeout' })],
      ['a 502', refusal(502)],
      ['a 504', refusal(504)],
      ['a web page under 200', new HubError({ kind: 'malformed', status: 200 })],
    ] as const) {
      it(`${name} without effect: looked up, then repeated`, async () => {
        const { batch, parts, remover } = setUp(
          1,
          onDelete(({ nth }) => (nth === 1 ? fault : undefined)),
        );
        assert.deepEqual((await runToEnd(batch, parts)).ends, { t1: 'removed' });
        assert.deepEqual(besideLooks(remover), ['DELETE t1', 'GET t1', 'DELETE t1', 'GET t1']);
      });

      it(`${name} after the effect: looked up, and not repeated`, async () => {
        const { batch, parts, remover } = setUp(
          1,
          onDelete(({ nth }) => (nth === 1 ? { after: fault } : undefined)),
        );
        assert.deepEqual((await runToEnd(batch, parts)).ends, { t1: 'removed' });
        assert.deepEqual(besideLooks(remover), ['DELETE t1', 'GET t1', 'GET repository team/api']);
      });

      it(`${name}, and no look-up: uncertain`, async () => {
        const { batch, parts } = setUp(1, ({ method }) =>
          method === 'DELETE' ? fault : method === 'GET' ? refusal(403) : undefined,
        );
        assert.deepEqual((await runToEnd(batch, parts)).ends, { t1: 'uncertain' });
      });
    }

    it('a delete that comes through after the look-up was ours all the same', async () => {
      const { batch, parts } = setUp(1, ({ method, nth }, hub) => {
        if (method !== 'DELETE') return undefined;
        if (nth === 2) hub.tagsOf(api).delete('t1');
        return nth === 1 ? new HubError({ kind: 'timeout' }) : undefined;
      });
      assert.deepEqual((await runToEnd(batch, parts)).ends, { t1: 'removed' });
    });

    it('a tag in trouble is not tried again once the run has stopped', async () => {
      const { batch, parts, remover } = setUp(
        20,
        onDelete(({ tag }) =>
          tag === 't2' ? refusal(503) : tag === 't3' ? new HubError({ kind: 'blocked', status: 403 }) : undefined,
        ),
      );
      const done = await runToEnd(batch, parts);
      assert.deepEqual([done.ends.t2, done.stops], ['failed', ['blocked']]);
      assert.equal(remover.calls.filter((call) => call === 'DELETE t2').length, 1);
    });

    it('two tags that the server fails on and a success, over and over, do not stop the repository', async () => {
      const { batch, parts } = setUp(
        9,
        onDelete(({ tag }) => (Number(tag.slice(1)) % 3 === 0 ? undefined : refusal(500))),
      );
      assert.deepEqual(ends(await runToEnd(batch, { ...parts, concurrency: 1 })), { removed: 3, failed: 6 });
    });

    it('a 503, and no look-up: failed, for the server has answered', async () => {
      const { batch, parts } = setUp(1, ({ method }) => (method === 'DELETE' ? refusal(503) : refusal(500)));
      assert.deepEqual((await runToEnd(batch, parts)).ends, { t1: 'failed' });
    });

    it('look-ups that are refused stop for what they are refused for, as DELETEs do (invariant 11)', async () => {
      const refusing = (status: number) =>
        setUp(10, ({ method }) =>
          method === 'DELETE' ? refusal(503) : method === 'GET' ? refusal(status) : undefined,
        );
      const forbidden = refusing(403);
      assert.deepEqual((await runToEnd(forbidden.batch, forbidden.parts)).stops, ['missingRight api']);
      assert.equal(forbidden.remover.count('DELETE'), 3);
      const limited = refusing(429);
      assert.deepEqual((await runToEnd(limited.batch, limited.parts)).stops, ['refused']);
      assert.equal(limited.remover.count('DELETE'), 1);
    });

    it('a tag that is gone with its whole repository was not removed by us (invariant 6)', async () => {
      const { batch, parts } = setUp(4, ({ method, tag }, hub) => {
        if (method !== 'DELETE' || tag !== 't2') return undefined;
        hub.repositories.clear();
        return reset();
      });
      const done = await runToEnd(batch, { ...parts, concurrency: 1 });
      assert.deepEqual(done.ends, {
        t1: 'removed',
        t2: 'uncertain',
        t3: 'notReached repositoryGone',
        t4: 'notReached repositoryGone',
      });
    });

    it('a tag that was pushed again between the failed delete and the look-up is spared (invariant 3)', async () => {
      for (const change of [{ pushedAt: noon }, { digest: 'sha256:new' }]) {
        const { batch, parts, remover } = setUp(2, ({ method, tag }, hub) => {
          if (method !== 'DELETE' || tag !== 't1') return undefined;
          hub.tagsOf(api).set('t1', { ...oldTags(1)[0]!, ...change });
          return reset();
        });
        const done = await runToEnd(batch, parts);
        assert.deepEqual(done.ends, { t1: 'spared', t2: 'removed' });
        assert.equal(remover.calls.filter((call) => call === 'DELETE t1').length, 1);
      }
    });

    it('a server that always fails stops the repository in bounded requests and time', async () => {
      const { batch, parts, remover, clock } = setUp(
        500,
        onDelete(() => refusal(500, 'backend')),
      );
      const done = await runToEnd(batch, parts);
      assert.deepEqual(ends(done), { failed: 3, 'notReached serverTrouble': 497 });
      // Three tags, each with five deletes and five look-ups, and a look at the list for each after the pauses of the one before.
      assert.ok(remover.calls.length <= 3 * 11, String(remover.calls.length));
      assert.ok(clock.now() - noon < 5 * 60_000);
      assert.deepEqual(done.outcomes.t1, {
        kind: 'failed',
        failure: { kind: 'server', status: 500, words: 'backend' },
      });
    });

    it('a server that begins to fail in the middle stops the repository in bounded requests', async () => {
      const { batch, parts, remover } = setUp(
        500,
        onDelete(({ tag }) => (Number(tag.slice(1)) > 100 ? refusal(500) : undefined)),
      );
      const done = await runToEnd(batch, parts);
      assert.equal(done.tally.counts.removed, 100);
      // Ten in flight and the two begun in place of the first to give up, each with at most five deletes and five look-ups.
      assert.ok(remover.calls.length <= 100 + 12 * 10, String(remover.calls.length));
    });

    it('no network at all stops the run in bounded time, and the next repository is not tried', async () => {
      const web = { namespace: 'team', name: 'web' };
      const { parts, remover, tags, clock } = setUp(100, ({ method }) => (method === 'GET tags' ? undefined : reset()));
      remover.add(web, tags);
      const done = await runToEnd(batchOf([api, tags], [web, tags]), parts);
      assert.deepEqual(ends(done), { uncertain: 1, 'notReached offline': 199 });
      assert.deepEqual([done.stops, besideLooks(remover).length], [['offline'], 2]);
      assert.ok(clock.now() - noon < 10_000);
    });

    it('a network that goes away in the middle leaves each tag in flight uncertain', async () => {
      const { batch, parts } = setUp(100, ({ tag }) => (Number(tag.slice(1)) > 50 ? reset() : undefined));
      const done = await runToEnd(batch, parts);
      assert.equal(done.tally.counts.removed, 50);
      assert.ok(done.tally.counts.uncertain >= 1 && done.tally.counts.uncertain <= 10);
      assert.equal(done.tally.counts.failed, 0);
    });

    it('429s between which the server answers anything else are not in a row', async () => {
      for (const [fault, there, kind] of [
        [undefined, [], 'alreadyGone'],
        [refusal(400), undefined, 'failed'],
        [new HubError({ kind: 'immutable', status: 403 }), undefined, 'failed'],
      ] as const) {
        const { batch, parts } = setUp(
          30,
          onDelete(({ nth }) => (nth === 1 ? refusal(429) : fault)),
          { there },
        );
        const done = await runToEnd(batch, { ...parts, concurrency: 1 });
        assert.deepEqual([ends(done), done.stops], [{ [kind]: 30 }, []]);
      }
    });

    it('429s in a row stop the run also where the local clock is set back between them', async () => {
      const clock = new FakeClock({ hurries: true });
      const { batch, parts, remover } = setUp(
        5,
        onDelete(() => (remover.count('DELETE') < 100 ? refusal(429) : undefined)),
        { clock },
      );
      let turns = 0;
      const behind = remover.behind(async () => void (++turns === 2 && clock.set(clock.now() - 3_600_000)));
      assert.deepEqual((await runToEnd(batch, { ...parts, remover: behind })).stops, ['refused']);
      assert.equal(remover.count('DELETE'), 20);
    });

    it('429s are waited for by the pacer, and twenty in a row for one tag stop the run', async () => {
      const once = setUp(
        20,
        onDelete(({ tag, nth }) => (tag === 't5' && nth <= 10 ? refusal(429) : undefined)),
      );
      assert.deepEqual(ends(await runToEnd(once.batch, once.parts)), { removed: 20 });
      const always = setUp(
        20,
        onDelete(() => refusal(429, 'rate limit exceeded')),
      );
      const done = await runToEnd(always.batch, always.parts);
      assert.deepEqual(ends(done), { failed: 1, 'notReached refused': 19 });
      assert.deepEqual([done.stops, besideLooks(always.remover).length], [['refused'], 20]);
    });
  });

  describe('several repositories', () => {
    const web = { namespace: 'team', name: 'web' };
    const gone = { namespace: 'team', name: 'gone' };

    it('one that cannot be read does not end the others', async () => {
      const { parts, remover, tags } = setUp(5);
      remover.add(web, tags);
      const done = await runToEnd(batchOf([gone, tags], [api, tags], [web, tags]), parts);
      // The look before the first DELETE finds it out, so that none is sent.
      assert.deepEqual(ends(done), { 'notReached repositoryGone': 5, removed: 10 });
    });

    it('one without rights, and one with a failing server, do not end the others', async () => {
      const { parts, remover, tags } = setUp(
        5,
        onDelete(({ repository }) =>
          repository.endsWith('gone') ? refusal(403) : repository.endsWith('web') ? refusal(500) : undefined,
        ),
      );
      remover.add(web, tags).add(gone, tags);
      const done = await runToEnd(batchOf([gone, tags], [web, tags], [api, tags]), parts);
      assert.deepEqual(done.stops, ['missingRight gone', 'serverTrouble web']);
      assert.equal(done.tally.counts.removed, 5);
    });
  });

  describe('spares what was pushed again since the plan (invariant 3)', () => {
    const pushAgain = (hub: FakeRemover, clock: FakeClock, name: string) =>
      hub.tagsOf(api).set(name, { name, pushedAt: clock.now(), digest: `sha256:${'e'.repeat(64)}` });

    it('also in a run of hours, in whose course it is pushed', async () => {
      const clock = new FakeClock({ hurries: true });
      const { batch, parts, remover } = setUp(
        300,
        ({ method, nth, tag }, hub) => {
          if (method === 'GET tags' && nth === 2) pushAgain(hub, clock, 't250');
          if (method === 'DELETE' && tag === 't100') pushAgain(hub, clock, 't299');
        },
        { clock, latency: ({ method }) => (method === 'DELETE' ? 14_000 * 10 : 100) },
      );
      const done = await runToEnd(batch, parts);
      assert.deepEqual(ends(done), { removed: 298, spared: 2 });
      assert.deepEqual([done.ends.t250, done.ends.t299], ['spared', 'spared']);
      assert.ok(clock.now() - noon > 3_600_000);
      assert.deepEqual([...remover.tagsOf(api).keys()].sort(), ['t250', 't299']);
      assert.equal(done.stops.length, 0);
    });

    it('writes no intent for it, and where one was written says how it ended', async () => {
      const clock = new FakeClock({ hurries: true, now: noon + 60_000 });
      const sink = new MemorySink();
      // The second one moves while its DELETE waits for its turn, longer than a look is good for.
      const { batch, parts } = setUp(
        3,
        ({ method, nth }, hub) => {
          if (method === 'GET tags' && nth === 1) pushAgain(hub, clock, 't1');
        },
        { clock },
      );
      const waiting = parts.remover.behind(async ({ name }) => {
        if (name !== 't2' || clock.now() >= noon + 120_000) return;
        await clock.sleep(60_000);
        pushAgain(parts.remover, clock, 't2');
      });
      const done = await runToEnd(batch, { ...parts, remover: waiting, journal: new Journal(sink, clock) });
      assert.deepEqual(done.ends, { t1: 'spared', t2: 'spared', t3: 'removed' });
      await settled();
      assert.deepEqual(
        sink.lines.flatMap((line) => (line.type === 'intent' ? [line.tag] : [])),
        ['t2', 't3'],
      );
      assert.ok(!parts.remover.calls.includes('DELETE t2'));
    });

    it('tries a tag whose turn always comes too late a bounded number of times, then stops', async () => {
      const { batch, parts, clock, remover } = setUp(3);
      const done = await runToEnd(batch, { ...parts, remover: remover.behind(() => clock.sleep(31_000)) });
      assert.deepEqual(done.stops, ['refused']);
      assert.deepEqual(ends(done), { 'notReached refused': 3 });
      assert.equal(remover.count('DELETE'), 0);
      assert.ok(remover.calls.length <= 20, String(remover.calls.length));
    });

    it('sends nothing where neither the list nor a tag can be looked at, in bounded requests', async () => {
      const { batch, parts, remover } = setUp(50, ({ method }) => (method === 'DELETE' ? undefined : refusal(500)), {
        clock: new FakeClock({ hurries: true, now: noon + 60_000 }),
      });
      const done = await runToEnd(batch, parts);
      assert.deepEqual(ends(done), { failed: 3, 'notReached serverTrouble': 47 });
      assert.equal(remover.count('DELETE'), 0);
      assert.ok(remover.calls.length <= 4, String(remover.calls.length));
    });
  });

  describe('stop means stop (invariant 8)', () => {
    it('before the start: nothing is sent', async () => {
      const { batch, parts, remover, controller } = setUp(5);
      controller.abort();
      const done = await runToEnd(batch, parts);
      assert.deepEqual(
        [ends(done), done.stops, remover.calls.length],
        [{ 'notReached cancelled': 5 }, ['cancelled'], 0],
      );
    });

    it('says so where it is not the user but another window that ends it', async () => {
      for (const deleted of [0, 3]) {
        const { batch, parts, controller } = setUp(5);
        if (deleted === 0) controller.abort(new ClaimLostError(new Error('ENOENT')));
        const done = await runToEnd(batch, parts, (event) => {
          if (event.type === 'outcome' && event.tag.name === `t${deleted}`) {
            controller.abort(new ClaimLostError(new Error('ENOENT')));
          }
        });
        assert.deepEqual(done.stops, ['takenOver']);
      }
    });

    it('in the middle: nothing new is sent, and what is in flight is awaited and recorded', async () => {
      const { batch, parts, remover, controller, clock } = setUp(50, undefined, {
        latency: ({ method }) => (method === 'DELETE' ? 10_000 : 0),
        clock: new FakeClock(),
      });
      const done = runToEnd(batch, parts);
      await clock.advance(10_000);
      assert.equal(remover.inFlight, 10);
      controller.abort();
      await clock.advance(9_000);
      assert.equal(remover.inFlight, 10, 'awaited');
      await clock.advance(1_000);
      const finished = await done;
      assert.deepEqual(ends(finished), { removed: 11, 'notReached cancelled': 39 });
      assert.equal(remover.count('DELETE'), 11);
    });

    it('is told at once, while deletes are still in flight', async () => {
      const { batch, parts, controller, clock } = setUp(5, undefined, {
        latency: () => 10_000,
        clock: new FakeClock(),
      });
      const stops: number[] = [];
      const done = runToEnd(batch, parts, (event) => void (event.type === 'stopped' && stops.push(clock.now() - noon)));
      await clock.advance(3_000);
      controller.abort();
      await settled();
      assert.deepEqual(stops, [3_000]);
      await clock.advance(10_000);
      await done;
    });

    it('in the middle of a back-off: ends at once, a delete without an answer is uncertain and one with an answer failed', async () => {
      for (const [fault, end] of [
        [reset(), 'uncertain'],
        [refusal(504), 'uncertain'],
        [refusal(500), 'failed'],
      ] as const) {
        const { batch, parts, remover, controller, clock } = setUp(
          3,
          onDelete(() => fault),
          { clock: new FakeClock() },
        );
        const done = runToEnd(batch, parts);
        await clock.advance(500);
        controller.abort();
        const finished = await done;
        assert.equal(clock.now(), noon + 500);
        assert.deepEqual(finished.ends, { t1: end, t2: 'notReached cancelled', t3: 'notReached cancelled' });
        assert.deepEqual(besideLooks(remover), ['DELETE t1']);
      }
    });

    it('after a look-up that still found the tag: the delete is not repeated, and failed for certain', async () => {
      const { batch, parts, remover, controller } = setUp(2, ({ method }) =>
        method === 'DELETE' ? reset() : void (method === 'GET' && controller.abort()),
      );
      assert.deepEqual((await runToEnd(batch, parts)).ends, { t1: 'failed', t2: 'notReached cancelled' });
      assert.deepEqual(besideLooks(remover), ['DELETE t1', 'GET t1']);
    });

    it('while a delete waits for its turn: that one was not reached', async () => {
      const { batch, parts, controller, clock } = setUp(
        3,
        ({ admission }) =>
          new Promise((_, reject) =>
            admission.signal!.addEventListener('abort', () => reject(admission.signal!.reason)),
          ),
        { clock: new FakeClock() },
      );
      const done = runToEnd(batch, parts);
      await clock.advance(60_000);
      controller.abort();
      assert.deepEqual(ends(await done), { 'notReached cancelled': 3 });
      assert.equal(clock.now(), noon + 60_000);
    });

    it('between 429s: nothing is sent again', async () => {
      const { batch, parts, remover, controller } = setUp(
        3,
        onDelete(() => (controller.abort(), refusal(429))),
      );
      assert.deepEqual(ends(await runToEnd(batch, parts)), { 'notReached cancelled': 3 });
      assert.equal(besideLooks(remover).length, 1);
    });

    it('between two repositories: the second is not begun', async () => {
      const web = { namespace: 'team', name: 'web' };
      const { parts, remover, tags, controller } = setUp(3);
      remover.add(web, tags);
      const done = await runToEnd(
        batchOf([api, tags], [web, tags]),
        parts,
        (event) => void (event.type === 'outcome' && event.tag.name === 't3' && controller.abort()),
      );
      assert.equal(remover.count('DELETE'), 3);
      assert.deepEqual([ends(done), done.stops], [{ removed: 3, 'notReached cancelled': 3 }, ['cancelled']]);
      assert.equal(done.events.filter(({ type }) => type === 'repository').length, 1);
    });

    it('after everything is done: it says nothing', async () => {
      const { batch, parts, controller } = setUp(3);
      const done = await runToEnd(
        batch,
        parts,
        (event) => void (event.type === 'outcome' && event.tag.name === 't3' && controller.abort()),
      );
      assert.deepEqual(done.stops, []);
      assert.ok(done.tally.clean);
    });

    it('when whoever listens goes away: nothing new is sent, and what is in flight is awaited', async () => {
      const { batch, parts, remover, clock } = setUp(
        30,
        onDelete(({ tag }) => (tag === 't3' ? reset() : undefined)),
        { latency: ({ method }) => (method === 'DELETE' ? 1_000 : 10) },
      );
      for await (const event of run(batch, { ...parts, journal: memoryJournal(clock) })) {
        if (event.type === 'outcome') break;
      }
      assert.equal(remover.inFlight, 0);
      const sent = remover.count('DELETE');
      await clock.sleep(120_000);
      assert.equal(remover.count('DELETE'), sent);
    });
  });

  describe('what it tells', () => {
    it('waits of its own, each with its end', async () => {
      const { batch, parts } = setUp(
        1,
        onDelete(({ nth }) => (nth <= 2 ? refusal(503) : undefined)),
      );
      const { events } = await runToEnd(batch, parts);
      assert.deepEqual(
        events.flatMap((event) => (event.type === 'waiting' ? [event.wait] : [])),
        [
          { until: noon + 1_200, why: 'backoff' },
          { until: noon + 3_400, why: 'backoff' },
        ],
      );
      assert.equal(events.at(-1)!.type, 'outcome');
    });

    it('waits of the pacer, as they begin', async () => {
      const { batch, parts } = setUp(
        1,
        onDelete(({ admission }) => void admission.onWait?.({ until: noon + 5, why: 'allowance' })),
      );
      const { events } = await runToEnd(batch, parts);
      assert.deepEqual(
        events.map(({ type }) => type),
        ['repository', 'waiting', 'outcome'],
      );
    });

    it('asks for everything in the background', async () => {
      const lanes = new Set<string>();
      const { batch, parts } = setUp(3, ({ admission }) => void lanes.add(admission.lane), { there: [] });
      await runToEnd(batch, parts);
      assert.deepEqual([...lanes], ['background']);
    });

    it('goes ahead of whoever listens by two rounds at most', async () => {
      const { batch, parts, remover } = setUp(30);
      let heard = 0;
      await runToEnd(batch, parts, async (event) => {
        if (event.type !== 'outcome') return;
        heard++;
        await parts.clock.sleep(1_000);
        assert.ok(remover.count('DELETE') - heard <= 2 * 10);
      });
    });
  });

  describe('accounts for everything, whatever the server does (invariant 6)', () => {
    const faults = fc.constantFrom<() => Fault>(
      () => undefined,
      () => undefined,
      () => undefined,
      () => refusal(400),
      () => refusal(401),
      () => refusal(403),
      () => refusal(404),
      () => refusal(429),
      () => refusal(500),
      () => refusal(503),
      () => refusal(504),
      reset,
      () => ({ after: reset() }),
      () => ({ after: refusal(500) }),
      () => new HubError({ kind: 'timeout' }),
      () => new HubError({ kind: 'malformed', status: 200 }),
      () => new HubError({ kind: 'malformed', status: 301 }),
      () => new HubError({ kind: 'immutable', status: 403 }),
      () => new HubError({ kind: 'blocked', status: 403 }),
      () => new TypeError('defect'),
    );
    const script = fc.record({
      answers: fc.array(faults, { minLength: 1, maxLength: 40 }),
      latencies: fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 5 }),
      there: fc.integer({ min: 0, max: 3 }),
      counts: fc
        .array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 3 })
        .filter((counts) => counts.some((count) => count > 0)),
      concurrency: fc.integer({ min: 1, max: 10 }),
      cancelAt: fc.option(fc.integer({ min: 0, max: 60_000 })),
      moves: fc.array(fc.nat({ max: 30 }), { maxLength: 3 }),
    });

    it('each planned tag gets one outcome, that is true, and that its journal tells as well; nothing else is deleted', async () => {
      await fc.assert(
        fc.asyncProperty(script, async ({ answers, latencies, there, counts, concurrency, cancelAt, moves }) => {
          const clock = new FakeClock({ hurries: true });
          let calls = 0;
          let cancelledAt: number | undefined;
          let sentAfterwards = false;
          const controller = new AbortController();
          const plans = counts.map((count, i): [RepositoryName, Tag[]] => [
            { namespace: 'team', name: `r${i}` },
            oldTags(count),
          ]);
          const remover: FakeRemover = new FakeRemover(
            clock,
            ({ method, repository, tag }) => {
              const nth = calls++;
              if (method === 'DELETE' && cancelledAt !== undefined) sentAfterwards = true;
              if (moves.includes(nth) && method === 'DELETE') {
                remover.repositories.get(repository)?.set(tag, { name: tag, pushedAt: noon + nth });
              }
              const fault = answers[nth % answers.length]!();
              // A look-up that says "not there" of what is there is beyond what anybody could see through.
              return method !== 'DELETE' && isHubError(fault, 'notFound') ? undefined : fault;
            },
            () => latencies[calls % latencies.length]!,
          );
          plans.forEach(
            ([repository, tags], i) => void (i === there || remover.add(repository, [...tags, { name: 'kept' }])),
          );
          if (cancelAt !== null) {
            void clock.sleep(cancelAt).then(() => ((cancelledAt = clock.now()), controller.abort()));
          }

          const batch = batchOf(...plans);
          const { sink, journal } = await begun(batch);
          const done = await runToEnd(batch, { remover, clock, concurrency, signal: controller.signal, journal });
          await journal.end(done.tally.counts);
          const record = await readText(sink.text);
          for (const recorded of recordedTags(record)) {
            assert.equal(
              outcomeOf(recorded, record.stops).kind,
              done.outcomes[`${recorded.repository.name}:${recorded.tag.name}`]!.kind,
            );
          }

          assert.ok(remover.maxInFlight <= concurrency);
          assert.ok(!sentAfterwards, 'a DELETE after the cancellation');
          assert.equal(remover.inFlight, 0);
          for (const [{ namespace, name }, tags] of plans) {
            const left = remover.repositories.get(`${namespace}/${name}`);
            assert.ok(!left || left.has('kept'), 'something outside the plan was deleted');
            for (const tag of tags) {
              const end = done.outcomes[`${name}:${tag.name}`]!;
              assert.ok(outcomeKinds.includes(end.kind));
              const isThere = left?.has(tag.name) ?? false;
              if (end.kind === 'removed') assert.ok(left && !isThere, 'said to be removed, and is there');
              if (end.kind === 'alreadyGone') assert.ok(!isThere, 'said to be gone already, and is there');
              if (end.kind === 'spared' || end.kind === 'notReached') {
                assert.ok(isThere || !left, `${end.kind}, and is gone`);
              }
            }
          }
        }),
        { numRuns: 150 },
      );
    });
  });
});
