import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../scripts/temporaryFolder.ts';
import type { RequestRecord } from '../../hub/requestRecord.ts';
import { CancelWatch } from '../../soak/cancelWatch.ts';
import { sentAt } from '../../soak/pruneTask.ts';

const speed = 30;
const cancelledAt = 1_000_000;
const deleteAt = (at: number) => ({ method: 'DELETE', path: '/tags/v1', userAgent: sentAt(at) }) as RequestRecord;

/** What a watch says of a process that was cancelled, or not, and whose journal says this. */
async function violationsOf({
  sent = [],
  journal = '',
  lastedMs = 0,
  cancelled = true,
}: {
  sent?: number[];
  journal?: string;
  lastedMs?: number;
  cancelled?: boolean;
}): Promise<string[]> {
  await using scratch = await temporaryFolder('cancel');
  const violations: string[] = [];
  const watch = new CancelWatch({ folder: scratch.path, speed, durableStops: true, violations });
  for (const at of sent) watch.arrived(deleteAt(at));
  if (cancelled) await writeFile(join(scratch.path, 'cancelled'), String(cancelledAt));
  assert.equal(watch.ended(journal, cancelledAt + lastedMs * speed), cancelled);
  assert.equal(watch.ended(journal, Infinity), false, 'a cancel counts once');
  return violations;
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;
const [ready, stop, resume] = [
  line({ type: 'ready' }),
  line({ type: 'stop', at: 1, reason: 'cancelled' }),
  line({ type: 'resume', at: 2, confirmed: true, planned: 1 }),
];

describe("the soak's watch over cancels (invariant 8)", () => {
  it('tells a DELETE that was sent after Cancel from those before', async () => {
    assert.deepEqual(await violationsOf({ sent: [cancelledAt - 1, cancelledAt] }), []);
    assert.deepEqual(await violationsOf({ sent: [cancelledAt + 60] }), ['DELETE /tags/v1, sent 2 ms after Cancel']);
    assert.deepEqual(await violationsOf({ sent: [cancelledAt + 60], cancelled: false }), []);
  });

  it('C3: wants the cancel in the journal soon, of this session', async () => {
    const missing = ['400 ms after Cancel the journal does not know of it'];
    assert.deepEqual(await violationsOf({ journal: ready, lastedMs: 400 }), missing);
    assert.deepEqual(await violationsOf({ journal: ready + stop + resume, lastedMs: 400 }), missing);
    assert.deepEqual(await violationsOf({ journal: ready + stop, lastedMs: 400 }), []);
    assert.deepEqual(await violationsOf({ journal: ready + stop + resume + stop, lastedMs: 400 }), []);
    assert.deepEqual(await violationsOf({ journal: ready, lastedMs: 100 }), [], 'it was killed too soon to know');
  });
});
