import type { Clock } from './clock.ts';
import { longestWait, retryAt, serverNow } from './retryAfter.ts';

/** Who waits for an answer: a person looking at the tree (`foreground`), or a run (`background`). */
export type Lane = 'foreground' | 'background';

/** Something that a request waits for, for people to see. */
export interface Wait {
  /** Local instant (ms) at which the wait ends. */
  readonly until: number;
  /** `allowance`: the server takes no more in this window; `backoff`: the server or the network has trouble. */
  readonly why: 'allowance' | 'backoff';
}

/** What a request tells the pacer about itself. */
export interface Admission {
  readonly lane: Lane;
  /** Ends the wait; a request once admitted is not taken back by it. */
  readonly signal?: AbortSignal;
  /** Told each time this request has to wait. */
  readonly onWait?: (wait: Wait) => void;
}

interface Waiter extends Admission {
  admit(): void;
}

const firstBackoff = 2_000;
const longestBackoff = 60_000;

/**
 * Keeps one account's requests inside the server's allowance (invariant 7; API-NOTES, 8): none is admitted while
 * `X-RateLimit-Remaining` is used up or a 429 asked to wait, until the instant that the server named. Requests of the
 * foreground lane go ahead of those in the background. A 429 that names no instant is answered by growing waits.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #waiters: Record<Lane, Waiter[]> = { foreground: [], background: [] };
  #inFlight = 0;
  #heldUntil = 0;
  #remaining = Infinity;
  #resetAt = 0;
  #refusals = 0;
  #alarm: AbortController | undefined;

  /** @param random numbers in [0, 1) for the jitter of waits that the server did not set */
  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Waits until the request may be sent.
   * @returns a function to call once with the answer's headers and status, or with nothing when none came
   * @throws the signal's reason when it is aborted before that
   */
  async admit(admission: Admission): Promise<(answer?: { headers: Headers; status: number }) => void> {
    admission.signal?.throwIfAborted();
    if (this.#waiters.foreground.length + this.#waiters.background.length > 0 || this.#freeAt() > this.#clock.now()) {
      await this.#wait(admission);
    } else {
      this.#take();
    }
    let settled = false;
    return (answer) => {
      if (settled) return;
      settled = true;
      this.#inFlight--;
      if (answer) this.#learn(answer.headers, answer.status);
      this.#pump();
    };
  }

  #take(): void {
    this.#inFlight++;
    this.#remaining--;
  }

  /** The instant (ms) at which the next request may go; not later than now when it may go at once. */
  #freeAt(): number {
    if (this.#remaining <= 0 && this.#resetAt <= this.#clock.now()) this.#remaining = Infinity;
    return Math.max(this.#heldUntil, this.#remaining <= 0 ? this.#resetAt : 0);
  }

  #wait(admission: Admission): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        const queue = this.#waiters[admission.lane];
        queue.splice(queue.indexOf(waiter), 1);
        reject(admission.signal!.reason);
      };
      const waiter: Waiter = {
        ...admission,
        admit: () => {
          admission.signal?.removeEventListener('abort', onAbort);
          this.#take();
          resolve();
        },
      };
      admission.signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters[admission.lane].push(waiter);
      this.#tell(waiter);
      this.#pump();
    });
  }

  #tell(waiter: Waiter): void {
    const until = this.#freeAt();
    if (until > this.#clock.now()) waiter.onWait?.({ until, why: this.#refusals > 1 && this.#remaining > 0 ? 'backoff' : 'allowance' });
  }

  #pump(): void {
    for (;;) {
      if (this.#waiters.foreground.length + this.#waiters.background.length === 0) return;
      const wait = this.#freeAt() - this.#clock.now();
      if (wait > 0) {
        this.#setAlarm(wait);
        return;
      }
      (this.#waiters.foreground.shift() ?? this.#waiters.background.shift())!.admit();
    }
  }

  #setAlarm(wait: number): void {
    this.#alarm?.abort();
    const alarm = new AbortController();
    this.#alarm = alarm;
    this.#clock.sleep(wait, alarm.signal).then(
      () => this.#pump(),
      () => undefined,
    );
  }

  #learn(headers: Headers, status: number): void {
    const now = this.#clock.now();
    if (status === 429) {
      this.#refusals++;
      const named = retryAt(headers, now);
      this.#heldUntil = Math.max(this.#heldUntil, named !== undefined && named > now ? named : now + this.#backoff());
    } else {
      this.#refusals = 0;
    }
    const remaining = Number(headers.get('x-ratelimit-remaining') ?? NaN);
    const reset = Number(headers.get('x-ratelimit-reset') ?? NaN);
    if (Number.isNaN(remaining) || Number.isNaN(reset)) return;
    const resetAt = now + Math.min(reset * 1000 - serverNow(headers, now), longestWait);
    // Answers overtake one another: within a window only the lowest count is true, and what is in flight may not be counted in it.
    const sameWindow = Math.abs(resetAt - this.#resetAt) < 1500;
    this.#remaining = sameWindow ? Math.min(this.#remaining, remaining) : remaining - this.#inFlight;
    this.#resetAt = sameWindow ? Math.max(this.#resetAt, resetAt) : resetAt;
    for (const waiter of [...this.#waiters.foreground, ...this.#waiters.background]) this.#tell(waiter);
  }

  #backoff(): number {
    const base = Math.min(firstBackoff * 2 ** (this.#refusals - 1), longestBackoff);
    return base * (0.75 + this.#random() / 2);
  }
}
