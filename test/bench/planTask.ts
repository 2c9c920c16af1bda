/** What the process that plans is told, as JSON in its first argument. It sends a `PlanReport`. */
export interface PlanTask {
  /** How many tags, one pushed each hour up to now. */
  readonly tags: number;
}

/** What it measured: milliseconds of the first plan and of the same once more. */
export interface PlanReport {
  readonly firstMs: number;
  readonly againMs: number;
  /** Tags that go. */
  readonly going: number;
  /** Longest time (ms) that a timer was late. */
  readonly longestStallMs: number;
}

/** Milliseconds between two pushes of its tags. */
export const pushedEvery = 3_600_000;
