import type { Clock } from './clock.ts';
import { HubError, type HubErrorKind } from './hubError.ts';
import type { Origins } from './origins.ts';
import type { Admission, Pacer } from './pacer.ts';
import { retryAt, serverNow } from './retryAfter.ts';
import { serverWords } from './serverWords.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** One request to the Hub API. */
export interface HubRequest extends Admission {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Absolute path with its query, or an absolute URL on the API's origin. */
  readonly target: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Bearer token; without one the request is sent signed out. */
  readonly token?: string;
  /** What of the body must not come back in the words of an error, should the server repeat it. The token never does. */
  readonly secrets?: readonly string[];
}

/** What a transport is made of. */
export interface TransportParts {
  readonly origins: Origins;
  /** In VS Code `globalThis.fetch`, which honours the user's proxy and certificates. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly pacer: Pacer;
  /** Sent with each request: Cloudflare refuses clients without a clear one (API-NOTES, 8). */
  readonly userAgent: string;
  /** One line a request, without credentials. */
  readonly log?: (line: string) => void;
}

/** Sends one request once. */
export interface Transport {
  /** The parsed JSON of a 2xx answer, `undefined` for an empty one. @throws HubError for any other end */
  send(request: HubRequest): Promise<unknown>;
  /** Server time minus local time in ms (whole seconds) as of the last answer with a date; 0 before the first. */
  readonly clockSkew: number;
}

/** An answer has to be complete within this time (ms) after the request was admitted. */
export const requestTimeout = 15_000;
const largestBody = 16 * 1024 * 1024;
const mostRedirects = 3;

/** A transport for one account. Credentials go to the API's origin and to no other, also not by a redirect (invariant 9). */
export function createTransport(parts: TransportParts): Transport {
  const { origins, clock, pacer } = parts;
  let clockSkew = 0;

  async function send(request: HubRequest): Promise<unknown> {
    let url = urlOnOrigin(request.target, origins.api, request.method);
    const name = `${request.method} ${url.pathname}`;
    for (let redirects = 0; ; redirects++) {
      const answer = await attempt(request, url, name);
      if (!('location' in answer)) return answer.value;
      if (redirects === mostRedirects || request.method !== 'GET') {
        throw new HubError({ kind: 'malformed', request: name, status: answer.status, serverWords: 'redirected' });
      }
      url = urlOnOrigin(answer.location, url.href, request.method, origins.api);
    }
  }

  async function attempt(request: HubRequest, url: URL, name: string): Promise<{ value: unknown } | { location: string; status: number }> {
    const settle = await pacer.admit(request);
    try {
      request.signal?.throwIfAborted();
      request.beforeSend?.();
    } catch (reason) {
      settle('unsent');
      throw reason;
    }
    const secrets = [...(request.secrets ?? []), ...(request.token === undefined ? [] : [request.token])];
    const startedAt = clock.now();
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), requestTimeout);
    try {
      const response = await parts.fetch(url, {
        method: request.method,
        headers: headersOf(request),
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
        redirect: 'manual',
        // A DELETE that is on its way is awaited, so that its outcome is known (invariant 8).
        signal: request.signal && request.method === 'GET' ? AbortSignal.any([timer.signal, request.signal]) : timer.signal,
      });
      const receivedAt = clock.now();
      const servedAt = serverNow(response.headers, NaN);
      if (!Number.isNaN(servedAt)) clockSkew = servedAt - receivedAt;
      settle(response, request.token === undefined);
      parts.log?.(`${name} ${response.status} ${receivedAt - startedAt} ms`);
      if (response.status >= 300 && response.status < 400) {
        await response.body?.cancel();
        return { location: response.headers.get('location') ?? '', status: response.status };
      }
      const body = await readBody(response, name);
      if (!response.ok) throw refusal(response, body, name, secrets, receivedAt);
      return { value: parseBody(response, body, name) };
    } catch (error) {
      if (error instanceof HubError) throw error;
      if (request.signal?.aborted && request.method === 'GET') throw request.signal.reason;
      const kind = timer.signal.aborted ? 'timeout' : 'network';
      parts.log?.(`${name} ${kind}`);
      // A fetch that refuses a header repeats it.
      const cause = withoutSecrets(String(error), secrets) === String(error) ? error : undefined;
      throw new HubError({ kind, request: name, cause });
    } finally {
      clearTimeout(timeout);
      settle();
    }
  }

  function headersOf(request: HubRequest): Record<string, string> {
    return {
      accept: 'application/json',
      'user-agent': parts.userAgent,
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
      ...(request.token !== undefined && { authorization: `Bearer ${request.token}` }),
    };
  }

  return {
    send,
    get clockSkew() {
      return clockSkew;
    },
  };
}

/** @throws HubError `foreignOrigin` when `target`, taken relative to `base`, leaves the origin `api` */
function urlOnOrigin(target: string, base: string, method: string, api: string = base): URL {
  const url = URL.canParse(target, base) ? new URL(target, base) : undefined;
  if (!url || url.origin !== new URL(api).origin || url.username || url.password) {
    throw new HubError({ kind: 'foreignOrigin', request: method, serverWords: url?.origin });
  }
  return url;
}

async function readBody(response: Response, name: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest of the body.
    if (size > largestBody) throw new HubError({ kind: 'malformed', request: name, status: response.status, serverWords: 'answer larger than 16 MB' });
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseBody(response: Response, body: string, name: string): unknown {
  if (body.trim() === '') return undefined;
  const contentType = response.headers.get('content-type') ?? '';
  const value = /\bjson\b/i.test(contentType) ? tryJson(body) : undefined;
  if (value !== undefined) return value;
  throw new HubError({ kind: 'malformed', request: name, status: response.status, serverWords: isHtml(contentType, body) ? 'a web page instead of data' : 'no JSON' });
}

function refusal(response: Response, body: string, name: string, secrets: readonly string[], receivedAt: number): HubError {
  const { status, headers } = response;
  const contentType = headers.get('content-type') ?? '';
  const words = serverWords(body, contentType, secrets);
  return new HubError({
    kind: refusalKind(response, body, contentType, words),
    request: name,
    status,
    serverWords: words,
    retryAt: status === 429 ? retryAt(headers, receivedAt) : undefined,
    answer: tryJson(body),
  });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalKind(response: Response, body: string, contentType: string, words: string | undefined): HubErrorKind {
  const { status, headers } = response;
  if (status === 403 || status === 503) {
    // Cloudflare's own pages look like refusals of the secret and are none (hub-feedback#2502, terraform-provider-docker#144).
    if (headers.has('cf-mitigated') || /^\s*error code: \d+/.test(body) || (isHtml(contentType, body) && /just a moment|cloudflare/i.test(body))) return 'blocked';
  }
  if (status === 429) return words && /failed login/i.test(words) ? 'lockedOut' : 'rateLimited';
  if (status === 401) return 'unauthorized';
  if (status === 404) return 'notFound';
  if (status >= 500) return 'server';
  if (words && /immutable/i.test(words)) return 'immutable';
  return status === 403 ? 'forbidden' : 'rejected';
}

function isHtml(contentType: string, body: string): boolean {
  return /\bhtml\b/i.test(contentType) || /^\s*<(!doctype|html)/i.test(body);
}
