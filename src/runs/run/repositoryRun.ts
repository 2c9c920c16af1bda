import pLimit from 'p-limit';
import { isOfRoute, type DeleteForm } from '../../hub/deleteRoute.ts';
import { HubError, isHubError } from '../../hub/wire/hubError.ts';
import type { Admission } from '../../hub/pacing/pacer.ts';
import { pauseBefore } from '../../hub/wire/retrying.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { hasMoved } from '../../retention/tags/moved.ts';
import type { Plan } from '../../retention/plan/plan.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import { DeletionQueue } from './deletionQueue.ts';
import { toFailure } from '../outcome/toFailure.ts';
import { GoneTags } from './goneTags.ts';
import { lookUpTag, type Found } from './lookUpTag.ts';
import { StaleLookupError, MovedWatch } from './movedWatch.ts';
import type { Failure, Outcome, Stop, StopReason } from '../outcome/outcome.ts';
import { maxReadBacks, readBack, type ReadBack } from './readBack.ts';
import type { RunEvent } from '../outcome/runEvent.ts';
import type { RunParts } from './runParts.ts';
import { stopReasonFromSignal } from './stopReasonFromSignal.ts';

const maxConcurrency = 10;
/** 403 in a row, with no success between, that stop a repository (invariant 11). */
const maxForbidden = 3;
/** Tags in a row that the server failed on, each after `maxTroubles` attempts, that stop a repository. */
const maxFailed = 3;
const maxTroubles = 5;
/** Tags in a row that are there, unchanged, while their DELETE is answered as if they were not, or as if the route were gone, that stop the run. */
const maxUnserved = 3;
/** Answers in a row, to the DELETE of one tag, of a success that is none, after which the other route is tried. */
const maxVoid = 2;
/** Read-backs in a row that end in 429, each after all the waits for it, that stop the run. */
const maxRefusedReadBacks = 3;
/** So often the DELETE by the other route is put off: by a 429, or since its turn came too late after the look. */
const maxPutOff = 5;
/** 429 in a row, with no other answer to a DELETE between; between them lies each time the wait that the server asks for. */
const maxRefusals = 20;
/** So often a tag's turn may come too late after the look at it. */
const maxTooLate = 20;
/** So often the look at a tag may be too old when its DELETE's turn has come; then look and DELETE get an allowance to themselves. */
const maxLate = 2;

/** What came of a DELETE by the other route: how its tag ended; or a success without effect; or it was refused, or there is no other route to be tried. */
type Rerouted = Outcome | 'void' | 'refused';

/** A DELETE that was answered 204, by one of the routes where there are several. */
interface Accepted {
  readonly route: DeleteForm | void;
}

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
 * Deletes the tags that one plan names, those that were pushed again since excepted. They go alone, so that a missing right or a dead route costs one request, until one was
 * answered as a success and a look has found it gone; then several are in flight. What is attached to an image goes after its last tag (see `DeletionQueue`).
 */
