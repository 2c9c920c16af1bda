import assert from 'node:assert/strict';
import type { Failure } from '../../../src/runs/outcome/outcome.ts';
import type { RepositoryName } from '../../../src/retention/tags/repositoryName.ts';
import type { Tag } from '../../../src/retention/tags/tag.ts';
import { hubClientAt } from '../hubClientAt.ts';
import { batchOf, runToEnd, type Finished } from '../runs/run/runToEnd.ts';
import { PruneStage, type StageOptions } from './pruneStage.ts';

const day = 86_400_000;
const deletes = { method: 'DELETE' } as const;
const oneTag = { method: 'GET', path: /\/tags\/[^/?]+$/ } as const;
const legacy = { method: 'DELETE', path: '/v2/repositories/' } as const;
const namespaces = { method: 'DELETE', path: '/v2/namespaces/' } as const;
const empty404 = { status: 404, body: { message: 'object not found', errinfo: {} } };

/** Prunes on a stage of its own, and checks that what is told of each tag is true. */
async function prune(
  set: (stage: PruneStage) => void,
  options: StageOptions = {},
  look: (stage: PruneStage, done: Finished) => void | Promise<void> = () => undefined,
): Promise<Finished> {
  await using stage = await PruneStage.open(options);
  const ending = await stage.prune(() => set(stage));
  stage.check(ending);
  const done = ending.done!;
  for (const [name, { kind }] of Object.entries(done.outcomes)) {
    if (kind === 'removed' || kind === 'alreadyGone') assert.ok(!stage.has(name), `${name} is ${kind}, and there`);
  }
  await look(stage, done);
  return done;
}

function counts({ tally }: Finished): Record<string, number> {
  return Object.fromEntries(Object.entries(tally.counts).filter(([, count]) => count > 0));
}

function failureOf(done: Finished, name: string): Failure | undefined {
  const outcome = done.outcomes[name]!;
  return outcome.kind === 'failed' ? outcome.failure : undefined;
}

const sent = ({ hub }: PruneStage, method: string, tag?: string) =>
  hub.count({ method, ...(tag !== undefined && { tag }) });

