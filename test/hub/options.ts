import type { RateLimit, RetryAfterForm } from './allowance.ts';
import type { World } from './world.ts';

/** How the server behaves. All but `port`, `world` and `now` may be changed while it runs, on `hub.options`. */
export interface HubOptions {
  /** Default 0: a free one. */
  port?: number;
  /** Default: an empty one. Give it the same `now`. */
  world?: World;
  /** Epoch milliseconds; default `Date.now`. Dates, token lives, windows and lock-outs go by it; latency does not. */
  now?: () => number;
  /** Milliseconds before each answer; default 0. */
  latencyMs?: number;
  /** Default 1,000,000 a minute, which no test spends. */
  rateLimit?: RateLimit;
  /** How a 429 says when to come back; default `seconds`. */
  retryAfter?: RetryAfterForm;
  /** Life of a token of `/v2/auth/token`; default 600. */
  tokenLifeSeconds?: number;
  /** Life of a token of `/v2/users/login` and `/v2/users/2fa-login`; default 30 days. */
  loginTokenLifeSeconds?: number;
  /** Life of a token of `/token`, the registry's token service; default 300. The registry grants a minute more. */
  registryTokenLifeSeconds?: number;
  /** Wrong secrets after which an identifier is locked; default 5. */
  loginLockAfter?: number;
  /** How long it stays locked; default 600. */
  loginLockSeconds?: number;
  /** Rows that a signed-out caller may page through; default 1,000. */
  anonymousRowCap?: number;
  /** Most rows of a page, whatever `page_size` says; default 100. A lower one is the `page_size` that was ignored for days (hub-feedback#2343). */
  largestPage?: number;
  /** How long a deleted repository stays in sight; default 0. */
  repositoryDeletionDelayMs?: number;
  /** Answer to the DELETE of an immutable tag, which Docker does not document; default 403, `tag is immutable and cannot be deleted`. */
  immutable?: { status: number; message: string };
}

/** The options with their defaults laid under. */
export type Settings = Required<Omit<HubOptions, 'port' | 'world' | 'now'>>;

/** Defaults of everything that may change while the server runs. */
export function settingsOf(options: HubOptions): Settings {
  return {
    latencyMs: options.latencyMs ?? 0,
    rateLimit: options.rateLimit ?? { limit: 1_000_000, windowSeconds: 60 },
    retryAfter: options.retryAfter ?? 'seconds',
    tokenLifeSeconds: options.tokenLifeSeconds ?? 600,
    loginTokenLifeSeconds: options.loginTokenLifeSeconds ?? 30 * 24 * 3600,
    registryTokenLifeSeconds: options.registryTokenLifeSeconds ?? 300,
    loginLockAfter: options.loginLockAfter ?? 5,
    loginLockSeconds: options.loginLockSeconds ?? 600,
    anonymousRowCap: options.anonymousRowCap ?? 1000,
    largestPage: options.largestPage ?? 100,
    repositoryDeletionDelayMs: options.repositoryDeletionDelayMs ?? 0,
    immutable: options.immutable ?? { status: 403, message: 'tag is immutable and cannot be deleted' },
  };
}
