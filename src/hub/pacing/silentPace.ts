/**
 * What is learned of the pace of a server that sends no `X-RateLimit` headers. Instants and times
 * are in ms, paces in requests a second.
 *
 * One refusal is no limit: it may have been the only one. So after the first few, requests go as fast as before (a trial), only that one of them
 * goes alone where the server refused the last time. A pace holds once the server has kept refusing, and is probed upward while it refuses nothing.
 */
export interface SilentPace {
  /** Requests go no faster than this once the server has refused more often than `trials`; Infinity until one was refused. */
  readonly pace: number;
  /** The pace that was refused last; from nine tenths of it on, ours grows slower. */
  readonly refused: number;
  /** How long it took from the beginning of a burst until the server took more after a refusal; ours grows by a part in each such time. */
  readonly cycle: number;
  /** The same, by where the server still refused and where it took more again; over all bursts of about the same size. */
  readonly cycleBounds: { readonly low: number; readonly high: number };
  /** How many requests the server took last until it refused one; Infinity until then. */
  readonly quota: number;
  /** How often in a row the server has refused before what was learned from the refusal before was disproved; many at once count as one. */
  readonly episodes: number;
  /** Requests taken since `since`. */
  readonly taken: number;
  readonly since: number;
  /** When the last request was refused, or the instant that the refusal named; and when the last was let go. */
  readonly refusedAt: number;
  readonly lastAt: number;
}

/** The pace of a server that has refused nothing yet. */
export const freePace: SilentPace = {
  pace: Infinity,
  refused: Infinity,
  cycle: 0,
  cycleBounds: { low: 0, high: Infinity },
  quota: Infinity,
  episodes: 0,
  taken: 0,
  since: 0,
  refusedAt: -Infinity,
  lastAt: -Infinity,
};

/** In one cycle the pace grows by this part of itself, and by a fifth of that once it is near the pace that was refused. */
const growth = 0.1;
const near = 0.9;
const slower = 0.2;
/** So few requests between two refusals say nothing of the pace. */
const fewest = 10;
/** However little was taken before a refusal, the server is asked again so often (a second). */
const leastPace = 1 / 60;
/** After so many refusals at most, the server is tried without a pace. */
const trials = 3;
/** A server that takes so many times as much as it took before it refused has no such limit. */
const disproof = 4;
/** Once a pace holds, it doubles in each half of a cycle, and in no less than this (ms), after a cycle in which nothing was refused. */
const fastestDoubling = 1_000;
/** Each refusal by a server that is probed like this adds a cycle to those in which it is left alone first, up to so many. */
const longestPatience = 32;
/** From this part of the quota on, a burst was as large as the one before, so that the same limit will have refused both. */
const alike = 0.8;
/** Bounds of a cycle that are nearer to each other than this part of it are near enough. */
const closeEnough = 1 / 3;

/** Requests a second that are let go; Infinity while the server is tried. */
export function paceNow({ pace, episodes }: SilentPace): number {
  return episodes > trials ? pace : Infinity;
}

/** After a request was let go. A pause longer than a cycle says nothing of what the server takes, so counting begins anew. */
export function paceSent(state: SilentPace, now: number): SilentPace {
  const idle =
    state.taken === 0 || (state.refusedAt < state.since && now - state.lastAt > Math.max(state.cycle, 60_000));
  return { ...state, lastAt: now, ...(idle && { since: now, taken: 0 }) };
}

/** After a request was refused. @param at now, or the instant from which on the server said that it takes more */
export function paceRefused(state: SilentPace, at: number): SilentPace {
  return { ...state, refusedAt: at };
}

/**
 * After a request was taken.
 * @param sentAt when it was let go
 * @param heldUntil the instant (ms) before which nothing was let go since the last refusal
 */
export function paceTaken(state: SilentPace, sentAt: number, heldUntil: number): SilentPace {
  const refusedSince = state.refusedAt >= state.since;
  // It had been on its way already when another was refused, or a pace is not yet to be told.
  if (refusedSince && (sentAt < heldUntil || (state.pace === Infinity && state.taken < fewest))) {
    return { ...state, taken: state.taken + 1 };
  }
  // The instant that a refusal names may be just that at which this one was sent.
  const next = { ...state, taken: 1, since: sentAt, refusedAt: -Infinity, episodes: state.episodes + 1 };
  if (refusedSince && state.taken < fewest) return { ...next, quota: state.taken };
  if (refusedSince) {
    // The server began to take more between the last refusal and this request.
    const cycleBounds = boundsOf(state, sentAt);
    const cycle = Math.max((cycleBounds.low + cycleBounds.high) / 2, 1);
    const sustained = Math.max((1000 * state.taken) / cycle, leastPace);
    const refused = Math.min(paceNow(state), sustained * 2);
    return { ...next, quota: state.taken, pace: Math.min(sustained, refused), refused, cycle, cycleBounds };
  }
  if (state.pace === Infinity) return { ...state, taken: state.taken + 1 };
  return isDisproved(state)
    ? { ...freePace, taken: state.taken + 1, since: state.since, lastAt: state.lastAt }
    : grown({ ...state, taken: state.taken + 1 }, sentAt);
}

/** The instant (ms) at which the next request may go; Infinity when only an answer can tell. */
export function paceAllows(state: SilentPace, inFlight: number): number {
  const pace = paceNow(state);
  if (pace < Infinity) return state.lastAt + 1000 / pace;
  // One goes alone to see whether more are taken than the last time.
  return inFlight > 0 && state.taken <= state.quota && state.taken + inFlight >= state.quota ? Infinity : 0;
}

/**
 * The instant (ms) from which on a server that named none takes more, where it refused after about as many requests as the last time; `now` where it did not.
 * @param now when it refused
 */
export function likelyAgainAt(state: SilentPace, now: number): number {
  const { low, high } = state.cycleBounds;
  if (paceNow(state) < Infinity || high === Infinity || !isAlike(state)) return now;
  return state.since + (high - low < high * closeEnough ? high : (low + high) / 2);
}

function isAlike({ taken, quota }: SilentPace): boolean {
  return taken >= alike * quota && alike * taken <= quota;
}

function boundsOf(state: SilentPace, sentAt: number): SilentPace['cycleBounds'] {
  const own = { low: state.refusedAt - state.since, high: sentAt - state.since };
  // A pace of ours makes bursts longer; that says nothing of others.
  if (paceNow(state) < Infinity || !isAlike(state)) return own;
  const both = { low: Math.max(own.low, state.cycleBounds.low), high: Math.min(own.high, state.cycleBounds.high) };
  return both.low < both.high ? both : own;
}

function isDisproved(state: SilentPace): boolean {
  return paceNow(state) === Infinity
    ? state.taken >= disproof * Math.max(state.quota, fewest)
    : state.pace >= disproof * state.refused;
}

function grown(state: SilentPace, sentAt: number): SilentPace {
  const { pace, cycle, refused, since, episodes } = state;
  if (paceNow(state) === Infinity) return state;
  const patience = Math.min(episodes - trials, longestPatience) * Math.max(cycle, fastestDoubling);
  if (sentAt - since > patience) {
    return { ...state, pace: pace * 2 ** (1 / requestsIn(Math.max(cycle / 2, fastestDoubling), pace)) };
  }
  return { ...state, pace: pace * (1 + (growth / requestsIn(cycle, pace)) * (pace < near * refused ? 1 : slower)) };
}

function requestsIn(ms: number, pace: number): number {
  return Math.max((pace * ms) / 1000, 1);
}
