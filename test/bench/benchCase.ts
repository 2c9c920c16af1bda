import type { ClientReport } from './clientTask.ts';
import type { HubReport } from './hubReport.ts';
import type { Origin } from './originProgram.ts';

/** One thing that a case has to reach. */
export interface Mark {
  /** In words: `at most 1.03 × the ideal`. */
  readonly what: string;
  /** `count`: holds on any machine, so that a miss ends the benchmark with 1; `time`: depends on the machine and is only reported. */
  readonly kind: 'count' | 'time';
  /** What was measured, in the words of `what`; absent where nothing is there to compare with. */
  readonly value?: number;
  readonly reached?: boolean;
  /** Whether it stands in the table even when it is reached; default true. */
  readonly shown?: boolean;
}

/** What came of a case. Times are milliseconds. */
export interface CaseResult {
  readonly name: string;
  /** What it does: "delete 400, allowance 180 in 60 s, 100 ms an answer". */
  readonly title: string;
  /** Wall time of the run of median time, and those of all runs; absent where nothing was measured. */
  readonly measured?: number;
  readonly runs: readonly number[];
  readonly ideal?: number;
  /** Time of the origin program, or in a word why there is none. */
  readonly origin?: number | string;
  readonly requests?: number;
  readonly refusals?: number;
  readonly marks: readonly Mark[];
  /** What else is worth knowing, for people. */
  readonly note?: string;
  /** What Hub and clients reported of the run of median time, and of the origin's. */
  readonly hub?: HubReport;
  readonly clients?: readonly ClientReport[];
  readonly originHub?: HubReport;
}

/** What a case may use. */
export interface Bench {
  readonly origin: Origin;
  /** For journals and claims; a folder that is there. */
  readonly folder: string;
  /** Tells people how far it is. */
  readonly say: (line: string) => void;
}

/** A case of the benchmark. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  /** @throws Error when it could not be carried through */
  run(bench: Bench): Promise<CaseResult>;
}

/** A mark that a value reaches when it is at most `most`; not judged without a value. */
export function atMost(
  kind: Mark['kind'],
  most: number,
  value: number | undefined,
  what: string,
  shown?: boolean,
): Mark {
  return {
    what,
    kind,
    ...(value !== undefined && { value, reached: value <= most }),
    ...(shown !== undefined && { shown }),
  };
}
