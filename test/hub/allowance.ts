import type { Answer } from './answer.ts';

/** How a 429 says when to come back: `Retry-After` in one of three forms, `X-Retry-After` (until 2025-06), or not at all. */
export type RetryAfterForm = 'seconds' | 'http-date' | 'unix' | 'x-retry-after' | 'none';

/** How many requests an account (signed out: an address) may send in a window. */
export interface RateLimit {
  limit: number;
  windowSeconds: number;
  /** True: windows start at multiples of their length; false (default): at the first request. */
  alignedToClock?: boolean;
  /** Default true: `X-RateLimit-*` on every answer. */
  sendHeaders?: boolean;
}

/** What is left to one caller after a request was charged. */
export interface Charge {
  spent: boolean;
  remaining: number;
  /** Epoch milliseconds at which the window ends. */
  resetAt: number;
}

/** Counts requests per caller and window (API-NOTES section 8). Refused requests cost nothing. */
export class Allowance {
  readonly #windows = new Map<string, { used: number; resetAt: number }>();

  charge(caller: string, rule: RateLimit, now: number): Charge {
    const length = rule.windowSeconds * 1000;
    let window = this.#windows.get(caller);
    if (window === undefined || now >= window.resetAt) {
      const start = rule.alignedToClock === true ? Math.floor(now / length) * length : now;
      window = { used: 0, resetAt: start + length };
      this.#windows.set(caller, window);
    }
    const spent = window.used >= rule.limit;
    if (!spent) window.used++;
    return { spent, remaining: Math.max(0, rule.limit - window.used), resetAt: window.resetAt };
  }
}

/** The headers of every answer; a part of a second is rounded up, so that who waits for it is not early. */
export function allowanceHeaders(rule: RateLimit, charge: Charge): Record<string, string> {
  if (rule.sendHeaders === false) return {};
  return {
    'x-ratelimit-limit': String(rule.limit),
    'x-ratelimit-remaining': String(charge.remaining),
    'x-ratelimit-reset': String(Math.ceil(charge.resetAt / 1000)),
  };
}

/** 429 of a spent allowance: body as in docker/hub-tool#214, headers as in hub-feedback#2459. */
export function tooManyRequests(form: RetryAfterForm, now: number, resetAt: number): Answer {
  return {
    status: 429,
    body: { detail: 'Docker Hub API rate limit exceeded, contact support@docker.com to give us feedback' },
    headers: retryAfter(form, now, resetAt),
  };
}

function retryAfter(form: RetryAfterForm, now: number, resetAt: number): Record<string, string> {
  const resetSeconds = Math.ceil(resetAt / 1000);
  switch (form) {
    case 'seconds':
      return { 'retry-after': String(Math.max(0, Math.ceil((resetAt - now) / 1000))) };
    case 'http-date':
      return { 'retry-after': new Date(resetSeconds * 1000).toUTCString() };
    case 'unix':
      return { 'retry-after': String(resetSeconds) };
    case 'x-retry-after':
      return { 'x-retry-after': String(resetSeconds) };
    case 'none':
      return {};
  }
}
