import type { Outcome } from '../../src/runs/outcome/outcome.ts';

/**
 * What the process of a client is told to do, as JSON in its first argument. It sends `ready`, begins at the next message, and sends a
 * `ClientReport` at the end.
 */
export interface ClientTask {
  /** Of the test Hub. */
  readonly hub: string;
  /** Names in the namespace of `benchAccount`. */
  readonly repositories: readonly string[];
  /** `list`: reads all tags and keeps them; `prune`: lists, plans by age and runs. */
  readonly work: 'list' | 'prune';
  /** Where journals and claims are. */
  readonly folder: string;
  /** A repository that is listed before the measuring begins, so that the code is compiled; its requests are counted too. */
  readonly warmUp?: string;
}

/** What a client measured of itself. */
export interface ClientReport {
  /** Wall time (ms) from the beginning, when nothing was sent yet, to the end of the work. */
  readonly ms: number;
  /** The same to the end of the listing. */
  readonly listedMs: number;
  /** Tags listed. */
  readonly listed: number;
  /** What became of the planned tags; all 0 for a listing. */
  readonly outcomes: Readonly<Record<Outcome['kind'], number>>;
  /** Time of both kinds (ms) that the processor spent on it. */
  readonly cpuMs: number;
  /** Longest time (ms) that a timer was late in its event loop. */
  readonly longestStallMs: number;
  /** Bytes: the most resident memory that the process ever had above that at the beginning; what the heap still holds for the listing after a collection, where `--expose-gc` is set. */
  readonly residentGrowth: number;
  readonly kept?: number;
}
