import { atMost, type Mark } from './benchCase.ts';
import type { ClientRun } from './clientRun.ts';
import type { TagCase } from './tagCase.ts';

/** Most that a case may take; what is absent is not asked for. */
export interface Reach {
  /** Times the ideal. */
  readonly ideal?: number;
  /** One part in so many of the origin's time. */
  readonly partOfOrigin?: number;
  /** Times the same run without its lone refusal, once the wait that this asked for is taken off. */
  readonly timesWithout?: number;
  /** 429 in all. */
  readonly refusals?: number;
  /** 429 in each window of the allowance. */
  readonly refusalsAWindow?: number;
  /** The slowest client's time over that of the fastest. */
  readonly slowerToFaster?: number;
}

const rowsAPage = 100;
/** Pages that a listing may read beyond those that there are, to be sure of its end. */
const sparePages = 2;
/** Reads for each DELETE that may go into looking whether tags were pushed again (docs/RELIABILITY.md, 3). */
const looksADelete = 0.03;

/** Times (ms) that are compared. */
export interface Times {
  readonly ms: number;
  readonly ideal: number;
  /** Of the origin program, or in a word why there is none. */
  readonly origin: number | string | undefined;
  readonly clients: readonly { readonly ms: number }[];
  /** The same run without its lone refusal, and the wait that this asked for. */
  readonly without?: number;
  readonly waited?: number;
}

/** What times have to reach. */
export function timeMarks(reach: Reach, times: Times): Mark[] {
  const marks: Mark[] = [];
  if (reach.partOfOrigin !== undefined) {
    marks.push(
      atMost(
        'time',
        1 / reach.partOfOrigin,
        typeof times.origin === 'number' ? times.ms / times.origin : undefined,
        `at most 1/${reach.partOfOrigin} of the origin's time`,
      ),
    );
  }
  if (reach.ideal !== undefined) {
    marks.push(atMost('time', reach.ideal, times.ms / times.ideal, `at most ${reach.ideal.toFixed(2)} × the ideal`));
  }
  if (reach.timesWithout !== undefined) {
    const { ms, without, waited = 0 } = times;
    marks.push(
      atMost(
        'time',
        reach.timesWithout,
        without && (ms - waited) / without,
        `at most ${reach.timesWithout.toFixed(2)} × the same without the refusal, and the wait that it asked for`,
      ),
    );
  }
  if (reach.slowerToFaster !== undefined) {
    const each = times.clients.map(({ ms }) => ms);
    marks.push(
      atMost(
        'time',
        reach.slowerToFaster,
        Math.max(...each) / Math.min(...each),
        `the slower at most ${reach.slowerToFaster.toFixed(2)} × the faster`,
      ),
    );
  }
  return marks;
}

/** What counts have to reach, each by the worst of the runs. */
export function countMarks(
  { work, repositories, reach }: Pick<TagCase, 'work' | 'repositories' | 'reach'>,
  runs: readonly Pick<ClientRun, 'hub' | 'clients'>[],
): Mark[] {
  const sum = <T>(of: readonly T[], count: (one: T) => number) => of.reduce((total, one) => total + count(one), 0);
  const tags = sum(repositories, ({ old, young }) => old + young);
  const planned = work === 'prune' ? sum(repositories, ({ old }) => old) : 0;
  const pages = sum(repositories, ({ old, young }) => Math.ceil((old + young) / rowsAPage) + sparePages);
  const requests = repositories.length + pages + planned + Math.ceil(looksADelete * planned);
  const worst = (count: (run: Pick<ClientRun, 'hub' | 'clients'>) => number) => Math.max(...runs.map(count));
  const marks = [
    atMost(
      'count',
      0,
      worst(({ clients }) => Math.abs(tags - sum(clients, ({ listed }) => listed))),
      'every tag listed',
      false,
    ),
    atMost(
      'count',
      0,
      worst(
        ({ hub, clients }) =>
          planned -
          Math.min(
            hub.removed,
            sum(clients, ({ outcomes }) => outcomes.removed),
          ) +
          hub.wrong,
      ),
      'every planned tag removed and none other',
      false,
    ),
    atMost(
      'count',
      requests,
      worst(({ hub }) => hub.requests - hub.refusals),
      `at most ${requests} requests that were not refused`,
      false,
    ),
  ];
  if (reach.refusals !== undefined) {
    marks.push(
      atMost(
        'count',
        reach.refusals,
        worst(({ hub }) => hub.refusals),
        reach.refusals === 0
          ? 'no 429'
          : reach.refusals === 1
            ? 'at most one 429'
            : `at most ${reach.refusals} refusals in all`,
      ),
    );
  }
  if (reach.refusalsAWindow !== undefined) {
    const what =
      reach.refusalsAWindow === 1 ? 'at most one 429 a window' : `at most ${reach.refusalsAWindow} refusals a window`;
    marks.push(
      atMost(
        'count',
        reach.refusalsAWindow,
        worst(({ hub }) => Math.max(0, ...hub.refusalsByWindow)),
        what,
      ),
    );
  }
  return marks;
}
