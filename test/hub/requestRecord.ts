import type { HubRequest } from './request.ts';
import type { Caller } from './sessions.ts';
import { callerName } from './sessions.ts';

/** What the server remembers of a request, from its arrival on; the last three fields are set when it is answered. */
export interface RequestRecord {
  /** Epoch milliseconds by the server's clock. */
  at: number;
  method: string;
  /** Path with query. */
  path: string;
  tokenKind: 'none' | 'user' | 'org' | 'invalid';
  /** Name of the user or organisation of the token, or of the credentials that the registry's token service was given. */
  account?: string;
  /** Scheme of the Authorization header, and nothing of what follows it: `Bearer`, `JWT`, `Basic`, … */
  authorization?: string;
  userAgent?: string;
  /** Body of a login request, its secrets replaced. */
  body?: unknown;
  /** 0: no answer was sent (yet). */
  status: number;
  /** From arrival to the end of the answer; 0 until then. Real time. */
  durationMs: number;
  /** What was left of the caller's allowance after this request; 0 for the registry's token service, which takes none of it. */
  remaining: number;
}

const secretFields = ['secret', 'password', 'code', 'login_2fa_token'];

/** A record of a request that has just come. */
export function recordOf(
  request: HubRequest,
  caller: Caller,
  headers: NodeJS.Dict<string | string[]>,
  at: number,
): RequestRecord {
  const account = callerName(caller);
  const { authorization } = headers;
  const userAgent = headers['user-agent'];
  return {
    at,
    method: request.method,
    path: request.path,
    tokenKind: caller.kind,
    ...(account !== undefined && { account }),
    ...(typeof authorization === 'string' && { authorization: authorization.split(' ', 1)[0] ?? '' }),
    ...(typeof userAgent === 'string' && { userAgent }),
    ...(/^\/v2\/(?:users|auth)\//.test(request.path) && { body: withoutSecrets(request.body) }),
    status: 0,
    durationMs: 0,
    remaining: 0,
  };
}

function withoutSecrets(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body === undefined ? undefined : '[secret]';
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, secretFields.includes(name) ? '[secret]' : value]),
  );
}
