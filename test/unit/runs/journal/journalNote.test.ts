import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { outcomeKinds, stopReasons } from '../../../../src/runs/outcome/outcome.ts';
import { outcomeOf, recordedTags } from '../../../../src/runs/journal/journalRecord.ts';
import { journalVersion } from '../../../../src/runs/journal/journalLine.ts';
import { readText } from './journalText.ts';

const note = readFileSync(new URL('../../../../docs/JOURNAL.md', import.meta.url), 'utf8');

describe('docs/JOURNAL.md', () => {
  const examples = [...note.matchAll(/```jsonl\n([^]*?)```/g)].map(([, example]) => example!);

  async function read(example: string) {
    const record = await readText(example);
    return {
      record,
      ends: [...recordedTags(record)].map((recorded) => [
        recorded.tag.name,
        outcomeOf(recorded, record.stops).kind,
        recorded.restored,
      ]),
    };
  }

  it('has an example that reads as it says', async () => {
    const { record, ends } = await read(examples[0]!);
    assert.deepEqual(ends, [
      ['build-1', 'removed', true],
      ['sha256-0d1f3c5e7a9b0d1f3c5e7a9b0d1f3c5e7a9b0d1f3c5e7a9b0d1f3c5e7a9b0d1f.sig', 'removed', false],
      ['build-2', 'failed', false],
    ]);
    assert.deepEqual([record.resumed, record.ended, record.planned], [1, true, 3]);
  });

  it('has one of a whole repository, too', async () => {
    const { record, ends } = await read(examples[1]!);
    assert.deepEqual(ends, [['build-1', 'removed', false]]);
    assert.deepEqual([record.ended, record.planned, record.wholeRepository?.outcome], [true, 1, { kind: 'removed' }]);
  });

  it('has an example of each type of line', () => {
    const types = new Set(
      examples.flatMap((example) => example.split('\n').flatMap((line) => /^\{"type":"(\w+)"/.exec(line)?.[1] ?? [])),
    );
    const described = [...note.matchAll(/^\| `(\w+)` \|/gm)].map(([, type]) => type!).filter((type) => type !== 'type');
    assert.deepEqual([...types].sort(), described.sort());
  });

  it('names the version, every kind of outcome and every reason', () => {
    assert.ok(note.includes(`format **version ${journalVersion}**`));
    for (const word of [...outcomeKinds, ...stopReasons]) assert.ok(note.includes(`\`${word}\``), word);
  });
});
