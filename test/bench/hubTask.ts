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
  readonly loneRefusal?: LoneRefusal;
}

/** One 429 without rate headers, out of turn: nothing is refused for it afterward. */
export interface LoneRefusal {
  /** Requests for lists of tags that are answered before it. */
  readonly skip: number;
  /** Its `Retry-After`. */
  readonly seconds: number;
}

/** The Hub listens. */
export interface HubStarted {
  readonly origin: string;
}

/** Who every client of the benchmark signs in as. */
export const benchAccount = { name: 'team', secret: 'dckr_pat_bench' } as const;
