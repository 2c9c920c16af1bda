import assert from 'node:assert/strict';

/** A request as it left this process. */
export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

const loginPaths = ['/v2/auth/token', '/v2/users/login', '/v2/users/2fa-login'];
/** The registry's token service, on the Hub's own origin here. */
const tokenPath = '/token';

/** Everything that goes through `globalThis.fetch` from now on; what would leave this machine is refused. */
export class SentRequests {
  readonly all: SentRequest[] = [];
  /** Bearer tokens that log-in answers held. */
  readonly tokens = new Set<string>();
  /** Short-lived tokens for the registry. */
  readonly registryTokens = new Set<string>();

  constructor() {
    const fetch = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      const sent = {
        method: request.method,
        url: new URL(request.url),
        headers: request.headers,
        body: typeof init?.body === 'string' ? init.body : '',
      };
      this.all.push(sent);
      if (sent.url.hostname !== '127.0.0.1') throw new TypeError('fetch failed: tests stay on this machine');
      const response = await fetch(input, init);
      if (loginPaths.includes(sent.url.pathname)) await keepTokens(response.clone(), this.tokens);
      if (sent.url.pathname === tokenPath) await keepTokens(response.clone(), this.registryTokens);
      return response;
    };
  }

  /**
   * Checks that secrets and tokens went to `origin` only, secrets in the body of a log-in or as the credentials of the token service only, and
   * tokens in the header `Authorization` only; and that the registry got its own tokens and nothing else (invariant 9).
   * @param registry where that is another server
   */
  check(origin: string, secrets: readonly string[], registry?: string): void {
    const all = [...secrets, ...this.tokens];
    const holds = (text: string): boolean => all.some((secret) => text.includes(secret));
    for (const { method, url, headers, body } of this.all) {
      const name = `${method} ${url.pathname}`;
      assert.ok(!holds(decodeURIComponent(url.href)), `credentials in the address of ${name}`);
      assert.ok(
        !holds(body) || (url.origin === origin && loginPaths.includes(url.pathname)),
        `credentials in the body of ${name} to ${url.origin}`,
      );
      for (const [header, value] of headers) {
        assert.ok(
          !holds(value) || (header === 'authorization' && url.origin === origin),
          `credentials in the header ${header} of ${name} to ${url.origin}`,
        );
      }
      const authorization = headers.get('authorization');
      if (authorization === null) continue;
      if (url.origin === registry) {
        assert.ok(
          this.registryTokens.has(authorization.replace(/^Bearer /, '')),
          `not a token of the registry in ${name}`,
        );
      } else {
        assert.equal(url.origin, origin, 'authorization');
      }
      assert.equal(authorization.startsWith('Basic '), url.pathname === tokenPath, `credentials for ${name}`);
    }
  }
}

async function keepTokens(response: Response, tokens: Set<string>): Promise<void> {
  try {
    const { access_token, token } = (await response.json()) as { access_token?: unknown; token?: unknown };
    for (const text of [access_token, token]) if (typeof text === 'string') tokens.add(text);
  } catch {
    // Scripted answers may be anything.
  }
}
