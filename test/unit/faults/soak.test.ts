import assert from 'node:assert/strict';
import { temporaryFolder } from '../../../scripts/temporaryFolder.ts';
import { soak } from '../../soak/soak.ts';

describe('a run that is killed at random instants (invariants 3, 5 and 6), the short form of npm run soak', () => {
  it('loses nothing, and deletes nothing that it should not', async () => {
    await using scratch = await temporaryFolder('soak');
    const seed = Math.floor(Math.random() * 2 ** 31);
    const { violations, kills, deletes, outcomes } = await soak({
      seed,
      kills: 10,
      maxTags: 40,
      folder: scratch.path,
    });
    assert.deepEqual(violations, [], `seed ${seed}`);
    assert.ok(kills >= 10 && deletes > 0 && (outcomes['removed'] ?? 0) > 0, 'nothing was tried');
  }).timeout(120_000);
});
