import type { HubErrorKind } from '../../../src/hub/wire/hubError.ts';
import type { RetryAfterForm } from '../../hub/allowance.ts';
import type { ScriptAct } from '../../hub/script.ts';

/** One way in which the server fails, and what a client can know of it. */
export interface Fault {
  readonly name: string;
  /** What a request that meets it ends with; for a fault under 2xx that is `malformed`. */
  readonly kind: HubErrorKind;
  /** Whether the same request may succeed later, so that it is tried again. */
  readonly passing: boolean;
  /** Whether the client cannot tell if what it asked for was done. */
  readonly inDoubt: boolean;
  readonly act: ScriptAct;
  /** What a DELETE meets instead, whose true answer has no body to be spoilt; the tag is gone then. */
  readonly lostDelete?: ScriptAct;
}

/** How a 429 says when to come back. */
const retryAfterForms: readonly RetryAfterForm[] = ['seconds', 'http-date', 'unix', 'x-retry-after'];

const message = (text: string) => ({ message: text, errinfo: {} });

function refusing(status: number, kind: HubErrorKind, text: string): Fault {
  return { name: String(status), kind, passing: false, inDoubt: false, act: { status, body: message(text) } };
}

function failing(status: number): Fault {
  return {
    name: String(status),
    kind: 'server',
    passing: true,
    inDoubt: status === 502 || status === 504,
    act: { status, body: message('try later') },
  };
}

/** Every fault of the matrix. A 204 to a DELETE that the server did not carry out is none: after the first of a run nobody could tell. */
export const faults: readonly Fault[] = [
  { name: 'reset', kind: 'network', passing: true, inDoubt: true, act: { reset: true } },
  { name: 'reset after the effect', kind: 'network', passing: true, inDoubt: true, act: { resetAfterEffect: true } },
  { name: 'hang', kind: 'timeout', passing: true, inDoubt: true, act: { hang: true } },
  {
    name: 'cut short',
    kind: 'network',
    passing: true,
    inDoubt: true,
    act: { truncate: true },
    lostDelete: { status: 200, body: { deleted: true }, truncate: true },
  },
  refusing(400, 'rejected', 'bad request'),
  refusing(401, 'unauthorized', 'unauthorized'),
  refusing(403, 'forbidden', 'access denied: insufficient scope'),
  refusing(404, 'notFound', 'object not found'),
  refusing(405, 'rejected', 'method not allowed'),
  refusing(409, 'rejected', 'conflict'),
  refusing(410, 'rejected', 'this API was retired'),
  ...retryAfterForms.map((form): Fault => ({
    name: `429 ${form}`,
    kind: 'rateLimited',
    passing: true,
    inDoubt: false,
    act: { rateLimited: { form, seconds: 30 } },
  })),
  // Without any header that names an instant; the server of `PruneStage` sends none of the allowance.
  {
    name: '429 bare',
    kind: 'rateLimited',
    passing: true,
    inDoubt: false,
    act: { status: 429, body: '429 Too Many Requests' },
  },
  failing(500),
  failing(502),
  failing(503),
  failing(504),
  { name: 'HTML under 200', kind: 'malformed', passing: false, inDoubt: true, act: { htmlUnder200: true } },
  { name: 'wrong types', kind: 'malformed', passing: false, inDoubt: true, act: { wrongTypes: true } },
  {
    name: 'empty',
    kind: 'malformed',
    passing: false,
    inDoubt: true,
    act: { status: 200 },
    lostDelete: { status: 200 },
  },
  { name: 'Cloudflare 1010', kind: 'blocked', passing: false, inDoubt: false, act: { cloudflare: '1010' } },
  { name: 'Cloudflare challenge', kind: 'blocked', passing: false, inDoubt: false, act: { cloudflare: 'challenge' } },
];

/** Successes that do nothing: to DELETEs alone, since no other request means anything by its status. */
export const faultsOfDeletes: readonly Fault[] = [200, 201, 202, 203, 206].map((status) => ({
  name: `${status} without effect`,
  kind: 'malformed',
  passing: false,
  inDoubt: true,
  act: { status },
}));

/** A sign-in after too many that failed (API-NOTES, 1): a 429 that asking again makes longer. */
export const lockedOut: Fault = {
  name: '429 of a locked account',
  kind: 'lockedOut',
  passing: false,
  inDoubt: false,
  act: { status: 429, body: { detail: 'too many failed login attempts for username or IP address' } },
};
