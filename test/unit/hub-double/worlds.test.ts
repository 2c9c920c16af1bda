import assert from 'node:assert/strict';
import { DEMO, demoWorld } from '../../hub/demoWorld.ts';
import { generateRepository } from '../../hub/generate.ts';
import { startHub } from '../../hub/hub.ts';
import { loadRecording } from '../../hub/recordings.ts';
import type { TagTable } from '../../hub/tagTable.ts';
import { World } from '../../hub/world.ts';
import { ask, tokenOf } from './ask.ts';

const now = Date.UTC(2026, 10, 24, 12, 0, 0, 250);

describe('the Docker Hub double: what is in it', () => {
  it('moves all dates of a recording by one offset and changes nothing else', () => {
    const [recorded, moved] = [new World(), new World()];
    assert.equal(loadRecording(recorded, 'dustynv', { shift: false }).offsetSeconds, 0);
    const loaded = loadRecording(moved, 'dustynv', { now });
    assert.deepEqual([loaded.repositories, loaded.tags], [132, 752]);
    // The newest is 2025-05-06T06:20:42.286696993Z.
    assert.equal(loaded.offsetSeconds, Math.floor((now - Date.UTC(2025, 4, 6, 6, 20, 42)) / 1000));
    const back = (value: unknown): unknown => {
      const match = typeof value === 'string' ? /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(.*Z)$/.exec(value) : null;
      return match
        ? new Date(Date.parse(`${match[1]}Z`) - loaded.offsetSeconds * 1000).toISOString().slice(0, 19) + match[2]
        : value;
    };
    let missing = 0;
    for (const [reference, { row, tags }] of moved.repositories) {
      const before = recorded.repositories.get(reference);
      assert.deepEqual(
        JSON.parse(JSON.stringify(row), (_, value) => back(value)),
        before?.row,
      );
      for (const [name, tag] of tags) {
        assert.deepEqual(
          JSON.parse(JSON.stringify(tag), (_, value) => back(value)),
          before?.tags.get(name),
        );
        if (!('digest' in tag)) missing++;
      }
    }
    assert.equal(missing, 58);
  });

  it('serves a recorded list in the recorded order or by date', () => {
    const first = (keepTagOrder: boolean) => {
      const world = new World();
      loadRecording(world, 'crazymax', { now, keepTagOrder });
      const { count, rows } = world.repository('crazymax', 'diun')?.tags.page('default', '', 0, 79) ?? {
        count: 0,
        rows: [],
      };
      assert.equal(count, 79);
      return rows.map(({ name }) => name);
    };
    assert.deepEqual(first(true).slice(0, 4), ['latest', 'edge', '4', '4.24']);
    assert.notDeepEqual(first(false), first(true));
    assert.deepEqual(first(false).toSorted(), first(true).toSorted());
  });

  it('generates the same repository from the same seed', () => {
    const rows = (seed: number) => [
      ...(
        generateRepository({
          namespace: 'acme',
          name: 'web',
          tags: 300,
          seed,
          newest: now,
          style: 'mixed',
          undated: 0.02,
          withoutDigest: 0.1,
        }).tags as TagTable
      ).values(),
    ];
    assert.deepEqual(rows(1), rows(1));
    assert.notDeepEqual(rows(1), rows(2));
    const all = rows(1);
    assert.equal(new Set(all.map(({ name }) => name)).size, 300);
    assert.equal(all.filter((row) => row.last_updated === null).length, 6);
    assert.equal(all.filter((row) => row.digest === undefined).length, 6 + 29);
    for (const pattern of [/^build-\d+$/, /^v\d+\.\d+\.\d+$/, /^sha-[0-9a-f]{7}$/, /^nightly-\d{8}$/, /^latest$/]) {
      assert.ok(
        all.some(({ name }) => pattern.test(name)),
        String(pattern),
      );
    }
    const multi = all.find((row) => (row.images?.length ?? 0) > 2);
    assert.ok(multi?.images?.some(({ architecture, os }) => architecture === 'unknown' && os === 'unknown'));
    assert.equal(all[0]?.name, 'latest');
    assert.equal(all[0].digest, all[1]?.digest);
    assert.ok(
      all.every(({ last_updated: date }) => date === null || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(date)),
    );
  });

  it('makes 200,000 tags and pages them in little time', () => {
    const before = performance.now();
    const { tags } = generateRepository({
      namespace: 'acme',
      name: 'vast',
      tags: 200_000,
      newest: now,
      style: 'mixed',
    });
    const table = tags as TagTable;
    const last = table.page('default', '', 199_900, 100);
    assert.deepEqual([table.size, last.count, last.rows.length], [200_000, 200_000, 100]);
    assert.ok(performance.now() - before < 5_000);
  });

  it('keeps a change to a row that was made lazily', () => {
    const table = generateRepository({ namespace: 'acme', name: 'web', tags: 3, newest: now }).tags as TagTable;
    const row = table.get('latest');
    assert.ok(row);
    row.full_size = 7;
    assert.equal(table.page('default', 'latest', 0, 1).rows[0]?.full_size, 7);
  });

  it('opens the demonstration to every secret that it prints', async () => {
    const { world, recordings } = demoWorld({ now: () => now, tags: 200 });
    assert.deepEqual(
      recordings.map(({ namespace }) => namespace),
      ['dustynv', 'crazymax', 'library'],
    );
    const hub = await startHub({ world, now: () => now });
    try {
      const { user, organisation, readOnlyOrganisation } = DEMO;
      assert.match(user.deleteToken, /^dckr_pat_.{27}$/);
      assert.match(user.readToken, /^dckr_pat_.{27}$/);
      assert.match(organisation.token, /^dckr_oat_.{32}$/);
      const token = await tokenOf(hub, user.name, user.deleteToken);
      await tokenOf(hub, user.name, user.readToken);
      await tokenOf(hub, user.name, user.password);
      await tokenOf(hub, organisation.name, organisation.token);
      const names = async (namespace: string) =>
        (await ask(hub, 'GET', `/v2/namespaces/${namespace}/repositories?page_size=100`, { token })).body.results.map(
          (row: { name: string }) => row.name,
        );
      assert.deepEqual(await names('acme'), ['api', 'empty', 'huge', 'releases', 'signed', 'web']);
      assert.equal((await names('dustynv')).length, 100);
      assert.equal(world.repository('acme', 'web')?.tags.size, 1200);
      assert.equal(world.repository('acme', 'huge')?.tags.size, 200);
      const refused = await ask(
        hub,
        'DELETE',
        `/v2/namespaces/${readOnlyOrganisation.name}/repositories/handbook/tags/latest`,
        { token },
      );
      assert.deepEqual([refused.status, refused.body.message], [403, 'permission denied']);
    } finally {
      await hub.close();
    }
  });
});
