import type { Clock } from '../../async/clock.ts';
import { HubError } from './hubError.ts';
import type { Admission, Pacer } from '../pacing/pacer.ts';
import { serverNow } from '../pacing/retryAfter.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** One request to one server, as it goes over the wire. */
export interface ExchangeRequest extends Admission {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute path with its query, or an absolute URL on the server's origin. */
  readonly target: string;
  /** Beside the user agent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Whether it carries no credentials, so that the headers of its answer tell of another allowance than the account's. */
  readonly signedOut?: boolean;
  /** What was sent and must not come back in an error. */
  readonly secrets?: readonly string[];
}

/** An answer of any status but a redirect, complete. */
export interface Answer {
  /** Method and path, without query, host or credentials. */
  readonly request: string;
  readonly status: number;
  readonly headers: Headers;
  /** In the pieces in which it came: joining the bytes of a list's pages would take as much memory again. */
  readonly body: readonly Uint8Array[];
  /** Local instant (ms) at which the headers came. */
  readonly receivedAt: number;
}

/** What an exchange is made of. */
export interface ExchangeParts {
  /** The only server that is ever asked, such as `https://hub.docker.com` (invariant 9). */
  readonly origin: string;
  /** In VS Code `globalThis.fetch`, which honours the user's proxy and certificates. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly pacer: Pacer;
  /** Sent with each request: Cloudflare refuses clients without a clear one (API-NOTES, 8). */
  readonly userAgent: string;
  /** One line a request, without credentials. */
  readonly log?: (line: string) => void;
  /** Time (ms) within which an answer has to be complete; default `requestTimeout`. */
  readonly timeout?: number;
}

/** Sends requests to one server, each once, at the pace that the server allows. */
export interface Exchange {
  /** @throws HubError `network`, `timeout`, `foreignOrigin`, or `malformed` for a redirect that is not followed and for a body too large */
  send(request: ExchangeRequest): Promise<Answer>;
  /** Server time minus local time in ms (whole seconds) as of the last answer with a date; 0 before the first. */
  readonly clockSkew: number;
}

/** By default an answer has to be complete within this time (ms) after the request was admitted (invariant 8). */
export const requestTimeout = 15_000;
const largestBody = 16 * 1024 * 1024;
const maxRedirects = 3;

/** An exchange with one server. Nothing goes to any other origin, also not by a redirect (invariant 9). */
export function createExchange(parts: ExchangeParts): Exchange {
  const { origin, clock, pacer } = parts;
  let clockSkew = 0;

  async function send(request: ExchangeRequest): Promise<Answer> {
    let url = urlOnOrigin(request.target, origin, request.method);
    const name = `${request.method} ${url.pathname}`;
    for (let redirects = 0; ; redirects++) {
      const answer = await attempt(request, url, name);
      if (!('location' in answer)) return answer;
      if (redirects === maxRedirects || !isRead(request)) {
        throw new HubError({ kind: 'malformed', request: name, status: answer.status, reason: 'redirect' });
      }
      url = urlOnOrigin(answer.location, url.href, request.method, origin);
    }
  }

  async function attempt(
    request: ExchangeRequest,
    url: URL,
    name: string,
  ): Promise<Answer | { location: string; status: number }> {
    const settle = await pacer.admit(request);
    try {
      request.signal?.throwIfAborted();
      request.beforeSend?.();
    } catch (reason) {
      settle('unsent');
      throw reason;
    }
    const startedAt = clock.now();
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), parts.timeout ?? requestTimeout);
    try {
      const response = await parts.fetch(url, {
        method: request.method,
        headers: { 'user-agent': parts.userAgent, ...request.headers },
        body: request.body,
        redirect: 'manual',
        // What changes something is awaited once it is on its way, so that its outcome is known (invariant 8).
        signal: request.signal && isRead(request) ? AbortSignal.any([timer.signal, request.signal]) : timer.signal,
      });
      const receivedAt = clock.now();
      const servedAt = serverNow(response.headers, NaN);
      if (!Number.isNaN(servedAt)) clockSkew = servedAt - receivedAt;
      settle(response, request.signedOut);
      const { status, headers } = response;
      parts.log?.(`${name} ${status} ${receivedAt - startedAt} ms`);
      if (status >= 300 && status < 400) {
        await response.body?.cancel();
        return { location: headers.get('location') ?? '', status };
      }
      return { request: name, status, headers, body: await readBody(response, name), receivedAt };
    } catch (error) {
      if (error instanceof HubError) throw error;
      if (request.signal?.aborted && isRead(request)) throw request.signal.reason;
      const kind = timer.signal.aborted ? 'timeout' : 'network';
      parts.log?.(`${name} ${kind}`);
      // A fetch that refuses a header repeats it.
      const cause = withoutSecrets(String(error), request.secrets ?? []) === String(error) ? error : undefined;
      throw new HubError({ kind, request: name, cause });
    } finally {
      clearTimeout(timeout);
      settle();
    }
  }

  return {
    send,
    get clockSkew() {
      return clockSkew;
    },
  };
}

function isRead({ method }: ExchangeRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** @throws HubError `foreignOrigin` when `target`, taken relative to `base`, leaves the origin `own` */
function urlOnOrigin(target: string, base: string, method: string, own: string = base): URL {
  const url = URL.canParse(target, base) ? new URL(target, base) : undefined;
  if (!url || url.origin !== new URL(own).origin || url.username || url.password) {
    throw new HubError({ kind: 'foreignOrigin', request: method, subject: url?.origin });
  }
  return url;
}

async function readBody(response: Response, name: string): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest of the body.
    if (size > largestBody) {
      throw new HubError({ kind: 'malformed', request: name, status: response.status, reason: 'tooLarge' });
    }
    chunks.push(chunk);
  }
  return chunks;
}
