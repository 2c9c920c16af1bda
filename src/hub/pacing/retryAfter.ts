/** No wait is longer than this (ms); a server that names a later instant is asked again then. */
export const longestWait = 60 * 60 * 1000;

/**
 * The local instant (ms) until which a 429 asks to wait, or `undefined` where it names none (API-NOTES, 8):
 * `Retry-After` as seconds, as unix time or as an HTTP date, then `X-Retry-After` (unix time), then `X-RateLimit-Reset`.
 * @param receivedAt local instant (ms) at which the headers came
 * @param offset server time minus local time (ms), by which instants of the server are moved to the local clock; by default what its `Date` says, so
 *   that a wrong local clock does no harm
 */
export function retryAt(
  headers: Headers,
  receivedAt: number,
  offset: number = serverNow(headers, receivedAt) - receivedAt,
): number | undefined {
  for (const name of ['retry-after', 'x-retry-after', 'x-ratelimit-reset']) {
    const wait = waitOf(headers.get(name), receivedAt + offset);
    if (wait !== undefined) return receivedAt + Math.min(Math.max(wait, 0), longestWait);
  }
  return undefined;
}

/** The server's idea of now (ms, whole seconds), or the local instant where it sends no readable `Date`. */
export function serverNow(headers: Headers, receivedAt: number): number {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? receivedAt : date;
}

function waitOf(value: string | null, now: number): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    // Docker Hub has sent unix times where the standard wants seconds (hub-feedback#2459).
    return number > 1e9 ? number * 1000 - now : number * 1000;
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date - now;
}
