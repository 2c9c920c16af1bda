import pLimit from 'p-limit';
import { HubError, isHubError } from '../hub/hubError.ts';
import type { Admission } from '../hub/pacer.ts';
import { pauseBefore } from '../hub/retrying.ts';
import { plainText } from '../hub/serverWords.ts';
import { hasMoved } from '../retention/moved.ts';
import type { Plan } from '../retention/plan.ts';
import type { Tag } from '../retention/tag.ts';
import { failureOf } from './failureOf.ts';
import { lookUpTag, type Found } from './lookUpTag.ts';
import { LookedTooLongAgo, MovedWatch } from './movedWatch.ts';
import type { Failure, Outcome, Stop, StopReason } from './outcome.ts';
import type { RunEvent } from './runEvent.ts';
import type { RunParts } from './runParts.ts';
import { stopOfSignal } from './stopOfSignal.ts';

const mostConcurrency = 10;
/** 403 in a row, with no success between, that stop a repository (invariant 11). */
const mostForbidden = 3;
/** Tags in a row that the server failed on, each after `mostTroubles` attempts, that stop a repository. */
const mostFailed = 3;
const mostTroubles = 5;
/** 429 in a row, with no other answer to a DELETE between; between them lies each time the wait that the server asks for. */
const mostRefusals = 20;
/** So often a tag's turn may come too late after the look at it. */
const mostTooLate = 20;
/** So often the look at a tag may be too old when its DELETE's turn has come; then look and DELETE get an allowance to themselves. */
const mostLate = 2;

/** Failures that would meet every other tag of the run just the same. */
const stopsRun: Partial<Record<HubError['kind'], StopReason>> = {
  blocked: 'blocked',
  routeGone: 'routeGone',
  unauthorized: 'account',
  signedOut: 'account',
  wrongSecret: 'account',
  needsCode: 'account',
  lockedOut: 'account',
  // Only after all the waits for it.
  rateLimited: 'refused',
};

/**
 * Deletes the tags that one plan names, those that were pushed again since excepted. The first goes alone, so that a missing right or a dead route costs one request; after the first
 * success several are in flight.
 */
