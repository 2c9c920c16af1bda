import assert from 'node:assert/strict';
import { csvText } from '../../../src/text/csvText.ts';
import { bytesOf, csvPieces, jsonPieces } from '../../../src/text/exportPieces.ts';
import { recordRows } from '../../../src/runs/journal/recordRows.ts';
import { Tally } from '../../../src/runs/outcome/tally.ts';
import { atOnce, sliceSize } from '../../../src/async/sliced.ts';
import type { JournalRecord } from '../../../src/runs/journal/journalRecord.ts';
import { begun, readText } from '../runs/journal/journalText.ts';
import { api, batchOf, oldTags } from '../runs/run/runToEnd.ts';

async function recordOf(count: number): Promise<JournalRecord> {
  const [first, ...others] = oldTags(count);
  const { sink } = await begun(batchOf([api, [{ ...first!, name: 'line\u2028end "=1+1"\n' }, ...others]]));
  return readText(sink.text);
}

describe('what is exported of a run', () => {
  for (const count of [1, sliceSize, 2 * sliceSize + 1]) {
    it(`is the same in pieces as in one, for ${count} tags`, async () => {
      const record = await recordOf(count);
      const rows = [...recordRows(record)];
      const csv = [...csvPieces(record, csvText)];
      assert.equal(csv.join(''), csvText(rows, true));
      const json = [...jsonPieces(record, new Tally())];
      const { tags, ...head } = JSON.parse(json.join('')) as Record<string, unknown>;
      assert.deepEqual(tags, JSON.parse(JSON.stringify(rows)));
      assert.deepEqual(Object.keys(head), [
        'id',
        'account',
        'api',
        'policy',
        'startedAt',
        'confirmedAt',
        'planned',
        'ended',
        'left',
        'counts',
      ]);
      assert.equal(json.join(''), `${JSON.stringify({ ...head, tags: rows }, undefined, 2)}\n`);
      for (const pieces of [csv, json]) assert.equal(Buffer.from(atOnce(bytesOf(pieces))).toString(), pieces.join(''));
    });
  }

  it('comes in pieces of a bounded number of tags', async () => {
    const record = await recordOf(4 * sliceSize);
    assert.equal([...csvPieces(record, csvText)].length, 4);
    assert.equal([...jsonPieces(record, new Tally())].length, 4 + 2);
  });
});
