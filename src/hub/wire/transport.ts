import { createExchange, type ExchangeParts } from './exchange.ts';
import { LoopTurns } from '../../async/loopTurns.ts';
import type { Origins } from './origins.ts';
import type { Admission } from '../pacing/pacer.ts';
import { jsonOf, refusalOf, unexpectedSuccess } from './refusal.ts';

/** One request to the Hub API. */
export interface HubRequest extends Admission {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Absolute path with its query, or an absolute URL on the API's origin. */
  readonly target: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The only status that counts as a success; default any 2xx. The body of such an answer is not read, any other 2xx is in doubt. */
  readonly successStatus?: number;
  /** Bearer token; without one the request is sent signed out. */
  readonly token?: string;
  /** What of the body must not come back in the words of an error, should the server repeat it. The token never does. */
  readonly secrets?: readonly string[];
}

/** What a transport is made of. */
export interface TransportParts extends Omit<ExchangeParts, 'origin'> {
  readonly origins: Origins;
}

/** Sends one request once. */
export interface Transport {
  /** The parsed JSON of a 2xx answer, `undefined` for an empty one and for one of the `successStatus` that was asked for. @throws HubError for any other end */
  send(request: HubRequest): Promise<unknown>;
  /** Server time minus local time in ms (whole seconds) as of the last answer with a date; 0 before the first. */
  readonly clockSkew: number;
}

/** Bytes above which an answer is parsed in a turn of its own: a page of a hundred tags has some 150 kB, and takes a few milliseconds. */
const largeBody = 32 * 1024;

/** A transport to the Hub API for one account. Credentials go to the API's origin and to no other (invariant 9). */
export function createTransport({ origins, ...parts }: TransportParts): Transport {
  const exchange = createExchange({ ...parts, origin: origins.api });
  const turns = new LoopTurns();
  return {
    async send({ body, token, secrets: ofBody = [], successStatus, ...request }) {
      const secrets = token === undefined ? ofBody : [...ofBody, token];
      const headers = {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      };
      const answer = await exchange.send({
        ...request,
        headers,
        secrets,
        signedOut: token === undefined,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (answer.body.reduce((sum, { byteLength }) => sum + byteLength, 0) > largeBody) await turns.take();
      if (answer.status < 200 || answer.status >= 300) throw refusalOf(answer, secrets);
      if (successStatus === undefined) return jsonOf(answer);
      if (answer.status !== successStatus) throw unexpectedSuccess(answer, secrets);
      return undefined;
    },
    get clockSkew() {
      return exchange.clockSkew;
    },
  };
}