export async function* runRepository(plan: Plan, parts: RunParts): AsyncGenerator<RunEvent, void> {
  const { repository, going } = plan;
  const { remover, journal, clock, signal, random } = parts;
  const concurrency = boundOf(parts.concurrency);
  const watch = new MovedWatch(plan, remover, clock);
  const events: RunEvent[] = [];
  let wake = (): void => undefined;
  let stop: Stop | undefined;
  let active = 0;
  let next = 0;
  let succeeded = false;
  let forbiddenInRow = 0;
  let failedInRow = 0;
  let refusedInRow = 0;
  const alone = pLimit(1);
  let goneCheck: { readonly of: Tag; readonly found: Promise<Found> } | undefined;
  /** Also ends what waits for its turn when the run stops by itself. */
  const halted = new AbortController();
  const admission: Admission = {
    lane: 'background',
    signal: AbortSignal.any([signal, halted.signal]),
    onWait: (wait) => emit({ type: 'waiting', wait }),
  };

  const onAbort = () => {
    if (active > 0 || next < going.length) halt(stopOfSignal(signal));
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      while (!stop && next < going.length && active < (succeeded ? remover.parallelism(concurrency) : 1)) void start(going[next++]!);
      yield* events.splice(0);
      if (active === 0 && (stop || next === going.length)) break;
      if (events.length === 0) await change();
    }
    yield* events.splice(0);
    for (const tag of going.slice(next)) yield { type: 'outcome', repository, tag, outcome: { kind: 'notReached', reason: stop!.reason } };
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Where nobody listens any more, nothing more is sent, and what is in flight is awaited all the same (invariant 8).
    stop ??= { reason: 'cancelled' };
    halted.abort();
    while (active > 0) await change();
  }

  function change(): Promise<void> {
    return new Promise((resolve) => (wake = resolve));
  }

  function emit(event: RunEvent): void {
    events.push(event);
    wake();
  }

  function halt(reason: StopReason, failure?: Failure): void {
    const ofRepository = reason === 'missingRight' || reason === 'repositoryGone' || reason === 'serverTrouble';
    // What ends the whole run is said also after what ended this repository.
    if (stop && (ofRepository || !stop.repository)) return;
    stop = { reason, ...(ofRepository && { repository }), ...(failure && { failure }) };
    halted.abort();
    emit({ type: 'stopped', stop });
  }

  async function start(tag: Tag): Promise<void> {
    active++;
    let outcome: Outcome;
    try {
      outcome = await remove(tag);
    } catch (error) {
      outcome = defect(error);
    }
    if (outcome.kind === 'removed' || outcome.kind === 'alreadyGone') succeeded = true;
    if (outcome.kind === 'removed' || outcome.kind === 'spared') goneCheck = undefined;
    active--;
    emit({ type: 'outcome', repository, tag, outcome });
  }

  async function remove(tag: Tag): Promise<Outcome> {
    let troubles = 0;
    let again = false;
    let late = 0;
    /** The failure of the last DELETE, since which a look-up has found the tag as it was planned. */
    let last: HubError | undefined;
    for (;;) {
      const attempt = () => attemptDelete(tag, last, again);
      const error = await (late < mostLate ? attempt() : alone(attempt));
      if (error === 'tooLate') {
        if (++late < mostTooLate) continue;
        halt('refused');
        return unsent(last);
      }
      if (!(error instanceof HubError)) return error;
      if (error.kind === 'rateLimited') {
        again = true;
        if (refusedInRow < mostRefusals) continue;
        halt('refused', failureOf(error));
        return failed(error);
      }
      if (error.kind === 'notFound') {
        const outcome = await gone(tag, error);
        // An earlier DELETE of ours came through after it had been looked up.
        return last && outcome.kind === 'alreadyGone' ? removed() : outcome;
      }
      if (hasNoToken(error)) {
        halt('account', failureOf(error));
        return unsent(last);
      }
      if (!error.passing && !error.inDoubt) return refused(error);
      last = error;
      troubles++;
      const found = await lookUpAfterTrouble(tag, troubles);
      if (found instanceof HubError) return untold(error, found);
      if (found === 'cancelled') return afterFailure(error);
      if (found === 'gone') return removed();
      if (found === 'repositoryGone') {
        halt('repositoryGone', failureOf(error));
        return afterFailure(error);
      }
      if (hasMoved(tag, found)) return { kind: 'spared' };
      if (troubles === mostTroubles) return worn(error);
    }
  }

  /** Looks at the tag, writes the intent down, and sends the DELETE; `tooLate` where its turn came so late that nothing was sent. */
  async function attemptDelete(tag: Tag, last: HubError | undefined, again: boolean): Promise<Outcome | HubError | 'tooLate'> {
    if (stop) return unsent(last);
    const kept = await lookBefore(tag, last);
    if (kept) return kept;
    if (!(await intend(tag))) return unsent(last);
    let refusedBefore = refusedInRow;
    const beforeSend = () => {
      watch.beforeDelete(tag);
      refusedBefore = refusedInRow;
    };
    try {
      await remover.deleteTag(repository, tag, { ...admission, again, beforeSend });
      return removed();
    } catch (error) {
      if (error instanceof LookedTooLongAgo) return 'tooLate';
      if (!(error instanceof HubError) && (halted.signal.aborted || signal.aborted)) return unsent(last);
      if (!(error instanceof HubError)) throw error;
      if (error.kind === 'rateLimited') {
        // What was on its way together was refused once.
        if (refusedBefore === refusedInRow) refusedInRow++;
      } else if (!error.unanswered) refusedInRow = 0;
      return error;
    }
  }

  /**
   * Looks whether the tag was pushed again since the plan (invariant 3).
   * @param last how its DELETE before failed
   * @returns how the tag ends where it is not to be deleted
   */
  async function lookBefore(tag: Tag, last: HubError | undefined): Promise<Outcome | undefined> {
    try {
      const seen = await watch.look(tag, admission);
      if (seen === 'moved') return { kind: 'spared' };
      if (seen === 'same') return undefined;
      const found = await lookUp(tag);
      if (found === 'gone') return last ? removed() : { kind: 'alreadyGone' };
      if (found === 'repositoryGone') {
        halt('repositoryGone');
        return unsent(last);
      }
      return hasMoved(tag, found) ? { kind: 'spared' } : undefined;
    } catch (error) {
      if (halted.signal.aborted || signal.aborted) return unsent(last);
      if (!(error instanceof HubError)) throw error;
      const stopsAll = lookUpFailed(error);
      return last || !stopsAll ? failed(last ?? error) : unsent(last);
    }
  }

  /** Whether the journal has the intent (invariant 5); without it nothing is sent any more. */
  async function intend(tag: Tag): Promise<boolean> {
    try {
      // A stop does not wait for a disk that hangs.
      await orHalted(journal.intend(repository, tag));
      return !stop;
    } catch (error) {
      halt('storage', { kind: 'storage', words: plainText(error instanceof Error ? error.message : String(error)) });
      return false;
    }
  }

  /** Awaits work, or the end of the run where that comes first. Not `Promise.race`, with which one promise for the end would keep something of every tag. */
  async function orHalted(work: Promise<void>): Promise<void> {
    let onHalt = (): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        onHalt = () => resolve();
        if (halted.signal.aborted) onHalt();
        halted.signal.addEventListener('abort', onHalt);
        work.then(resolve, reject);
      });
    } finally {
      halted.signal.removeEventListener('abort', onHalt);
    }
  }

  /** The run stopped before the tag's next DELETE. @param last how its DELETE before failed, after which it was found as planned */
  function unsent(last: HubError | undefined): Outcome {
    return last ? failed(last) : { kind: 'notReached', reason: stop?.reason ?? 'cancelled' };
  }

  function removed(): Outcome {
    forbiddenInRow = failedInRow = refusedInRow = 0;
    return { kind: 'removed' };
  }

  /** A refusal that a second try would not change. */
  function refused(error: HubError): Outcome {
    // Redirects and the like: each other tag would meet them too.
    if (error.kind === 'malformed') return worn(error);
    const reason = stopOf(error);
    if (reason) halt(reason, failureOf(error));
    if (error.kind === 'forbidden' && ++forbiddenInRow >= mostForbidden) halt('missingRight', failureOf(error));
    return failed(error);
  }

  /** The tag is there, and the server fails on it. */
  function worn(error: HubError): Outcome {
    if (++failedInRow >= mostFailed) halt('serverTrouble', failureOf(error));
    return failed(error);
  }

  /**
   * An error of this program, and not of the server's: it must not take the accounting of the other tags with it, and where it meets tag after tag
   * the run stops.
   */
  function defect(error: unknown): Outcome {
    const failure: Failure = { kind: 'interrupted', words: plainText(String(error)) };
    if (++failedInRow >= mostFailed) halt('interrupted', failure);
    return { kind: 'failed', failure };
  }

  /** Neither did the delete get a clear answer, nor can the tag be looked up. */
  function untold(error: HubError, lookUp: HubError): Outcome {
    lookUpFailed(lookUp);
    return afterFailure(error);
  }

  /** Stops what a look-up would meet again. @returns whether that is all the rest of the run */
  function lookUpFailed(error: HubError): boolean {
    const reason = stopOf(error);
    if (reason) halt(reason, failureOf(error));
    else if (error.kind === 'forbidden') {
      if (++forbiddenInRow >= mostForbidden) halt('missingRight', failureOf(error));
    } else if (++failedInRow >= mostFailed) halt('serverTrouble', failureOf(error));
    return reason !== undefined;
  }

  /** A DELETE is repeated only once a look-up says that the tag is still the planned one. */
  async function lookUpAfterTrouble(tag: Tag, troubles: number): Promise<Found | 'cancelled' | HubError> {
    const pause = pauseBefore(troubles, random);
    emit({ type: 'waiting', wait: { until: clock.now() + pause, why: 'backoff' } });
    try {
      await clock.sleep(pause, admission.signal);
      return await lookUp(tag);
    } catch (error) {
      return error instanceof HubError ? error : 'cancelled';
    }
  }

  /**
   * A DELETE was answered 404. That counts as *already gone* only while the repository itself is still there and the tag is not,
   * which is looked up once per streak (invariant 6).
   */
  async function gone(tag: Tag, error: HubError): Promise<Outcome> {
    for (;;) {
      const check = (goneCheck ??= { of: tag, found: lookUp(tag) });
      let found: Found | undefined;
      let trouble: unknown;
      try {
        found = await check.found;
      } catch (thrown) {
        trouble = thrown;
      }
      if (found === 'gone') return { kind: 'alreadyGone' };
      if (found === 'repositoryGone') {
        halt('repositoryGone', failureOf(error));
        return failed(error);
      }
      if (goneCheck === check) goneCheck = undefined;
      if (found === undefined) return trouble instanceof HubError ? untold(error, trouble) : failed(error);
      if (check.of === tag) return hasMoved(tag, found) ? { kind: 'spared' } : worn(error);
      // What was found of another tag says nothing about this one.
    }
  }

  async function lookUp(tag: Tag): Promise<Found> {
    let startedAt = clock.now();
    // What it waits for its turn does not make the look older.
    const found = await lookUpTag(remover, repository, tag.name, { ...admission, beforeSend: () => (startedAt = clock.now()) });
    if (typeof found === 'object' && !hasMoved(tag, found)) watch.lookedUp(tag, startedAt);
    return found;
  }
}

function boundOf(concurrency: number = mostConcurrency): number {
  return Number.isNaN(concurrency) ? mostConcurrency : Math.min(Math.max(Math.floor(concurrency), 1), mostConcurrency);
}

function stopOf(error: HubError): StopReason | undefined {
  if (hasNoToken(error)) return 'account';
  // Only what the server says of the sign-in itself is about the account; a web page is a gateway's.
  if (error.kind === 'signInFailed' && isHubError(error.cause)) return stopsRun[error.cause.kind] ?? (error.cause.passing || error.cause.kind === 'malformed' ? 'offline' : 'account');
  return stopsRun[error.kind] ?? (error.unanswered ? 'offline' : undefined);
}

/** Whether it was this machine that had no token to send, so that the server was not asked at all. */
function hasNoToken(error: HubError): boolean {
  return error.kind === 'signInFailed' && !isHubError(error.cause);
}

function failed(error: HubError): Outcome {
  return { kind: 'failed', failure: failureOf(error) };
}

/** How a tag ends whose last delete failed and which nothing more was learned about. */
function afterFailure(error: HubError): Outcome {
  return { kind: error.inDoubt ? 'uncertain' : 'failed', failure: failureOf(error) };
}
