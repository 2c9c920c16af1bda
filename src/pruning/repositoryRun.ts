import { HubError } from '../hub/hubError.ts';
import type { Admission } from '../hub/pacer.ts';
import { pauseBefore } from '../hub/retrying.ts';
import { hasMoved } from '../retention/moved.ts';
import type { Plan } from '../retention/plan.ts';
import type { Tag } from '../retention/tag.ts';
import type { Failure, Outcome, Stop, StopReason } from './outcome.ts';
import type { RunEvent } from './runEvent.ts';
import type { RunParts } from './runParts.ts';

const defaultConcurrency = 6;
/** 403 in a row, with no success between, that stop a repository (invariant 11). */
const mostForbidden = 3;
/** Tags in a row that the server failed on, each after `mostTroubles` attempts, that stop a repository. */
const mostFailed = 3;
const mostTroubles = 5;
/** 429 in a row for one tag; between them lies each time the wait that the server asks for. */
const mostRefusals = 20;

/** Failures that would meet every other tag of the run just the same. */
const stopsRun: Partial<Record<HubError['kind'], StopReason>> = {
  blocked: 'blocked',
  routeGone: 'routeGone',
  unauthorized: 'account',
  signedOut: 'account',
  wrongSecret: 'account',
  needsCode: 'account',
  lockedOut: 'account',
};

/**
 * Deletes the tags that one plan names. The first goes alone, so that a missing right or a dead route costs one request; after the first
 * success several are in flight.
 */
