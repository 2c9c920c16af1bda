import type { Clock } from '../hub/clock.ts';
import type { Wait } from '../hub/pacer.ts';
import type { Batch } from '../retention/batch.ts';
import type { RepositoryName } from '../retention/plan.ts';
import type { Tag } from '../retention/tag.ts';
import type { Outcome, Stop } from './outcome.ts';
import { runRepository } from './repositoryRun.ts';
import type { TagRemover } from './tagRemover.ts';

/** What a run tells while it goes on. Each planned tag gets exactly one `outcome`. */
export type RunEvent =
  | { readonly type: 'repository'; readonly repository: RepositoryName; readonly planned: number }
  | { readonly type: 'waiting'; readonly wait: Wait }
  | { readonly type: 'outcome'; readonly repository: RepositoryName; readonly tag: Tag; readonly outcome: Outcome }
  | { readonly type: 'stopped'; readonly stop: Stop };

/** What a run needs. */
export interface RunParts {
  readonly remover: TagRemover;
  readonly clock: Clock;
  /** Cancels: no DELETE is sent after it, those in flight are awaited (invariant 8). */
  readonly signal: AbortSignal;
  /** Most deletes in flight, 1 to 10; default 6. */
  readonly concurrency?: number;
  /** Numbers in [0, 1) for the jitter of pauses. */
  readonly random?: () => number;
}

/**
 * Carries a confirmed batch out, one repository after the other, oldest tags first, and yields what happens. Never throws for what a server
 * or a network does: that ends as an outcome of each planned tag (invariants 6 and 11).
 */
export async function* run(batch: Batch, parts: RunParts): AsyncGenerator<RunEvent, void> {
  let stopped: Stop | undefined;
  for (const plan of batch.plans) {
    if (plan.going.length === 0) continue;
    const { repository } = plan;
    if (!stopped && parts.signal.aborted) {
      stopped = { reason: 'cancelled' };
      yield { type: 'stopped', stop: stopped };
    }
    if (stopped) {
      for (const tag of plan.going) yield { type: 'outcome', repository, tag, outcome: { kind: 'notReached', reason: stopped.reason } };
      continue;
    }
    yield { type: 'repository', repository, planned: plan.going.length };
    for await (const event of runRepository(plan, parts)) {
      yield event;
      if (event.type === 'stopped' && !event.stop.repository) stopped = event.stop;
    }
  }
}
