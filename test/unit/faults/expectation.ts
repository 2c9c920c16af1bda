import type { HubErrorKind } from '../../../src/hub/wire/hubError.ts';
import type { Outcome, StopReason } from '../../../src/runs/outcome/outcome.ts';
import type { Fault } from './fault.ts';
import type { FaultyRoute } from './faultyRoute.ts';

/** Where and how often a fault comes. */
export interface Place {
  readonly pattern: 'once' | 'every tenth' | 'from now on';
  readonly position: 'first' | 'middle' | 'last';
}

/** How a prune has to end that meets a fault, derived from the invariants; `hits` are the requests that met it. */
export interface Expectation {
  /** What ends the listing; by default it is read. */
  readonly listing?: HubErrorKind;
  /** Whether it may be read all the same. */
  readonly mayBeListed?: boolean;
  /** What else may become of a tag than that it is removed; default nothing. */
  readonly ends?: readonly Outcome['kind'][];
  /** What the run or the repository stops for; default nothing. */
  readonly stop?: readonly StopReason[];
  /** Whether it may also not stop, for want of further tags. */
  readonly mayGoOn?: boolean;
  /** What the failure of stops and of failed tags is; default the fault's own kind. */
  readonly failure?: readonly HubErrorKind[];
  /** Most requests that may meet the fault, after which a further one could not help. */
  readonly maxHits: number;
}

/** Attempts at a read, at a sign-in, and at the DELETE of one tag while the server has trouble; 429s in a row that are waited for. */
const [reads, signIns, deletes, refusals] = [6, 3, 5, 20];
/** Failures in a row that stop a repository, and what else may be in flight by then. */
const [inRow, inFlight] = [3, 5];
/** Pages of a list that are asked for at a time, once the first has come. */
const listing = 8;
/** Tags that a prune of the matrix deletes. */
const planned = 12;
const any = Infinity;

/** What the invariants say of a fault on a route. */
export function expectationOf({ name }: FaultyRoute, fault: Fault, place: Place): Expectation {
  const passes = place.pattern !== 'from now on';
  const { kind } = fault;
  // A token that is refused is renewed once.
  if (kind === 'unauthorized' && name !== 'login' && passes) return { maxHits: any };
  if (fault.passing && passes) return { maxHits: any };
  switch (name) {
    case 'list': {
      const hits = kind === 'unauthorized' ? 2 : kind === 'rateLimited' ? refusals + 1 : fault.passing ? reads : 1;
      return place.position === 'first'
        ? { listing: kind, maxHits: hits }
        : {
            listing: 'incomplete',
            // A page that was not there when it was asked for ahead of its turn is asked for once more.
            mayBeListed: passes && kind === 'notFound',
            maxHits: listing * hits,
          };
    }
    case 'login': {
      const seen =
        kind === 'unauthorized' ? 'wrongSecret' : kind === 'blocked' || kind === 'lockedOut' ? kind : 'signInFailed';
      const maxHits = kind === 'rateLimited' ? refusals + 1 : fault.passing ? signIns : 1;
      if (place.position === 'first') return { listing: seen, maxHits };
      const stop =
        kind === 'blocked'
          ? 'blocked'
          : kind === 'rateLimited'
            ? 'refused'
            : fault.passing || kind === 'malformed'
              ? 'offline'
              : 'account';
      return { ends: ['failed', 'notReached'], stop: [stop], failure: [seen], maxHits };
    }
    case 'delete':
      return deleteExpectation(fault, place);
    case 'look-up':
      return readExpectation(fault, ['failed', 'notReached'], (1 + inFlight) * refusals);
    case 'read-back of the first DELETE':
      return readBackExpectation(fault);
    case 'look-up after a lost DELETE':
    case 'repository after a lost DELETE':
      return readExpectation(
        fault,
        ['failed', 'uncertain', 'notReached'],
        (1 + inFlight) * refusals,
        name === 'repository after a lost DELETE',
      );
    case "look at the list's beginning":
      // Where the list does not serve, each tag is looked up instead.
      if (kind === 'unauthorized') return { ends: ['notReached', 'failed'], stop: ['account'], maxHits: 2 };
      if (kind === 'blocked') return { ends: ['notReached', 'failed'], stop: ['blocked'], maxHits: 1 };
      if (kind === 'rateLimited') return { ends: ['notReached', 'failed'], stop: ['refused'], maxHits: refusals + 1 };
      if (kind === 'network' || kind === 'timeout') {
        return { ends: ['notReached', 'failed'], stop: ['offline'], maxHits: reads };
      }
      return { maxHits: fault.passing ? reads : 1 };
  }
}

