import assert from 'node:assert/strict';
import { startHub } from '../../hub/hub.ts';
import { seededRandom } from '../../hub/seededRandom.ts';
import { shortenLists } from '../../soak/shortLists.ts';
import { ask, tokenOf } from '../hub-double/ask.ts';

describe("the soak's short lists", () => {
  it('D4, D5: lack rows while count is true, or are empty once, and are whole in between', async () => {
    const seen = { whole: 0, short: 0, empty: 0 };
    for (let seed = 1; seed <= 12; seed++) {
      const hub = await startHub({ largestPage: 10 });
      try {
        hub.world.addAccount({ name: 'team', tokens: [{ secret: 'dckr_pat_soak', scope: 'repo:admin' }] });
        hub.world.addRepository({ namespace: 'team', name: 'api' });
        for (let i = 0; i < 25; i++) hub.world.pushTag('team', 'api', `t${i}`);
        const token = await tokenOf(hub, 'team', 'dckr_pat_soak');
        shortenLists(hub, seededRandom(seed));
        let empty = 0;
        for (let request = 0; request < 12; request++) {
          const { status, body } = await ask(
            hub,
            'GET',
            '/v2/namespaces/team/repositories/api/tags?page=1&page_size=100',
            { token },
          );
          const { count, results, next } = body as { count: number; results: unknown[]; next: string | null };
          assert.equal(status, 200);
          if (count === 0) {
            assert.deepEqual([results, next], [[], null]);
            empty++;
          } else {
            assert.equal(count, 25);
            if (results.length < 10 || next === null) seen.short++;
            else seen.whole++;
          }
        }
        assert.ok(empty <= 1);
        seen.empty += empty;
      } finally {
        await hub.close();
      }
    }
    assert.ok(seen.whole > 0 && seen.short > 0 && seen.empty > 0, JSON.stringify(seen));
  });
});
