import { join } from 'node:path';

import { systemClock } from '../../src/async/clock.ts';
import { parseOrigins } from '../../src/hub/wire/origins.ts';
import { parseTagRow } from '../../src/hub/listing/tagRow.ts';
import { Journal } from '../../src/runs/journal/journal.ts';
import { JournalFolder, newRunId } from '../../src/runs/journal/journalFolder.ts';
import { writeLine } from '../../src/runs/journal/journalLine.ts';
import type { RecordedSource } from '../../src/runs/journal/journalRecord.ts';
import { makeBatch } from '../../src/retention/plan/batch.ts';
import { checkPolicy } from '../../src/retention/policy/checkPolicy.ts';
import { planByPolicy } from '../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../src/retention/policy/protect.ts';
import { ada, daysAgo, type Stage } from './stage.ts';
import { planByAge } from '../unit/retention/plan/planByAge.ts';

/** How far a run had come when its window died. */
export interface Interruption {
  /** Tags with an intent and an outcome, which are taken from the server here. */
  readonly removed?: readonly string[];
  /** Tags with an intent only. */
  readonly uncertain?: readonly string[];
  /** When the run was begun; default now. */
  readonly at?: number;
  /** Whose run; default `ada`. */
  readonly account?: string;
  /** What it is judged by in place of an age: a policy as people write it, with where it was written. */
  readonly policy?: { readonly data: Record<string, unknown>; readonly source?: RecordedSource };
  /** Whether the user had cancelled it. */
  readonly cancelled?: boolean;
}

/**
 * Leaves the journal of a prune of one of `ada`'s repositories (older than 90 days) in the extension's storage, as a window that died leaves it.
 * @returns the id of the run
 */
export async function interruptedRun(
  stage: Stage,
  name: string,
  { removed = [], uncertain = [], at = Date.now(), account = ada.name, policy, cancelled = false }: Interruption = {},
): Promise<string> {
  const repository = { namespace: ada.name, name };
  const tags = [...stage.world.repository(ada.name, name)!.tags.values()].map((row) => parseTagRow(row)!);
  const input = { repository, tags, asOf: at, protect: compileProtect(['latest']), inDateOrder: true };
  const plan = policy
    ? planByPolicy({ ...input, policy: checkPolicy(policy.data, at), now: at }).plan
    : planByAge({ ...input, cutoff: daysAgo(90) });
  const batch = makeBatch([plan], { maxDeletions: 0 });
  const clock = { ...systemClock, now: () => at };
  const file = await new JournalFolder(join(stage.product.context.globalStorageUri.fsPath, 'runs')).create(
    newRunId(at),
  );
  const journal = new Journal(file, clock);
  await journal.begin(
    {
      id: file.id,
      account: { name: account, kind: 'user', origins: parseOrigins(stage.hub.origin, stage.hub.origin) },
      policy: policy ? { kind: 'policies' } : { kind: 'olderThan', age: '90 days' },
      sourceOf: () => policy?.source,
    },
    batch,
  );
  for (const tag of plan.going.filter((tag) => removed.includes(tag.name) || uncertain.includes(tag.name))) {
    await journal.intend(repository, tag);
    if (!removed.includes(tag.name)) continue;
    stage.world.removeTag(ada.name, name, tag.name);
    await file.append(writeLine({ type: 'outcome', at, repository, tag: tag.name, outcome: { kind: 'removed' } }));
  }
  if (cancelled) await file.append(writeLine({ type: 'stop', at, reason: 'cancelled' }));
  await file.close(false);
  return file.id;
}