function deleteExpectation(fault: Fault, { pattern, position }: Place): Expectation {
  const { kind, name } = fault;
  const passes = pattern !== 'from now on';
  const mayGoOn = position === 'last';
  // The look-up finds what the lost DELETE did.
  if (fault.lostDelete || name === 'reset after the effect') return { maxHits: any };
  switch (kind) {
    case 'unauthorized':
      return { ends: ['failed', 'notReached'], stop: ['account'], maxHits: 2 * (1 + inFlight) };
    case 'blocked':
      return { ends: ['failed', 'notReached'], stop: ['blocked'], maxHits: 1 + inFlight };
    case 'rateLimited':
      return { ends: ['failed', 'notReached'], stop: ['refused'], maxHits: refusals * (1 + inFlight) };
    case 'forbidden':
      if (passes) return { ends: ['failed'], maxHits: any };
      return {
        ends: ['failed', 'notReached'],
        stop: ['missingRight'],
        mayGoOn,
        maxHits: position === 'first' ? inRow : inRow + inFlight,
      };
    case 'notFound':
      // While the tag is still there, either the route is not served or the server is wrong about this tag, which then stays.
      if (passes) return { ends: ['failed'], maxHits: any };
      return {
        ends: ['failed', 'notReached'],
        stop: ['routeGone', 'serverTrouble'],
        failure: ['notFound', 'routeGone'],
        mayGoOn,
        maxHits: 2 * (inRow + inFlight),
      };
    case 'rejected':
      if (name !== '405' && name !== '410') return { ends: ['failed'], maxHits: planned };
      // The legacy route is tried where the other one is not served.
      return passes
        ? { maxHits: any }
        : {
            ends: ['failed', 'notReached'],
            stop: ['routeGone'],
            failure: ['rejected', 'routeGone'],
            maxHits: 2 * (1 + inFlight),
          };
    case 'malformed':
      // A success that does nothing, by both routes.
      if (passes) return { maxHits: any };
      return {
        ends: ['failed', 'notReached'],
        stop: ['routeGone'],
        failure: ['routeGone'],
        mayGoOn,
        maxHits: (inRow + inFlight) * deletes,
      };
    default:
      if (passes) return { maxHits: any };
      return {
        ends: fault.inDoubt ? ['failed', 'uncertain', 'notReached'] : ['failed', 'notReached'],
        stop: ['serverTrouble'],
        mayGoOn,
        maxHits: (inRow + inFlight) * deletes,
      };
  }
}

/** Of the look after a DELETE that was answered 204, which is believed (invariant 6); the next DELETEs go alone and are read back until a look succeeds. */
function readBackExpectation({ kind, passing }: Fault): Expectation {
  switch (kind) {
    case 'notFound':
      return { maxHits: 1 };
    case 'unauthorized':
      return { ends: ['notReached'], stop: ['account'], maxHits: 2 };
    case 'blocked':
      return { ends: ['notReached'], stop: ['blocked'], maxHits: 1 };
    case 'rateLimited':
      return { ends: ['notReached'], stop: ['refused'], maxHits: inRow * (refusals + 1) };
    default:
      return { maxHits: planned * (passing ? reads : 1) };
  }
}

/** Of requests that look something up for one tag. */
function readExpectation(
  { kind, passing }: Fault,
  ends: Expectation['ends'],
  maxRefused: number,
  ofRepository = false,
): Expectation {
  switch (kind) {
    case 'notFound':
      // Where the server says that it is not there, nobody can know better.
      return ofRepository
        ? { ends, stop: ['repositoryGone'], failure: ['network'], maxHits: 1 + inFlight }
        : { ends: ['alreadyGone'], maxHits: any };
    case 'unauthorized':
      return { ends, stop: ['account'], maxHits: 2 * (1 + inFlight) };
    case 'blocked':
      return { ends, stop: ['blocked'], maxHits: 1 + inFlight };
    case 'rateLimited':
      return { ends, stop: ['refused'], maxHits: maxRefused + 1 + inFlight };
    case 'network':
    case 'timeout':
      return { ends, stop: ['offline'], maxHits: reads * (1 + inFlight) };
    default:
      return {
        ends,
        stop: [kind === 'forbidden' ? 'missingRight' : 'serverTrouble'],
        mayGoOn: true,
        maxHits: (inRow + inFlight) * (passing ? reads : 1),
      };
  }
}