describe('what a run reports about DELETEs is true (invariant 6)', () => {
  describe('D1: only a 204 removes, and the first is read back', () => {
    it('one GET, before any other DELETE goes out, and none more', async () => {
      await prune(
        () => undefined,
        { old: 40 },
        (stage, done) => {
          assert.deepEqual(counts(done), { removed: 40 });
          const of = stage.hub.requests
            .filter(({ method, path }) => method === 'DELETE' || path.search(oneTag.path) >= 0)
            .map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
          assert.deepEqual(of.slice(0, 3), ['DELETE old-1', 'GET old-1', 'DELETE old-2']);
          assert.equal(of.filter((line) => line.startsWith('GET')).length, 1);
        },
      );
    });

    it('a 204 without effect by both routes stops the run after one tag, which failed', async () => {
      await prune(
        ({ hub }) => hub.script({ match: deletes, times: Infinity, act: { status: 204 } }),
        {},
        (stage, done) => {
          assert.deepEqual([counts(done), done.stops], [{ failed: 1, notReached: 11 }, ['routeGone']]);
          assert.deepEqual(failureOf(done, 'old-1'), { kind: 'routeGone', status: 204 });
          assert.equal(sent(stage, 'DELETE'), 2);
          assert.ok(stage.clock.now() > 0 && sent(stage, 'GET') < 15, `${sent(stage, 'GET')} GETs`);
        },
      );
    });

    it('a 204 without effect by one route: the other one is taken, and read back as well', async () => {
      await prune(
        ({ hub }) => hub.script({ match: namespaces, times: Infinity, act: { status: 204 } }),
        {},
        (stage, done) => {
          assert.deepEqual([counts(done), done.stops], [{ removed: 12 }, []]);
          assert.equal(stage.hub.count(namespaces), 1);
          assert.equal(stage.hub.count(legacy), 12);
        },
      );
    });

    for (const [what, act] of [
      ['404', empty404],
      ['403', { status: 403 }],
      ['410', { status: 410 }],
      ['405', { status: 405 }],
      ['500', { status: 500 }],
      ['200 without effect', { status: 200 }],
    ] as const) {
      it(`a 204 without effect, and the other route answers ${what}: stops the run after one tag`, async () => {
        await prune(
          ({ hub }) => {
            hub.script({ match: namespaces, times: Infinity, act: { status: 204 } });
            hub.script({ match: legacy, times: Infinity, act });
          },
          {},
          (stage, done) => {
            assert.deepEqual([counts(done), done.stops], [{ failed: 1, notReached: 11 }, ['routeGone']]);
            assert.equal(sent(stage, 'DELETE'), 2);
          },
        );
      });
    }

    it('a tag that is gone only after a moment is removed, and no route is dead', async () => {
      for (const looks of [1, 2, 3]) {
        await prune(
          ({ hub }) => {
            hub.script({ match: deletes, act: { status: 204 } });
            hub.script({
              match: { ...oneTag, tag: 'old-1' },
              skip: looks,
              act: { mutate: (world) => void world.removeTag('team', 'api', 'old-1') },
            });
          },
          {},
          (stage, done) => {
            assert.deepEqual([counts(done), done.stops], [{ removed: 12 }, []]);
            assert.equal(stage.hub.count(legacy), 0);
          },
        );
      }
    });

    it('a tag that was pushed again after its DELETE was removed, and the next one is read back', async () => {
      await using stage = await PruneStage.open();
      stage.hub.script({
        match: { ...deletes, tag: 'old-1' },
        act: { mutate: () => stage.pushAgain('old-1'), when: 'after' },
      });
      const { done } = await stage.prune();
      assert.deepEqual(counts(done!), { removed: 12 });
      assert.ok(stage.has('old-1'));
      assert.equal(stage.hub.count({ ...oneTag, tag: 'old-2' }), 1);
      assert.equal(stage.hub.count(oneTag), 2);
    });

    for (const [what, act] of [
      ['500', { status: 500 }],
      ['a reset', { reset: true }],
      ['429', { rateLimited: { form: 'seconds', seconds: 2 } }],
    ] as const) {
      it(`${what} to the read-back leaves the 204 true; the next goes alone and is read back`, async () => {
        let most = 0;
        let inFlight = 0;
        await using stage = await PruneStage.open();
        // All the attempts at the first read-backs.
        stage.hub.script({ match: oneTag, times: what === '429' ? 21 : 18, act });
        stage.hub.onArrival = ({ method }) => void (method === 'DELETE' && (most = Math.max(most, ++inFlight)));
        stage.hub.onRequest = ({ method }) => void (method === 'DELETE' && inFlight--);
        const ending = await stage.prune();
        stage.check(ending);
        assert.deepEqual([counts(ending.done!), ending.done!.stops], [{ removed: 12 }, []]);
        const first = what === '429' ? 1 : 3;
        const lines = stage.hub.requests
          .filter(({ method, path }) => method === 'DELETE' || path.search(oneTag.path) >= 0)
          .map(({ method, path, status }) => `${method} ${path.split('/').at(-1)} ${status}`);
        assert.equal(
          lines.findIndex((line) => line === `GET old-${first + 1} 404`) -
            lines.findIndex((line) => line === `DELETE old-${first + 1} 204`),
          1,
          lines.join('\n'),
        );
      });
    }

    it('a tag that a look has found after its 204, and that cannot be looked at any more, is uncertain', async () => {
      await using stage = await PruneStage.open();
      stage.hub.script({ match: deletes, act: { status: 204 } });
      stage.hub.script({ match: oneTag, skip: 1, times: 6, act: { status: 500 } });
      const ending = await stage.prune();
      stage.check(ending);
      assert.deepEqual(counts(ending.done!), { removed: 11, uncertain: 1 });
    });

    it('each repository of a run, and each run, is read back', async () => {
      await using stage = await PruneStage.open({ old: 3 });
      const { hub, clock } = stage;
      const { client } = hubClientAt(hub.origin, { clock });
      for (const name of ['one', 'two', 'three']) {
        hub.world.addRepository({ namespace: 'team', name });
        for (const tag of ['a', 'b', 'c']) hub.world.pushTag('team', name, tag, { pushedAt: clock.now() - 400 * day });
      }
      const plans = async (...names: string[]) =>
        batchOf(
          ...(await Promise.all(
            names.map(async (name): Promise<[RepositoryName, readonly Tag[]]> => [
              { namespace: 'team', name },
              (await client.tagPage({ namespace: 'team', name }, { lane: 'background' })).rows,
            ]),
          )),
        );
      await runToEnd(await plans('one', 'two'), { remover: client, clock });
      assert.equal(hub.deleted.length, 6);
      assert.deepEqual(
        [
          hub.count({ ...oneTag, path: /\/one\/tags\/[^/?]+$/ }),
          hub.count({ ...oneTag, path: /\/two\/tags\/[^/?]+$/ }),
        ],
        [1, 1],
      );
      // By the next run the route is retired.
      for (const tag of ['a', 'b', 'c']) hub.world.pushTag('team', 'one', tag, { pushedAt: clock.now() - 400 * day });
      hub.script({ match: deletes, times: Infinity, act: { status: 204 } });
      const next = await runToEnd(await plans('three', 'one'), { remover: client, clock });
      assert.deepEqual([counts(next), next.stops], [{ failed: 1, notReached: 5 }, ['routeGone']]);
    });

    for (const status of [200, 201, 202, 203, 206]) {
      for (const body of [undefined, {}, '<html>deleted</html>']) {
        it(`a ${status} with ${body === undefined ? 'no body' : JSON.stringify(body)} is looked up: true ones remove, others do not`, async () => {
          await prune(
            ({ hub }) => hub.script({ match: deletes, times: Infinity, act: { succeedAs: { status, body } } }),
            {},
            (stage, done) => {
              assert.deepEqual([counts(done), done.stops], [{ removed: 12 }, []]);
              assert.ok(stage.hub.count(oneTag) >= 12);
            },
          );
          await prune(
            ({ hub }) => hub.script({ match: deletes, times: Infinity, act: { status, body } }),
            {},
            (stage, done) => {
              assert.deepEqual([counts(done), done.stops], [{ failed: 1, notReached: 11 }, ['routeGone']]);
              assert.deepEqual(failureOf(done, 'old-1')?.status, status);
              assert.ok(sent(stage, 'DELETE') <= 3, `${sent(stage, 'DELETE')} DELETEs`);
            },
          );
        });
      }
    }

    it('a 200 that cannot be looked up is uncertain', async () => {
      const done = await prune(({ hub }) => {
        hub.script({ match: deletes, times: Infinity, act: { status: 200 } });
        hub.script({ match: oneTag, times: Infinity, act: { status: 500 } });
      });
      assert.deepEqual([counts(done), done.stops], [{ uncertain: 3, notReached: 9 }, ['serverTrouble api']]);
    });

    it('a 200 without effect in mid-run, after true 204s, is repeated', async () => {
      const done = await prune(({ hub }) =>
        hub.script({ match: deletes, skip: 4, every: 3, times: 3, act: { status: 200 } }),
      );
      assert.deepEqual([counts(done), done.stops], [{ removed: 12 }, []]);
    });
  });

  describe('D2: a 410 is about the route', () => {
    for (const body of [undefined, { message: 'this API was retired' }, '<html>410 Gone</html>']) {
      it(`by both routes, ${body === undefined ? 'without a body' : JSON.stringify(body)}: stops the run after one tag`, async () => {
        await prune(
          ({ hub }) => hub.script({ match: deletes, times: Infinity, act: { status: 410, body } }),
          { old: 60 },
          (stage, done) => {
            assert.deepEqual([counts(done), done.stops], [{ failed: 1, notReached: 59 }, ['routeGone']]);
            assert.equal(failureOf(done, 'old-1')?.status, 410);
            assert.equal(sent(stage, 'DELETE'), 2);
          },
        );
      });
    }

    for (const [what, match] of [
      ['by both routes', deletes],
      ['by one route', namespaces],
    ] as const) {
      it(`in mid-run, ${what}: a brown-out`, async () => {
        await prune(
          ({ hub }) => hub.script({ match, skip: 30, times: Infinity, act: { status: 410 } }),
          { old: 80 },
          (stage, done) => {
            if (match === namespaces) {
              assert.deepEqual([counts(done), done.stops], [{ removed: 80 }, []]);
              // Each of those in flight was refused once.
              assert.ok(stage.hub.count(namespaces) <= 30 + 10);
            } else {
              assert.deepEqual(done.stops, ['routeGone']);
              assert.equal(done.tally.counts.removed, 30);
              assert.equal(stage.hub.count(legacy), 1, 'the other route is tried once');
              assert.ok(sent(stage, 'DELETE') <= 30 + 11, `${sent(stage, 'DELETE')} DELETEs`);
            }
          },
        );
      });
    }

    it('in mid-run, and the other route answers 204 without effect: nothing more counts as removed', async () => {
      await prune(
        ({ hub }) => {
          hub.script({ match: namespaces, skip: 30, times: Infinity, act: { status: 410 } });
          hub.script({ match: legacy, times: Infinity, act: { status: 204 } });
        },
        { old: 80 },
        (_, done) => {
          assert.deepEqual([done.stops, done.tally.counts.removed], [['routeGone'], 30]);
        },
      );
    });

    it('of the legacy route, which is in use: the other one is tried', async () => {
      await prune(
        ({ hub }) => {
          hub.script({ match: namespaces, times: 1, act: empty404 });
          hub.script({ match: legacy, skip: 5, times: Infinity, act: { status: 410 } });
        },
        {},
        (stage, done) => {
          assert.deepEqual([counts(done), done.stops], [{ removed: 12 }, []]);
          assert.ok(stage.hub.count(namespaces) >= 2);
        },
      );
    });

    it('that cannot be confirmed by a look stops the run all the same', async () => {
      await prune(
        ({ hub }) => {
          hub.script({ match: deletes, times: Infinity, act: { status: 410 } });
          hub.script({ match: oneTag, times: Infinity, act: { status: 400 } });
        },
        { old: 60 },
        (stage, done) => {
          assert.ok(sent(stage, 'DELETE') <= 6, `${sent(stage, 'DELETE')} DELETEs`);
          assert.equal(done.tally.counts.alreadyGone + done.tally.counts.removed, 0);
        },
      );
    });

    it('for a tag that somebody deleted makes it already gone', async () => {
      const done = await prune(
        ({ hub }) => {
          hub.script({
            match: { ...deletes, tag: 'old-2' },
            act: { mutate: (world) => void world.removeTag('team', 'api', 'old-3') },
          });
          hub.script({ match: { ...deletes, tag: 'old-3' }, act: { status: 410, body: {} } });
        },
        { concurrency: 1 },
      );
      assert.deepEqual([counts(done), done.ends['old-3']], [{ removed: 11, alreadyGone: 1 }, 'alreadyGone']);
    });
  });

  describe('D3: nothing is already gone without a look', function () {
    this.timeout(30_000);

    /** Somebody deletes a tag; from then on every DELETE is answered 404. */
    const deadFrom =
      (name: string, both = true) =>
      ({ hub }: PruneStage) => {
        hub.script({
          match: { ...deletes, tag: name },
          act: { mutate: (world) => void world.removeTag('team', 'api', name) },
        });
        hub.script({
          match: both ? deletes : namespaces,
          skip: Number(name.slice(4)) - 1,
          times: Infinity,
          act: empty404,
        });
      };

    for (const concurrency of [1, 4, 10]) {
      it(`tags that are there while DELETEs say 404 have failed, and three in a row stop the run: ${concurrency} in flight`, async () => {
        await prune(deadFrom('old-11'), { old: 60, concurrency }, (stage, done) => {
          const { removed, alreadyGone, failed } = done.tally.counts;
          assert.ok(removed <= 10 && alreadyGone <= 1);
          assert.deepEqual(done.stops, ['routeGone']);
          assert.ok(failed >= 3 && failed <= 3 + concurrency, `${failed} failed`);
          assert.ok(sent(stage, 'DELETE') <= 10 + 2 * (3 + concurrency), `${sent(stage, 'DELETE')} DELETEs`);
          for (const name of Object.keys(done.outcomes)) {
            if (done.ends[name] === 'failed') assert.equal(failureOf(done, name)!.words, 'object not found');
          }
        });
      });

      it(`where the other route still deletes, it is taken: ${concurrency} in flight`, async () => {
        await prune(deadFrom('old-11', false), { old: 60, concurrency }, (_, done) => {
          assert.deepEqual(
            [done.stops, done.tally.counts.failed, done.tally.counts.removed + done.tally.counts.alreadyGone],
            [[], 0, 60],
          );
        });
      });
    }

    it('a single tag whose DELETEs are answered 404 is one failure, and does not stop the run', async () => {
      await prune(
        ({ hub }) => hub.script({ match: { ...deletes, tag: 'old-5' }, times: Infinity, act: empty404 }),
        {},
        (_, done) => {
          assert.deepEqual([counts(done), done.ends['old-5'], done.stops], [{ removed: 11, failed: 1 }, 'failed', []]);
        },
      );
    });

    it('a repository that somebody emptied costs a few look-ups and one list', async () => {
      await prune(
        ({ hub }) => {
          for (let i = 1; i <= 400; i++) hub.world.removeTag('team', 'api', `old-${i}`);
        },
        { old: 400 },
        (stage, done) => {
          assert.deepEqual([counts(done), done.stops], [{ alreadyGone: 400 }, []]);
          assert.ok(sent(stage, 'GET') <= 25, `${sent(stage, 'GET')} GETs`);
        },
      );
    });

    it('one that is emptied in mid-run, and one with a gap here and there', async () => {
      for (const [gone, most] of [
        [(i: number) => i > 100, 30],
        [(i: number) => i % 3 === 0, 120],
      ] as const) {
        await prune(
          ({ hub }) => {
            hub.script({
              match: { ...deletes, tag: 'old-50' },
              act: {
                mutate: (world) => {
                  for (let i = 51; i <= 200; i++) if (gone(i)) world.removeTag('team', 'api', `old-${i}`);
                },
              },
            });
          },
          { old: 200 },
          (stage, done) => {
            assert.deepEqual([done.stops, done.tally.counts.removed + done.tally.counts.alreadyGone], [[], 200]);
            assert.ok(done.tally.counts.alreadyGone >= 50);
            assert.ok(sent(stage, 'GET') <= most, `${sent(stage, 'GET')} GETs`);
          },
        );
      }
    });

    for (const [what, transform] of [
      ['is empty by mistake', () => ({ count: 0, next: null, results: [] })],
      [
        'is cut short',
        (body: { count: number; results: unknown[] }) => ({
          count: 10,
          next: null,
          results: body.results.slice(0, 10),
        }),
      ],
      [
        'is shorter than its count',
        (body: { results: unknown[] }) => ({ count: 500, next: null, results: body.results.slice(0, 10) }),
      ],
    ] as const) {
      it(`a list that ${what} makes nothing gone`, async () => {
        await prune(
          (stage) => {
            const { hub } = stage;
            for (const i of [4, 5, 6, 7]) hub.world.removeTag('team', 'api', `old-${i}`);
            hub.script({ match: deletes, skip: 3, times: Infinity, act: empty404 });
            hub.script({
              match: { method: 'GET', path: /\/tags\?/ },
              skip: 1,
              times: Infinity,
              act: { transform: transform },
            });
          },
          { old: 60, concurrency: 1 },
          (_, done) => {
            assert.deepEqual(
              [done.tally.counts.removed, done.tally.counts.alreadyGone, done.stops],
              [3, 4, ['routeGone']],
            );
          },
        );
      });
    }
  });
});