export async function* runRepository(plan: Plan, parts: RunParts): AsyncGenerator<RunEvent, void> {
  const { repository } = plan;
  const { remover, journal, clock, signal, random } = parts;
  const concurrency = boundOf(parts.concurrency);
  const watch = new MovedWatch(plan, remover, clock);
  const events: RunEvent[] = [];
  let wake = (): void => undefined;
  let stop: Stop | undefined;
  let active = 0;
  const queue = new DeletionQueue(plan);
  /** Those of `active` that are not known to be gone. */
  let unsureActive = 0;
  /** Whether a look has found the effect of a DELETE of ours. */
  let hadEffect = false;
  /** Routes of which a success was read back and was one, and those of which one was none. */
  const trueRoutes = new Set<DeleteForm | void>();
  const voidRoutes = new Set<DeleteForm | void>();
  /** One at a time reads a success back, or tries the other route. */
  const settling = pLimit(1);
  /** How often the other route was taken into use, and whether it was tried since the last success. */
  let reroutes = 0;
  let triedOther = false;
  let unservedInRow = 0;
  let refusedReadBacks = 0;
  let forbiddenInRow = 0;
  let failedInRow = 0;
  let refusedInRow = 0;
  const alone = pLimit(1);
  /** Also ends what waits for its turn when the run stops by itself. */
  const halted = new AbortController();
  const admission: Admission = {
    lane: 'background',
    signal: AbortSignal.any([signal, halted.signal]),
    onWait: (wait) => emit({ type: 'waiting', wait }),
  };
  const goneTags = new GoneTags({ plan, remover, admission, now: () => clock.now(), onFound: found });

  const onAbort = () => {
    if (active > 0 || !queue.isEmpty) halt(stopReasonFromSignal(signal));
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      while (!stop && queue.next && active < maxActive(queue.next)) void start(queue.take());
      yield* events.splice(0);
      if (active === 0 && (stop || !queue.next)) break;
      if (events.length === 0) await change();
    }
    yield* events.splice(0);
    // Without a stop nothing is left but what is attached to itself in a circle, which digests cannot form.
    for (const tag of queue.drain()) {
      yield {
        type: 'outcome',
        repository,
        tag,
        outcome: stop
          ? { kind: 'notReached', reason: stop.reason }
          : { kind: 'spared', reason: { kind: 'untaggedSubject' } },
      };
    }
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

  /** How many may be in flight together with this tag. */
  function maxActive(tag: Tag): number {
    const isProven = hadEffect || trueRoutes.size > 0;
    return isProven || (unsureActive === 0 && goneTags.lacks(tag)) ? remover.parallelism(concurrency) : 1;
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
    const unsure = goneTags.lacks(tag) ? 0 : 1;
    active++;
    unsureActive += unsure;
    let outcome: Outcome;
    try {
      outcome = await remove(tag);
    } catch (error) {
      outcome = defect(error);
    }
    if (outcome.kind === 'removed' || outcome.kind === 'spared') goneTags.endStreak();
    active--;
    unsureActive -= unsure;
    emit({ type: 'outcome', repository, tag, outcome });
    for (const followed of queue.end(tag, outcome, stop?.reason)) emit({ type: 'outcome', repository, ...followed });
  }

  async function remove(tag: Tag): Promise<Outcome> {
    let troubles = 0;
    let voids = 0;
    let again = false;
    let late = 0;
    /** The failure of the last DELETE, since which a look-up has found the tag as it was planned. */
    let last: HubError | undefined;
    for (;;) {
      const reroutesBefore = reroutes;
      const attempt = () => attemptDelete(tag, last, again);
      const error = await (late < maxLate ? attempt() : alone(attempt));
      if (error === 'tooLate') {
        if (++late < maxTooLate) continue;
        halt('refused');
        return unsent(last);
      }
      if ('route' in error) {
        const outcome = await accepted(tag, error, reroutesBefore);
        if (outcome !== 'again') return outcome;
        continue;
      }
      if (!(error instanceof HubError)) return error;
      if (error.kind === 'rateLimited') {
        again = true;
        if (refusedInRow < maxRefusals) continue;
        halt('refused', toFailure(error));
        return failed(error);
      }
      if (isOfRoute(error) && error.kind !== 'routeGone') {
        const outcome = await gone(tag, error, reroutesBefore);
        if (outcome === 'again') continue;
        // An earlier DELETE of ours came through after it had been looked up.
        return last && outcome.kind === 'alreadyGone' ? removedByLook() : outcome;
      }
      if (hasNoToken(error)) {
        halt('account', toFailure(error));
        return unsent(last);
      }
      if (!error.passing && !error.inDoubt) return refused(error);
      last = error;
      troubles++;
      const found = await lookUpAfterTrouble(tag, troubles);
      if (found instanceof HubError) return untold(error, found);
      if (found === 'cancelled') return afterFailure(error);
      if (found === 'gone') return removedByLook();
      if (found === 'repositoryGone') {
        halt('repositoryGone', toFailure(error));
        return afterFailure(error);
      }
      if (hasMoved(tag, found)) return { kind: 'spared' };
      if (isVoid(error) && ++voids === maxVoid) {
        const outcome = await unheeded(tag, error, reroutesBefore);
        if (typeof outcome !== 'string') return outcome;
      }
      if (troubles === maxTroubles) return worn(error);
    }
  }

  /** Looks at the tag, writes the intent down, and sends the DELETE; `tooLate` where its turn came so late that nothing was sent. */
  async function attemptDelete(
    tag: Tag,
    last: HubError | undefined,
    again: boolean,
  ): Promise<Outcome | Accepted | HubError | 'tooLate'> {
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
      return { route: await remover.deleteTag(repository, tag, { ...admission, again, beforeSend }) };
    } catch (error) {
      if (error instanceof StaleLookupError) return 'tooLate';
      if (!(error instanceof HubError) && (halted.signal.aborted || signal.aborted)) return unsent(last);
      if (!(error instanceof HubError)) throw error;
      if (error.kind === 'rateLimited') {
        // What was on its way together was refused once.
        if (refusedBefore === refusedInRow) refusedInRow++;
      } else if (!error.unanswered) {
        refusedInRow = 0;
      }
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
      if (seen === 'moved') return { kind: 'spared', ...watch.whyMoved(tag) };
      if (seen === 'same') return undefined;
      const found = await lookUp(tag);
      if (found === 'gone') return last ? removedByLook() : { kind: 'alreadyGone' };
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
    forbiddenInRow = failedInRow = refusedInRow = unservedInRow = 0;
    triedOther = false;
    return { kind: 'removed' };
  }

  /** A look shows that the tag is gone after a DELETE of ours that had no clear answer. */
  function removedByLook(): Outcome {
    hadEffect = true;
    return removed();
  }

  /**
   * A DELETE was answered 204, which is believed (invariant 6) as soon as one by the same route was read back and found to be true: until then each
   * is read back itself.
   * @returns `again` where it had no effect, and another route is in use by now
   */
  async function accepted(tag: Tag, { route }: Accepted, reroutesBefore: number): Promise<Outcome | 'again'> {
    if (trueRoutes.has(route)) return removed();
    return settling(async () => {
      if (trueRoutes.has(route)) return removed();
      const wasVoid = voidRoutes.has(route);
      const end = await lookBack(tag, wasVoid);
      if (end === 'gone') {
        refusedReadBacks = 0;
        trueRoutes.add(route);
        return removed();
      }
      if (end === 'pushedAgain') return removed();
      if (end !== 'there') return unread(end, wasVoid);
      const lie = withoutEffect({ status: 204 });
      voidRoutes.add(route);
      if (reroutes > reroutesBefore && !stop) return 'again';
      const other = await reroute(tag, { kind: 'removed' });
      if (typeof other !== 'string') return other;
      halt('routeGone', toFailure(lie));
      return failed(lie);
    });
  }

  /** A DELETE that was answered 204 could not be read back. That is believed all the same, unless a look speaks against it; the next one is read back. */
  function unread({ reason, seen }: Exclude<ReadBack, string>, wasVoid: boolean): Outcome {
    if (isHubError(reason, 'rateLimited')) {
      if (++refusedReadBacks >= maxRefusedReadBacks) halt('refused', toFailure(reason));
    } else if (isHubError(reason) && !reason.passing) {
      haltFor(reason);
    }
    return seen || wasVoid ? { kind: 'uncertain', failure: toFailure(withoutEffect({ status: 204 })) } : removed();
  }

  /**
   * Reads back a DELETE that was answered as a success.
   * @param isVoid whether its route is known to do nothing; then one look is enough, which is made also when the run has stopped for that
   */
  function lookBack(tag: Tag, isVoid = false): Promise<ReadBack> {
    const asking: Admission = isVoid ? { ...admission, signal } : admission;
    const look = async () => {
      let askedAt = clock.now();
      const there = await remover.tag(repository, tag.name, { ...asking, beforeSend: () => (askedAt = clock.now()) });
      found(tag, there, askedAt);
      return there;
    };
    const pause = (looks: number) => pauseAfter(looks, asking.signal);
    return readBack(tag, look, pause, isVoid ? 1 : maxReadBacks);
  }

  /**
   * The route in use does nothing for a tag that is there, unchanged: sends its DELETE by the other one, and reads that back. To be called by one at a
   * time (`settling`).
   * @param whenGone how the tag ends where a look finds it gone before that is sent
   */
  async function reroute(tag: Tag, whenGone: Outcome): Promise<Rerouted> {
    if (!remover.deleteTagByOtherRoute) return 'refused';
    let again = false;
    for (let putOff = 0; putOff < maxPutOff && !stop; putOff++) {
      try {
        const route = await remover.deleteTagByOtherRoute(repository, tag, {
          ...admission,
          again,
          beforeSend: () => watch.beforeDelete(tag),
        });
        reroutes++;
        return await afterReroute(tag, route);
      } catch (trouble) {
        if (trouble instanceof HubError && trouble.inDoubt) return await unclearReroute(tag, trouble);
        if (trouble instanceof HubError && trouble.kind !== 'rateLimited') {
          haltFor(trouble);
          return 'refused';
        }
        if (!(trouble instanceof HubError) && !(trouble instanceof StaleLookupError)) {
          if (halted.signal.aborted || signal.aborted) return 'refused';
          throw trouble;
        }
        again = trouble instanceof HubError;
      }
      const now = await lookUp(tag).catch((error: unknown) => error);
      if (now === 'gone') return whenGone;
      if (typeof now === 'string' || now instanceof Error || now === undefined) return 'refused';
      if (hasMoved(tag, now as Tag)) return { kind: 'spared' };
    }
    return 'refused';
  }

  async function afterReroute(tag: Tag, route: DeleteForm | void): Promise<Rerouted> {
    const end = await lookBack(tag);
    if (end === 'gone') trueRoutes.add(route);
    if (end === 'gone' || end === 'pushedAgain') return removed();
    if (end === 'there') {
      voidRoutes.add(route);
      return 'void';
    }
    return unread(end, false);
  }

  /** The DELETE by the other route was not answered clearly. */
  async function unclearReroute(tag: Tag, trouble: HubError): Promise<Rerouted> {
    const now = await lookUpAfterTrouble(tag, 1);
    if (now instanceof HubError) return untold(trouble, now);
    if (now === 'cancelled' || now === 'repositoryGone') return afterFailure(trouble);
    if (now === 'gone') return removedByLook();
    if (hasMoved(tag, now)) return { kind: 'spared' };
    return isVoid(trouble) ? 'void' : 'refused';
  }

  /** A DELETE was answered as a success that is none, again and again. @returns how the tag ends; `again` where it is to be tried once more */
  function unheeded(tag: Tag, error: HubError, reroutesBefore: number): Promise<Outcome | 'again'> {
    return settling(async () => {
      if (reroutes > reroutesBefore) return 'again';
      const other = await reroute(tag, { kind: 'removed' });
      if (typeof other !== 'string') return other;
      if (other === 'refused' && !stop) return 'again';
      if (!stop) halt('routeGone', toFailure(withoutEffect(error)));
      return failed(withoutEffect(error));
    });
  }

  /** A tag is there, unchanged, and its DELETE was answered as if it, or the route, were not. */
  function unserved(tag: Tag, error: HubError, reroutesBefore: number): Promise<Outcome | 'again'> {
    // Where there is but one route, it is the server that is at fault.
    if (!remover.deleteTagByOtherRoute && error.status !== 410) return Promise.resolve(worn(error));
    return settling(async () => {
      if (stop) return failed(error);
      if (reroutes > reroutesBefore) return 'again';
      const other = triedOther ? 'refused' : await reroute(tag, { kind: 'alreadyGone' });
      if (typeof other !== 'string') return other;
      triedOther = true;
      if (++unservedInRow >= maxUnserved || other === 'void') halt('routeGone', toFailure(error));
      return failed(error);
    });
  }

  /** A refusal that a second try would not change. */
  function refused(error: HubError): Outcome {
    // Redirects and the like: each other tag would meet them too.
    if (error.kind === 'malformed') return worn(error);
    const reason = stopOf(error);
    if (reason) halt(reason, toFailure(error));
    if (error.kind === 'forbidden' && ++forbiddenInRow >= maxForbidden) halt('missingRight', toFailure(error));
    return failed(error);
  }

  /** The tag is there, and the server fails on it. */
  function worn(error: HubError): Outcome {
    const shown = isVoid(error) ? withoutEffect(error) : error;
    if (++failedInRow >= maxFailed) halt(isVoid(error) ? 'routeGone' : 'serverTrouble', toFailure(shown));
    return failed(shown);
  }

  /**
   * An error of this program, and not of the server's: it must not take the accounting of the other tags with it, and where it meets tag after tag
   * the run stops.
   */
  function defect(error: unknown): Outcome {
    const failure: Failure = { kind: 'interrupted', words: plainText(String(error)) };
    if (++failedInRow >= maxFailed) halt('interrupted', failure);
    return { kind: 'failed', failure };
  }

  /** Neither did the delete get a clear answer, nor can the tag be looked up. */
  function untold(error: HubError, lookUp: HubError): Outcome {
    lookUpFailed(lookUp);
    return afterFailure(error);
  }

  /** Stops what a look-up would meet again. @returns whether that is all the rest of the run */
  function lookUpFailed(error: HubError): boolean {
    const reason = haltFor(error);
    if (reason) return true;
    if (error.kind === 'forbidden') {
      if (++forbiddenInRow >= maxForbidden) halt('missingRight', toFailure(error));
    } else if (++failedInRow >= maxFailed) {
      halt('serverTrouble', toFailure(error));
    }
    return false;
  }

  /** Stops the run for what every other request would meet. */
  function haltFor(error: HubError): StopReason | undefined {
    const reason = stopOf(error);
    if (reason) halt(reason, toFailure(error));
    return reason;
  }

  /** A DELETE is repeated only once a look-up says that the tag is still the planned one. */
  async function lookUpAfterTrouble(tag: Tag, troubles: number): Promise<Found | 'cancelled' | HubError> {
    try {
      await pauseAfter(troubles, admission.signal);
      return await lookUp(tag);
    } catch (error) {
      return error instanceof HubError ? error : 'cancelled';
    }
  }

  function pauseAfter(troubles: number, until: AbortSignal | undefined): Promise<void> {
    const pause = pauseBefore(troubles, random);
    emit({ type: 'waiting', wait: { until: clock.now() + pause, why: 'backoff' } });
    return clock.sleep(pause, until);
  }

  /**
   * A DELETE was answered as if there were no such tag, or no such route. It counts as *already gone* only where a look says so of this very tag
   * while its repository is there (invariant 6).
   */
  async function gone(tag: Tag, error: HubError, reroutesBefore: number): Promise<Outcome | 'again'> {
    let now: Found;
    try {
      now = await goneTags.find(tag).catch((trouble: unknown) => {
        // Cut off since the route was found to be dead meanwhile, which says nothing of this tag.
        if (stop?.reason === 'routeGone' && !isHubError(trouble) && !signal.aborted) {
          return lookUpTag(remover, repository, tag.name, { ...admission, signal });
        }
        throw trouble;
      });
    } catch (trouble) {
      return trouble instanceof HubError ? untold(error, trouble) : failed(error);
    }
    if (now === 'gone') return { kind: 'alreadyGone' };
    if (now === 'repositoryGone') {
      halt('repositoryGone', toFailure(error));
      return failed(error);
    }
    return hasMoved(tag, now) ? { kind: 'spared' } : unserved(tag, error, reroutesBefore);
  }

  async function lookUp(tag: Tag): Promise<Found> {
    let askedAt = clock.now();
    // What it waits for its turn does not make the look older.
    const now = await lookUpTag(remover, repository, tag.name, {
      ...admission,
      beforeSend: () => (askedAt = clock.now()),
    });
    if (typeof now === 'object') found(tag, now, askedAt);
    return now;
  }

  function found(planned: Tag, now: Tag, askedAt: number): void {
    if (!hasMoved(planned, now)) watch.lookedUp(planned, askedAt);
  }
}

