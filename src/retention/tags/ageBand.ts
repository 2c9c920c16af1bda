import { AgeSyntaxError, parseAge } from './age.ts';

/** How old a tag is, in steps that get a color each. */
export type AgeBand = 'fresh' | 'aging' | 'old' | 'stale' | 'unknown';

/** Where each band begins: spans before now, in milliseconds, each longer than the one before. */
export interface AgeBands {
  readonly aging: number;
  readonly old: number;
  readonly stale: number;
}

const DEFAULTS = { aging: '30 days', old: '90 days', stale: '1 year' } as const;
/** A band has no instant of its own: measured from here, every span that can be written exactly is accepted. */
const LATEST_INSTANT = 8_640_000_000_000_000;

/** Bounds of the age bands that cannot be used. The message says in English which one and why. */
export class AgeBandsError extends Error {
  override readonly name = 'AgeBandsError';
  /** The bound at fault. */
  readonly key: keyof AgeBands;
  /** `type`: not a text; `date`: a date where a span belongs; `age`: not an age (see `cause`); `order`: not longer than the bound before. */
  readonly reason: 'type' | 'date' | 'age' | 'order';

  constructor(key: keyof AgeBands, reason: AgeBandsError['reason'], message: string, cause?: AgeSyntaxError) {
    super(`Age band "${key}": ${message}`, cause && { cause });
    this.key = key;
    this.reason = reason;
  }
}

/**
 * The band of a tag. A tag exactly at a bound belongs to the older band; a push date in the future is fresh; an unknown
 * or unreadable one is `unknown` (invariant 2).
 *
 * @param pushedAt milliseconds since the epoch
 * @param now milliseconds since the epoch
 */
export function ageBand(pushedAt: number | undefined, now: number, bands: AgeBands): AgeBand {
  if (pushedAt === undefined || !Number.isFinite(pushedAt)) return 'unknown';
  const age = now - pushedAt;
  if (age >= bands.stale) return 'stale';
  if (age >= bands.old) return 'old';
  return age >= bands.aging ? 'aging' : 'fresh';
}

/**
 * Reads the bounds of the age bands. A missing one is 30 days, 90 days or 1 year.
 *
 * @throws AgeBandsError when a bound is not a text, is a date or not an age, or when not aging < old < stale
 */
export function parseAgeBands(texts: {
  readonly aging?: unknown;
  readonly old?: unknown;
  readonly stale?: unknown;
}): AgeBands {
  const [aging, old, stale] = [
    readBound('aging', texts.aging),
    readBound('old', texts.old),
    readBound('stale', texts.stale),
  ];
  if (old <= aging) throw new AgeBandsError('old', 'order', 'It must be longer than "aging".');
  if (stale <= old) throw new AgeBandsError('stale', 'order', 'It must be longer than "old".');
  return Object.freeze({ aging, old, stale });
}

function readBound(key: keyof AgeBands, text: unknown = DEFAULTS[key]): number {
  if (typeof text !== 'string') throw new AgeBandsError(key, 'type', 'It must be a text such as 30 days.');
  try {
    const age = parseAge(text, LATEST_INSTANT);
    if (age.kind === 'span') return age.ms;
  } catch (error) {
    if (error instanceof AgeSyntaxError) throw new AgeBandsError(key, 'age', error.message, error);
    throw error;
  }
  throw new AgeBandsError(key, 'date', 'It must be a span such as 30 days, not a date.');
}
