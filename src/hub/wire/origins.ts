/** Where one account's requests may go (invariant 9). Each is a URL origin such as `https://hub.docker.com`. */
export interface Origins {
  /** The Hub API. */
  readonly api: string;
  /** The registry that holds the manifests. */
  readonly registry: string;
  /** The registry's token service. */
  readonly token: string;
}

/** A setting that should name an origin does not; the message says what to write instead. */
export class OriginError extends Error {
  override readonly name = 'OriginError';
  readonly value: string;
  readonly reason: 'notUrl' | 'notHttps' | 'notOrigin';

  constructor(value: string, reason: OriginError['reason']) {
    super(`"${value}" is not usable as a server address (${reason}).`);
    this.value = value;
    this.reason = reason;
  }
}

const dockerRegistry = 'https://registry-1.docker.io';
const dockerTokenService = 'https://auth.docker.io';

/**
 * The origins that two settings name. The token service is `auth.docker.io` for Docker's own registry, else the API's origin.
 * @throws OriginError when either is no plain `https://host[:port]`; `http` is accepted on loopback only (invariant 9).
 */
export function parseOrigins(apiUrl: string, registryUrl: string): Origins {
  const api = parseOrigin(apiUrl);
  const registry = parseOrigin(registryUrl);
  return { api, registry, token: registry === dockerRegistry ? dockerTokenService : api };
}

/** Whether both name the same servers. */
export function sameOrigins(a: Origins, b: Origins): boolean {
  return a.api === b.api && a.registry === b.registry && a.token === b.token;
}

function parseOrigin(value: string): string {
  if (!URL.canParse(value)) throw new OriginError(value, 'notUrl');
  const url = new URL(value);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new OriginError(value, 'notHttps');
  }
  if (url.username || url.password || url.search || url.hash || url.pathname !== '/') {
    throw new OriginError(value, 'notOrigin');
  }
  return url.origin;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