function boundOf(concurrency: number = maxConcurrency): number {
  return Number.isNaN(concurrency) ? maxConcurrency : Math.min(Math.max(Math.floor(concurrency), 1), maxConcurrency);
}

function stopOf(error: HubError): StopReason | undefined {
  if (hasNoToken(error)) return 'account';
  // Only what the server says of the sign-in itself is about the account; a web page is a gateway's.
  if (error.kind === 'signInFailed' && isHubError(error.cause)) {
    return (
      stopsRun[error.cause.kind] ?? (error.cause.passing || error.cause.kind === 'malformed' ? 'offline' : 'account')
    );
  }
  return stopsRun[error.kind] ?? (error.unanswered ? 'offline' : undefined);
}

/** Whether a DELETE was answered as a success, but not as Docker Hub answers one. */
function isVoid({ kind, inDoubt }: HubError): boolean {
  return kind === 'malformed' && inDoubt;
}

/** What became of a DELETE that was answered as a success, while its tag is there. */
function withoutEffect({ status, request, serverWords }: Pick<HubError, 'status'> & Partial<HubError>): HubError {
  return new HubError({ kind: 'routeGone', status, request, serverWords });
}

/** Whether it was this machine that had no token to send, so that the server was not asked at all. */
function hasNoToken(error: HubError): boolean {
  return error.kind === 'signInFailed' && !isHubError(error.cause);
}

function failed(error: HubError): Outcome {
  return { kind: 'failed', failure: toFailure(error) };
}

/** How a tag ends whose last delete failed and which nothing more was learned about. */
function afterFailure(error: HubError): Outcome {
  return { kind: error.inDoubt ? 'uncertain' : 'failed', failure: toFailure(error) };
}
