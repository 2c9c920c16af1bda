import type { Hub } from '../../hub/hub.ts';
import type { HubRequest } from '../../hub/request.ts';
import type { ScriptMatch } from '../../hub/script.ts';
import type { World } from '../../hub/world.ts';
import type { Fault } from './fault.ts';
import type { PruneStage, StageOptions } from './pruneStage.ts';

/** One kind of request that a prune sends, and how it is brought to send several of them. */
export interface FaultyRoute {
  readonly name:
    | 'list'
    | 'login'
    | 'delete'
    | 'look-up'
    | 'read-back of the first DELETE'
    | 'look-up after a lost DELETE'
    | 'repository after a lost DELETE'
    | "look at the list's beginning";
  readonly match: ScriptMatch;
  /** Requests of this kind that an undisturbed prune sends, or nearly so. */
  readonly requests: number;
  readonly options: StageOptions;
  /** What brings the run to send them; called between plan and run. */
  readonly provoke?: (stage: PruneStage) => void;
  /** Whether its faults are on the listing (`list`), on the run, or on both. */
  readonly faulty: 'list' | 'run' | 'both';
}

const tagList = /\/tags\?/;
const oneTag = /\/tags\/[^/?]+$/;

/** Every kind of request. */
export const routes: readonly FaultyRoute[] = [
  { name: 'list', match: { method: 'GET', path: tagList }, requests: 11, options: { rows: 2 }, faulty: 'list' },
  {
    name: 'login',
    match: { method: 'POST' },
    requests: 12,
    options: { concurrency: 1 },
    // Each DELETE is the last that its token is good for.
    provoke: ({ hub }) =>
      hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { mutate: () => hub.expireTokens() } }),
    faulty: 'both',
  },
  { name: 'delete', match: { method: 'DELETE' }, requests: 12, options: {}, faulty: 'run' },
  // In a list that is not in date order each tag is looked up before its DELETE, and one after it.
  {
    name: 'look-up',
    match: { method: 'GET', path: oneTag },
    requests: 13,
    options: { inDateOrder: false, concurrency: 6 },
    faulty: 'run',
  },
  {
    name: 'look-up after a lost DELETE',
    match: { method: 'GET', path: oneTag },
    requests: 12,
    options: { concurrency: 6 },
    provoke: ({ hub }) => {
      hub.script({ match: { method: 'DELETE' }, times: 6, every: 2, act: { reset: true } });
      hub.script({ match: { method: 'DELETE' }, times: 6, act: { resetAfterEffect: true } });
    },
    faulty: 'run',
  },
  {
    name: 'read-back of the first DELETE',
    match: { method: 'GET', path: oneTag },
    requests: 1,
    options: {},
    faulty: 'run',
  },
  {
    name: 'repository after a lost DELETE',
    match: { method: 'GET', path: /\/repositories\/api$/ },
    requests: 12,
    options: {},
    provoke: ({ hub }) => hub.script({ match: { method: 'DELETE' }, times: Infinity, act: { resetAfterEffect: true } }),
    faulty: 'run',
  },
  {
    name: "look at the list's beginning",
    match: { method: 'GET', path: tagList },
    requests: 12,
    options: { concurrency: 1 },
    // Before each DELETE the last look is too old.
    provoke: ({ hub, clock }) => {
      clock.set(clock.now() + 31_000);
      hub.script({
        match: { method: 'DELETE' },
        times: Infinity,
        act: { mutate: () => clock.set(clock.now() + 31_000) },
      });
    },
    faulty: 'run',
  },
];

/** Which of the requests of a route meet a fault. */
export interface Pattern {
  readonly skip: number;
  readonly times: number;
  readonly every: number;
}

/** Lets a fault befall requests of a route. @returns how many met it so far, and how to end it */
export function befall(
  hub: Hub,
  { match }: Pick<FaultyRoute, 'match'>,
  fault: Fault,
  patterns: readonly Pattern[],
): { hits(): number; end(): void } {
  const lost = match.method === 'DELETE' ? fault.lostDelete : undefined;
  const remove = (world: World, { namespace = '', repository = '', tag = '' }: HubRequest) => {
    if (world.removeTag(namespace, repository, tag)) hub.deleted.push(`${namespace}/${repository}:${tag}`);
  };
  const handles = patterns.map((pattern) => {
    if (lost) hub.script({ match, ...pattern, act: { mutate: remove } });
    return hub.script({ match, ...pattern, act: lost ?? fault.act });
  });
  return {
    hits: () => handles.reduce((sum, { hits }) => sum + hits, 0),
    end: () => handles.forEach((handle) => handle.remove()),
  };
}
