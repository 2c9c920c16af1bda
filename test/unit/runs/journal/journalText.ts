import { Journal, type RunHead } from '../../../../src/runs/journal/journal.ts';
import { readJournal } from '../../../../src/runs/journal/journalReader.ts';
import type { JournalRecord } from '../../../../src/runs/journal/journalRecord.ts';
import { splitLines } from '../../../../src/runs/journal/splitLines.ts';
import type { Batch } from '../../../../src/retention/plan/batch.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { FakeRemover, refusal, reset } from '../run/fakeRemover.ts';
import { api, batchOf, MemorySink, oldTags, runToEnd } from '../run/runToEnd.ts';

/** The head of a run by age. */
export const head: RunHead = {
  id: '20260115T120000000Z-0a1b2c',
  account: {
    name: 'ada',
    kind: 'user',
    origins: {
      api: 'https://hub.docker.com',
      registry: 'https://registry-1.docker.io',
      token: 'https://auth.docker.io',
    },
  },
  policy: { kind: 'olderThan', age: '90 days' },
};

/** Reads a journal out of its text. */
export function readText(text: string): Promise<JournalRecord> {
  return readJournal(splitLines(pieces(text)));
}

/** A text as it comes from a file, in pieces of 1,000 characters. */
export async function* pieces(text: string): AsyncGenerator<string, void> {
  for (let i = 0; i < text.length; i += 1000) yield text.slice(i, i + 1000);
}

/** A journal of this batch that is begun, in memory. */
export async function begun(batch: Batch): Promise<{ readonly sink: MemorySink; readonly journal: Journal }> {
  const sink = new MemorySink();
  const journal = new Journal(sink, new FakeClock());
  await journal.begin(head, batch);
  return { sink, journal };
}

/**
 * The journal of a run of two repositories, with every kind of outcome in it: text, and the tags (`name`) in the order in which the server
 * deleted them, each with the text that was on disk when its DELETE came.
 */
export async function realJournal(): Promise<{
  readonly text: string;
  readonly batch: Batch;
  readonly deletes: readonly { readonly tag: string; readonly written: string }[];
}> {
  // So late that what was pushed since the plan is looked for.
  const clock = new FakeClock({ hurries: true, now: noon + 60_000 });
  const web = { namespace: 'team', name: 'wéb "x"' };
  const tags = oldTags(9);
  const deletes: { tag: string; written: string }[] = [];
  const sink = new MemorySink();
  const remover: FakeRemover = new FakeRemover(clock, ({ method, tag, nth }) => {
    if (method !== 'DELETE') return tag === 'w2' ? reset() : undefined;
    deletes.push({ tag, written: sink.text });
    if (tag === 't3') return refusal(400, 'no “thanks” \u{1f600}');
    if (tag === 't4' && nth === 1) return refusal(503);
    return tag === 'w2' ? reset() : undefined;
  });
  remover.add(api, [
    ...tags.filter(({ name }) => name !== 't5'),
    { name: 't6', pushedAt: clock.now() },
    { name: 'kept' },
  ]);
  const others = oldTags(4).map((tag, i) => ({ ...tag, name: `w${i + 1}` }));
  remover.add(web, others);
  const batch = batchOf([api, tags], [web, others]);
  const journal = new Journal(sink, clock);
  await journal.begin(head, batch);
  const done = await runToEnd(batch, { remover, clock, journal });
  await journal.end(done.tally.counts);
  return { text: sink.text, batch, deletes };
}
