import assert from 'node:assert/strict';
import type { Clock } from '../../../../src/async/clock.ts';
import { Journal } from '../../../../src/runs/journal/journal.ts';
import { readLine, type JournalLine } from '../../../../src/runs/journal/journalLine.ts';
import type { JournalSink } from '../../../../src/runs/journal/journalSink.ts';
import type { Outcome } from '../../../../src/runs/outcome/outcome.ts';
import type { RunEvent } from '../../../../src/runs/outcome/runEvent.ts';
import { run } from '../../../../src/runs/run/run.ts';
import type { RunParts } from '../../../../src/runs/run/runParts.ts';
import { Tally } from '../../../../src/runs/outcome/tally.ts';
import { makeBatch, type Batch } from '../../../../src/retention/plan/batch.ts';
import { planPicked } from '../../../../src/retention/plan/plan.ts';
import type { RepositoryName } from '../../../../src/retention/tags/repositoryName.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { noon } from '../../fakeClock.ts';

/** The repository that most runs are about. */
export const api: RepositoryName = { namespace: 'team', name: 'api' };

/** `count` old tags, an hour apart, t1 the oldest. */
export function oldTags(count: number): Tag[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `t${i + 1}`,
    pushedAt: 1_000_000 + i * 3_600_000,
    digest: `sha256:${String(i).padStart(64, '0')}`,
  }));
}

/** A batch in which all of these tags go, out of lists that came newest first just now. */
export function batchOf(...plans: readonly [RepositoryName, readonly Tag[]][]): Batch {
  return makeBatch(
    plans.map(([repository, tags]) => ({ ...planPicked({ repository, tags, asOf: noon }), inDateOrder: true })),
    { maxDeletions: 0 },
  );
}

/** A journal in memory, each line parsed. */
export class MemorySink implements JournalSink {
  readonly lines: JournalLine[] = [];
  text = '';

  async append(text: string): Promise<void> {
    this.text += text;
    for (const line of text.split('\n')) if (line) this.lines.push(readLine(line)!);
  }
}

/** What became of a run. */
export interface Finished {
  readonly events: readonly RunEvent[];
  readonly tally: Tally;
  /** By tag name, or `repository:name` outside of `api`. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** `kind` or `kind reason`, by tag. */
  readonly ends: Readonly<Record<string, string>>;
  readonly stops: readonly string[];
}

/** A journal that nobody reads. */
export function memoryJournal(clock: Clock): Journal {
  return new Journal(new MemorySink(), clock);
}

/** What a run is given, the rest by default. */
export type SomeParts = Omit<RunParts, 'signal' | 'journal'> & Partial<Pick<RunParts, 'signal' | 'journal'>>;

/** Runs a batch to its end, and checks that each planned tag got exactly one outcome (invariant 6). */
export async function runToEnd(
  batch: Batch,
  { signal = new AbortController().signal, ...parts }: SomeParts,
  onEvent?: (event: RunEvent) => void | Promise<void>,
): Promise<Finished> {
  const events: RunEvent[] = [];
  const tally = new Tally();
  for await (const event of run(batch, { random: () => 0.5, journal: memoryJournal(parts.clock), ...parts, signal })) {
    events.push(event);
    tally.add(event);
    await onEvent?.(event);
  }
  const outcomes: Record<string, Outcome> = {};
  for (const event of events) {
    if (event.type !== 'outcome') continue;
    const key = event.repository.name === api.name ? event.tag.name : `${event.repository.name}:${event.tag.name}`;
    assert.ok(!(key in outcomes), `${key} has two outcomes`);
    outcomes[key] = event.outcome;
  }
  const planned = batch.plans.flatMap(({ repository, going }) =>
    going.map(({ name }) => (repository.name === api.name ? name : `${repository.name}:${name}`)),
  );
  assert.deepEqual(Object.keys(outcomes).sort(), planned.sort(), 'the planned tags and those with an outcome');
  assert.equal(tally.ended, batch.total);
  assert.equal(
    Object.values(tally.counts).reduce((a, b) => a + b, 0),
    batch.total,
  );
  const last = events.findLastIndex(({ type }) => type === 'waiting');
  assert.ok(last < 0 || last < events.length - 1, 'a wait that nothing ends');
  return {
    events,
    tally,
    outcomes,
    ends: Object.fromEntries(
      Object.entries(outcomes).map(([name, outcome]) => [
        name,
        outcome.kind === 'notReached' ? `notReached ${outcome.reason}` : outcome.kind,
      ]),
    ),
    stops: events.flatMap((event) =>
      event.type === 'stopped'
        ? [event.stop.reason + (event.stop.repository ? ` ${event.stop.repository.name}` : '')]
        : [],
    ),
  };
}
