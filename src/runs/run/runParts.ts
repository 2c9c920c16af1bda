import type { Clock } from '../../async/clock.ts';
import type { Journal } from '../journal/journal.ts';
import type { TagRemover } from './tagRemover.ts';

/** What a run needs. */
export interface RunParts {
  readonly remover: TagRemover;
  /** Begun with the batch of the run; its intents go before the DELETEs (invariant 5). */
  readonly journal: Pick<Journal, 'intend' | 'note'>;
  readonly clock: Clock;
  /** Cancels, or ends the run with a `ClaimLostError`: no DELETE is sent after it, those in flight are awaited (invariant 8). */
  readonly signal: AbortSignal;
  /** Most deletes in flight, 1 to 10; default 10. The remover may want fewer. */
  readonly concurrency?: number;
  /** Numbers in [0, 1) for the jitter of pauses. */
  readonly random?: () => number;
}
