/** A request as a scripted fetch saw it. */
export interface SentRequest {
  readonly method: string;
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  /** Parsed JSON body. */
  readonly body: unknown;
  readonly signal: AbortSignal | undefined;
}

/** Answers one request; `nth` counts all requests from 1. Throwing is a failure of the network. */
export type Script = (request: SentRequest, nth: number) => Response | Promise<Response>;

/** A fetch that answers out of a script and remembers what was sent. */
export function scriptedFetch(script: Script): { readonly fetch: typeof fetch; readonly sent: SentRequest[] } {
  const sent: SentRequest[] = [];
  const answer = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const request: SentRequest = {
      method: init.method ?? 'GET',
      origin: url.origin,
      path: url.pathname + url.search,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      signal: init.signal ?? undefined,
    };
    request.signal?.throwIfAborted();
    sent.push(request);
    const aborted = new Promise<never>((_, reject) =>
      request.signal?.addEventListener('abort', () => reject(request.signal!.reason)),
    );
    return Promise.race([script(request, sent.length), aborted]);
  };
  return { fetch: answer, sent };
}

/** An answer with a JSON body. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** An answer without a body. */
export function empty(status = 204, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}

/** An answer with a body of any type. */
export function text(
  body: string,
  status: number,
  contentType: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, { status, headers: { 'content-type': contentType, ...headers } });
}

/** A JWT that expires at an instant (ms); nobody signed it. */
export function jwt(expiry: number | undefined, claims: Record<string, unknown> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ ...(expiry !== undefined && { exp: Math.floor(expiry / 1000) }), ...claims })}.c2lnbmF0dXJl`;
}

/** What a promise was rejected with; fails where it was not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`not rejected, but resolved with ${JSON.stringify(value)}`);
}
