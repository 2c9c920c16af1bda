import assert from 'node:assert/strict';
import { startHub } from '../../hub/hub.ts';
import { patientFetch } from './patientFetch.ts';

describe('patientFetch', () => {
  it('gets what was answered in a stall of the process, and ends what hangs', async () => {
    const hub = await startHub();
    try {
      const stalled = patientFetch(`${hub.origin}/v2/none`, { signal: AbortSignal.timeout(30) });
      const until = performance.now() + 100;
      while (performance.now() < until);
      assert.equal((await stalled).status, 404);
      hub.script({ act: { hang: true } });
      await assert.rejects(patientFetch(`${hub.origin}/v2/none`, { signal: AbortSignal.timeout(30) }), {
        name: 'TimeoutError',
      });
    } finally {
      await hub.close();
    }
  });
});
