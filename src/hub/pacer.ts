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
  /** Called when its turn has come, right before it is sent; what it throws is thrown on, and nothing is sent. */
  readonly beforeSend?: () => void;
}

interface Waiter extends Admission {
  /** The instant that it was last told of. */
  told?: number;
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
  #limit = Infinity;
  /** How many more fit into the window; what is in flight is counted off already. */
  #remaining = Infinity;
  /** End of the window as the server last wrote it (unix seconds), which tells windows apart. */
  #reset = 0;
  /** The same as a local instant (ms); unknown from the end of a window until the first answer of the next. */
  #resetAt: number | undefined;
  /** Length (ms) of the server's window, as far as it has been seen. */
  #window = 0;
  #refusals = 0;
  #alarm: AbortController | undefined;

  /** @param random numbers in [0, 1) for the jitter of waits that the server did not set */
  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Requests a second that the server's allowance comes to; Infinity while none is known. */
  get pace(): number {
    return this.#window > 0 ? (1000 * this.#limit) / this.#window : Infinity;
  }

  /**
   * Waits until the request may be sent.
   * @returns a function to call once with the answer's headers and status, with nothing when none came, or with `unsent` when nothing was
   *   sent after all; `signedOut` when the request carried no token, for its headers then tell of another allowance than the account's
   * @throws the signal's reason when it is aborted before that
   */
  async admit(admission: Admission): Promise<(answer?: { headers: Headers; status: number } | 'unsent', signedOut?: boolean) => void> {
    admission.signal?.throwIfAborted();
    if (this.#waiters.foreground.length + this.#waiters.background.length > 0 || this.#freeAt() > this.#clock.now()) {
      await this.#wait(admission);
    } else {
      this.#take();
    }
    let settled = false;
    return (answer, signedOut = false) => {
      if (settled) return;
      settled = true;
      this.#inFlight--;
      if (answer === 'unsent') this.#remaining++;
      else if (answer) this.#learn(answer.headers, answer.status, signedOut);
      this.#pump();
    };
  }

  #take(): void {
    this.#inFlight++;
    this.#remaining--;
  }

  /** The instant (ms) at which the next request may go: not later than now when at once, Infinity when only an answer can tell. */
  #freeAt(): number {
    const windowOver = this.#resetAt === undefined ? this.#inFlight === 0 : this.#resetAt <= this.#clock.now();
    if (this.#remaining <= 0 && windowOver) {
      // The next window holds as much as the last, and what is still in flight may count in it. Its end comes with its first answer.
      this.#remaining = this.#limit - this.#inFlight;
      this.#resetAt = undefined;
    }
    return Math.max(this.#heldUntil, this.#remaining > 0 ? 0 : (this.#resetAt ?? Infinity));
  }

  #wait(admission: Admission): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        const queue = this.#waiters[admission.lane];
        queue.splice(queue.indexOf(waiter), 1);
        this.#pump();
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
    if (until <= this.#clock.now() || until === Infinity || until === waiter.told) return;
    waiter.told = until;
    waiter.onWait?.({ until, why: this.#refusals > 1 && this.#remaining > 0 ? 'backoff' : 'allowance' });
  }

  #pump(): void {
    for (;;) {
      const waiting = this.#waiters.foreground.length + this.#waiters.background.length > 0;
      const wait = waiting ? this.#freeAt() - this.#clock.now() : Infinity;
      if (wait > 0) {
        this.#setAlarm(wait);
        return;
      }
      (this.#waiters.foreground.shift() ?? this.#waiters.background.shift())!.admit();
    }
  }

  /** One alarm for all that wait; with an infinite wait none. */
  #setAlarm(wait: number): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
    if (wait === Infinity) return;
    this.#alarm = new AbortController();
    this.#clock.sleep(wait, this.#alarm.signal).then(
      () => this.#pump(),
      () => undefined,
    );
  }

  #learn(headers: Headers, status: number, signedOut: boolean): void {
    const now = this.#clock.now();
    if (status === 429) {
      // Further refusals of what was in flight together say nothing new.
      if (now >= this.#heldUntil) this.#refusals++;
      const named = retryAt(headers, now);
      this.#heldUntil = Math.max(this.#heldUntil, named !== undefined && named > now ? named : now + this.#backoff());
    } else {
      this.#refusals = 0;
    }
    if (!signedOut) this.#learnWindow(headers, now);
    for (const waiter of [...this.#waiters.foreground, ...this.#waiters.background]) this.#tell(waiter);
  }

  #learnWindow(headers: Headers, now: number): void {
    const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-ratelimit-${name}`) ?? NaN)) as [number, number, number];
    if (limit >= 1) this.#limit = limit;
    if (Number.isNaN(remaining) || Number.isNaN(reset)) return;
    this.#window = Math.max(this.#window, Math.min(reset * 1000 - serverNow(headers, now), longestWait));
    const resetAt = now + Math.min(reset * 1000 - serverNow(headers, now), longestWait);
    if (Math.abs(reset - this.#reset) <= 1) {
      // Late, out of a window that is over.
      if (this.#resetAt === undefined) return;
      // Answers overtake one another: within a window only the lowest count is true, and the quickest answer names the end best.
      this.#remaining = Math.min(this.#remaining, remaining);
      this.#resetAt = Math.min(this.#resetAt, resetAt);
      return;
    }
    // Late, out of the window before this one.
    if (reset < this.#reset && this.#resetAt !== undefined && this.#resetAt > now) return;
    // What is in flight may not be counted in it yet.
    this.#remaining = remaining - this.#inFlight;
    this.#reset = reset;
    this.#resetAt = resetAt;
  }

  #backoff(): number {
    const base = Math.min(firstBackoff * 2 ** (this.#refusals - 1), longestBackoff);
    return base * (0.75 + this.#random() / 2);
  }
}