export async function* runRepository(plan: Plan, parts: RunParts): AsyncGenerator<RunEvent, void> {
  const { repository, going } = plan;
  const { remover, clock, signal, concurrency = defaultConcurrency, random } = parts;
  const events: RunEvent[] = [];
  let wake = (): void => undefined;
  let stop: Stop | undefined;
  let active = 0;
  let next = 0;
  let succeeded = false;
  let forbiddenInRow = 0;
  let failedInRow = 0;
  let goneCheck: Promise<'gone' | 'repositoryGone' | Tag> | undefined;
  const admission: Admission = { lane: 'background', signal, onWait: (wait) => emit({ type: 'waiting', wait }) };

  const onAbort = () => halt('cancelled');
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      while (!stop && next < going.length && active < (succeeded ? concurrency : 1)) void start(going[next++]!);
      yield* events.splice(0);
      if (active === 0 && (stop || next === going.length)) break;
      if (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    }
    yield* events.splice(0);
    for (const tag of going.slice(next)) yield { type: 'outcome', repository, tag, outcome: { kind: 'notReached', reason: stop!.reason } };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }

  function emit(event: RunEvent): void {
    events.push(event);
    wake();
  }

  function halt(reason: StopReason, failure?: Failure): void {
    if (stop) return;
    const ofRepository = reason === 'missingRight' || reason === 'repositoryGone' || reason === 'serverTrouble';
    stop = { reason, ...(ofRepository && { repository }), ...(failure && { failure }) };
    emit({ type: 'stopped', stop });
  }

  async function start(tag: Tag): Promise<void> {
    active++;
    let outcome: Outcome;
    try {
      outcome = await remove(tag);
    } catch (error) {
      // Not a HubError: a defect of ours, which must not take the accounting of the other tags with it.
      outcome = { kind: 'failed', failure: { kind: 'rejected', words: String(error) } };
    }
    if (outcome.kind === 'removed') succeeded = true;
    if (outcome.kind === 'removed' || outcome.kind === 'spared') goneCheck = undefined;
    active--;
    emit({ type: 'outcome', repository, tag, outcome });
  }

  async function remove(tag: Tag): Promise<Outcome> {
    let troubles = 0;
    let refusals = 0;
    let last: HubError | undefined;
    for (;;) {
      if (stop) return last ? afterFailure(last) : { kind: 'notReached', reason: stop.reason };
      try {
        await remover.deleteTag(repository, tag, admission);
        forbiddenInRow = failedInRow = 0;
        return { kind: 'removed' };
      } catch (error) {
        if (!(error instanceof HubError)) {
          if (!signal.aborted) throw error;
          return last ? afterFailure(last) : { kind: 'notReached', reason: 'cancelled' };
        }
        if (error.kind === 'rateLimited') {
          if (++refusals < mostRefusals) continue;
          halt('refused', failureOf(error));
          return failed(error);
        }
        if (error.kind === 'notFound') return gone(tag, error);
        if (!error.passing) return refused(error);
        last = error;
      }
      troubles++;
      const found = await lookUpAfterTrouble(tag, troubles);
      if (found instanceof HubError) return untold(last, found);
      if (found === 'cancelled') return afterFailure(last);
      if (found === 'gone') {
        failedInRow = 0;
        return { kind: 'removed' };
      }
      if (hasMoved(tag, found)) return { kind: 'spared' };
      if (troubles === mostTroubles) return worn(last);
    }
  }

  /** A refusal that a second try would not change. */
  function refused(error: HubError): Outcome {
    const reason = stopsRun[error.kind];
    if (reason) halt(reason, failureOf(error));
    if (error.kind === 'forbidden' && ++forbiddenInRow >= mostForbidden) halt('missingRight', failureOf(error));
    return failed(error);
  }

  /** The tag is there, and the server failed on it time after time. */
  function worn(error: HubError): Outcome {
    if (++failedInRow >= mostFailed) halt('serverTrouble', failureOf(error));
    return failed(error);
  }

  /** Neither did the delete get a clear answer, nor can the tag be looked up. */
  function untold(error: HubError, lookUp: HubError): Outcome {
    const reason = stopsRun[lookUp.kind] ?? (lookUp.unanswered ? 'offline' : undefined);
    if (reason) halt(reason, failureOf(lookUp));
    else if (++failedInRow >= mostFailed) halt('serverTrouble', failureOf(lookUp));
    return afterFailure(error);
  }

  /** A DELETE is repeated only once a look-up says that the tag is still the planned one. */
  async function lookUpAfterTrouble(tag: Tag, troubles: number): Promise<Tag | 'gone' | 'cancelled' | HubError> {
    const pause = pauseBefore(troubles, random);
    emit({ type: 'waiting', wait: { until: clock.now() + pause, why: 'backoff' } });
    try {
      await clock.sleep(pause, signal);
      return await remover.tag(repository, tag.name, admission);
    } catch (error) {
      if (!(error instanceof HubError)) return 'cancelled';
      return error.kind === 'notFound' ? 'gone' : error;
    }
  }

  /**
   * A DELETE was answered 404. That counts as *already gone* only while the repository itself is still there and the tag is not,
   * which is looked up once per streak (invariant 6).
   */
  async function gone(tag: Tag, error: HubError): Promise<Outcome> {
    goneCheck ??= checkGone(tag);
    let check: Awaited<typeof goneCheck>;
    try {
      check = await goneCheck;
    } catch {
      goneCheck = undefined;
      return failed(error);
    }
    if (check === 'gone') return { kind: 'alreadyGone' };
    if (check === 'repositoryGone') {
      halt('repositoryGone', failureOf(error));
      return failed(error);
    }
    goneCheck = undefined;
    return check.name === tag.name && hasMoved(tag, check) ? { kind: 'spared' } : failed(error);
  }

  async function checkGone(tag: Tag): Promise<'gone' | 'repositoryGone' | Tag> {
    try {
      await remover.repository(repository, admission);
    } catch (error) {
      if (error instanceof HubError && error.kind === 'notFound') return 'repositoryGone';
      throw error;
    }
    try {
      return await remover.tag(repository, tag.name, admission);
    } catch (error) {
      if (error instanceof HubError && error.kind === 'notFound') return 'gone';
      throw error;
    }
  }
}

function failed(error: HubError): Outcome {
  return { kind: 'failed', failure: failureOf(error) };
}

/** How a tag ends whose last delete failed and which nothing more was learned about. */
function afterFailure(error: HubError): Outcome {
  return { kind: error.unanswered ? 'uncertain' : 'failed', failure: failureOf(error) };
}

function failureOf({ kind, status, serverWords }: HubError): Failure {
  return { kind, ...(status !== undefined && { status }), ...(serverWords !== undefined && { words: serverWords }) };
}
