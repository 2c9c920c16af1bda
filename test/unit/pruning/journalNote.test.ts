import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { outcomeKinds, stopReasons } from '../../../src/pruning/outcome.ts';
import { outcomeOf, recordedTags } from '../../../src/pruning/journalRecord.ts';
import { journalVersion } from '../../../src/pruning/journalLine.ts';
import { readText } from './journalText.ts';

const note = readFileSync(new URL('../../../docs/JOURNAL.md', import.meta.url), 'utf8');

describe('docs/JOURNAL.md', () => {
  it('has an example that reads as it says', async () => {
    const example = /```jsonl\n([^]*?)```/.exec(note)![1]!;
    const record = await readText(example);
    assert.deepEqual([...recordedTags(record)].map((recorded) => [recorded.tag.name, outcomeOf(recorded, record.stops).kind, recorded.restored]), [['build-1', 'removed', true], ['sha256-0d1f3c5e7a9b0d1f3c5e7a9b0d1f3c5e7a9b0d1f3c5e7a9b0d1f3c5e7a9b0d1f.sig', 'removed', false], ['build-2', 'failed', false]]);
    assert.deepEqual([record.resumed, record.ended, record.planned], [1, true, 3]);
    const types = new Set(example.split('\n').flatMap((line) => /^\{"type":"(\w+)"/.exec(line)?.[1] ?? []));
    const described = [...note.matchAll(/^\| `(\w+)` \|/gm)].map(([, type]) => type!).filter((type) => type !== 'type');
    assert.deepEqual([...types].sort(), described.sort(), 'an example of each type of line');
  });

  it('names the version, every kind of outcome and every reason', () => {
    assert.ok(note.includes(`format **version ${journalVersion}**`));
    for (const word of [...outcomeKinds, ...stopReasons]) assert.ok(note.includes(`\`${word}\``), word);
  });
});
