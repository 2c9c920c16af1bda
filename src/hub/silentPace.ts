/**
 * What is learned of the pace of a server that sends no `X-RateLimit` headers. Instants and times
 * are in ms, paces in requests a second.
 */
export interface SilentPace {
  /** Requests go no faster than this; Infinity until one was refused. */
  readonly pace: number;
  /** The pace that was refused last; from nine tenths of it on, ours grows slower. */
  readonly refused: number;
  /** How long it took from the beginning of a burst until the server took more after a refusal; ours grows by a part in each such time. */
  readonly cycle: number;
  /** Requests taken since `since`. */
  readonly taken: number;
  readonly since: number;
  /** When the last request was refused, or the instant that the refusal named; and when the last was let go. */
  readonly refusedAt: number;
  readonly lastAt: number;
}

/** The pace of a server that has refused nothing yet. */
export const freePace: SilentPace = { pace: Infinity, refused: Infinity, cycle: 0, taken: 0, since: 0, refusedAt: -Infinity, lastAt: -Infinity };

/** In one cycle the pace grows by this part of itself, and by a fifth of that once it is near the pace that was refused. */
const growth = 0.1;
const near = 0.9;
const slower = 0.2;
/** So few requests between two refusals say nothing of the pace. */
const fewest = 10;
/** However little was taken before a refusal, the server is asked again so often (a second). */
const leastPace = 1 / 60;

/** After a request was let go. A pause longer than a cycle says nothing of what the server takes, so counting begins anew. */
export function paceSent(state: SilentPace, now: number): SilentPace {
  const idle = state.taken === 0 || (state.refusedAt < state.since && now - state.lastAt > Math.max(state.cycle, 60_000));
  return { ...state, lastAt: now, ...(idle && { since: now, taken: 0 }) };
}

/** After a request was refused. @param at now, or the instant from which on the server said that it takes more */
export function paceRefused(state: SilentPace, at: number): SilentPace {
  return { ...state, refusedAt: at };
}

/** After a request was taken. @param sentAt when it was let go */
export function paceTaken(state: SilentPace, sentAt: number): SilentPace {
  const refusedSince = state.refusedAt >= state.since;
  // It had been on its way already when another was refused, or a pace is not yet to be told.
  if (refusedSince && (sentAt < state.refusedAt || (state.pace === Infinity && state.taken < fewest))) return { ...state, taken: state.taken + 1 };
  if (refusedSince && state.taken < fewest) return { ...state, taken: 1, since: sentAt };
  if (refusedSince) {
    // The server began to take more between the last refusal and this request.
    const cycle = Math.max((state.refusedAt + sentAt) / 2 - state.since, 1);
    const sustained = Math.max((1000 * state.taken) / cycle, leastPace);
    const refused = Math.min(state.pace, sustained * 2);
    return { ...state, pace: Math.min(sustained, refused), refused, cycle, taken: 1, since: sentAt };
  }
  const { pace, cycle } = state;
  if (pace === Infinity) return { ...state, taken: state.taken + 1 };
  // So many requests make up a cycle at this pace.
  const part = growth / Math.max((pace * cycle) / 1000, 1);
  return { ...state, pace: pace * (1 + part * (pace < near * state.refused ? 1 : slower)), taken: state.taken + 1 };
}

/** The instant at which the next request may go. */
export function paceAllows({ pace, lastAt }: SilentPace): number {
  return pace === Infinity ? 0 : lastAt + 1000 / pace;
}
