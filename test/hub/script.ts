import type { RetryAfterForm } from './allowance.ts';
import type { HubRequest } from './request.ts';
import type { World } from './world.ts';

/** Which requests a script is about; what is left out matches all. */
export interface ScriptMatch {
  method?: string;
  /** Of path with query: a part of it, or an expression. */
  path?: RegExp | string;
  /** The tag that a one-tag path names, exactly. */
  tag?: string;
}

/** What the answer is in place of the true one, or what is done to the true one. */
export type Misbehaviour =
  /** A canned answer: an object goes out as JSON, a string as it is. */
  | { status: number; body?: unknown; headers?: Record<string, string> }
  /** The socket is cut before anything happens. */
  | { reset: true }
  /** What was asked for is done, then the socket is cut without an answer. */
  | { resetAfterEffect: true }
  /** What was asked for is done; where the true answer is a success, this one is sent instead of it. */
  | { succeedAs: { status: number; body?: unknown; headers?: Record<string, string> } }
  /** No answer until the server closes. Nothing is done. */
  | { hang: true }
  /** The true answer, its whole length announced, cut in the middle. */
  | { truncate: true }
  /** An HTML page under status 200 (hub-feedback#1903). */
  | { htmlUnder200: true }
  /** Cloudflare's 403: `error code: 1010` as text (hub-feedback#2502), or the HTML challenge page. */
  | { cloudflare: '1010' | 'challenge' }
  /** 429, to come back in `seconds`. */
  | { rateLimited: { form: RetryAfterForm; seconds: number } }
  /** 200 with JSON whose every field has a wrong type. */
  | { wrongTypes: true }
  /** The true answer at this pace. */
  | { drip: { bytesPerSecond: number } }
  /** A JSON body without end: 64 MB, then the socket is cut. */
  | { endless: true }
  /** Default status 302. */
  | { redirect: string; status?: number }
  /** The true tag list, but out of order over all its pages. */
  | { shuffled: true }
  /** Changes the world before the true answer is worked out, or after it and before it is sent. Default `before`. */
  | { mutate: (world: World, request: HubRequest) => void; when?: 'before' | 'after' }
  /** The true answer with its JSON body changed; it gets a copy. A method, so that a test may name the body's type. */
  | { transform(body: Record<string, unknown>): unknown };

/** A misbehaviour, late by `delayMs`; without one the true answer comes late. */
export type ScriptAct = { delayMs: number } | (Misbehaviour & { delayMs?: number });

/** One way in which the server misbehaves. */
export interface Script {
  /** Default: every request. */
  match?: ScriptMatch;
  /** How often it acts; default 1, `Infinity` allowed. */
  times?: number;
  /** Matching requests that pass before it acts; default 0. */
  skip?: number;
  /** Acts on each Nth of the matching requests after `skip`; default 1. */
  every?: number;
  act: ScriptAct;
}

/** What a test holds of a script. */
export interface ScriptHandle {
  /** How often it acted. */
  readonly hits: number;
  remove(): void;
}

interface Running {
  script: Script;
  seen: number;
  hits: number;
}

/** The scripts of one server, asked in the order in which they were added. */
export class Scripts {
  readonly #running = new Set<Running>();

  add(script: Script): ScriptHandle {
    const running: Running = { script, seen: 0, hits: 0 };
    this.#running.add(running);
    return {
      get hits() {
        return running.hits;
      },
      remove: () => void this.#running.delete(running),
    };
  }

  clear(): void {
    this.#running.clear();
  }

  /**
   * What to do to this request: every script whose turn it is, up to and with the first one that settles the answer.
   * Those after it count nothing.
   */
  actsOn(request: HubRequest): ScriptAct[] {
    const acts: ScriptAct[] = [];
    for (const running of this.#running) {
      const { match = {}, times = 1, skip = 0, every = 1, act } = running.script;
      if (running.hits >= times || !matches(match, request)) continue;
      const turn = running.seen++ - skip;
      if (turn < 0 || (turn + 1) % every !== 0) continue;
      running.hits++;
      acts.push(act);
      if (settlesTheAnswer(act)) break;
    }
    return acts;
  }
}

/** Whether a request, or the record of one, is what a script or a count is about. */
export function matches(
  { method, path, tag }: ScriptMatch,
  request: Pick<HubRequest, 'method' | 'path' | 'tag'>,
): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (tag !== undefined && tag !== request.tag) return false;
  if (path === undefined) return true;
  // `search` keeps no place between calls, as `test` does for an expression with the g flag.
  return typeof path === 'string' ? request.path.includes(path) : request.path.search(path) >= 0;
}

function settlesTheAnswer(act: ScriptAct): boolean {
  return !Object.keys(act).every((key) => ['delayMs', 'shuffled', 'mutate', 'when', 'transform'].includes(key));
}
