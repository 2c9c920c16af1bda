import type { RateLimit, RetryAfterForm } from '../hub/allowance.ts';

/** A repository of the benchmark's Hub, in the namespace `benchAccount.name`. */
export interface BenchRepository {
  readonly name: string;
  /** Tags pushed more than 100 days ago, which are to go. */
  readonly old: number;
  /** Tags pushed within the last 30 days, which stay. */
  readonly young: number;
}

/** What the process of the Hub is told to do, as JSON in its first argument. It sends its `HubStarted`, and a `HubReport` for each message. */
export interface HubTask {
  readonly repositories: readonly BenchRepository[];
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  /** Absent: more than any client asks for. */
  readonly allowance?: RateLimit;
  /** Default `seconds`. */
  readonly retryAfter?: RetryAfterForm;
}

/** The Hub listens. */
export interface HubStarted {
  readonly origin: string;
}

/** Who every client of the benchmark signs in as. */
export const benchAccount = { name: 'team', secret: 'dckr_pat_bench' } as const;
