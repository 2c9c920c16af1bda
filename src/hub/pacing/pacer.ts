import type { Clock } from '../../async/clock.ts';
import { advance, afterEnd, mayGoAt, paceOf, parallelismOf, afterSend, type RequestEnd } from './pacing.ts';
import { unknownPacing, type Lane, type SentRequest } from './pacingState.ts';

export type { Lane };

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
  /** It was refused for the allowance before, so it comes before the others of its lane: who has to give up does so soon, and for all. */
  readonly again?: boolean;
  /** Told each time this request has to wait for half a second or longer. */
  readonly onWait?: (wait: Wait) => void;
  /** Called when its turn has come, right before it is sent; what it throws is thrown on, and nothing is sent. */
  readonly beforeSend?: () => void;
}

/** To be called once with what came of an admitted request; `signedOut` when it carried no token, for its headers then tell of another allowance than the account's. */
export type Settle = (end?: RequestEnd, signedOut?: boolean) => void;

interface Waiter extends Admission {
  /** The instant until which it was last reported to wait (ms); undefined before the first report. */
  lastReportedUntil?: number;
  admit(request: SentRequest): void;
}

/** Shorter waits (ms) are part of the pace and nothing to tell. */
const tellFrom = 500;

/**
 * Keeps one account's requests inside the server's allowance (invariant 7; API-NOTES, 8), and uses all of it: the queues and the alarm
 * around `pacing`, which judges. Requests of the foreground lane go ahead of those in the background.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #waiters: Record<Lane, Waiter[]> = { foreground: [], background: [] };
  #pacing = unknownPacing;
  #alarm: AbortController | undefined;
  /** Where the local clock stood last, and how far time had come by then: it never goes back, whatever the clock is set to. */
  #local: number;
  #steady: number;

  /** @param random numbers in [0, 1) for the jitter of waits that the server did not set */
  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
    this.#local = this.#steady = clock.now();
  }

  /** Requests a second that the server's allowance comes to; Infinity while none is known. */
  get pace(): number {
    return paceOf(this.#pacing);
  }

  /** How many requests in flight use the allowance at the latency that was measured: at least 2, never more than `most`. */
  parallelism(most: number): number {
    return parallelismOf(this.#pacing, most);
  }

  /**
   * Waits until the request may be sent.
   * @throws the signal's reason when it is aborted before that
   */
  async admit(admission: Admission): Promise<Settle> {
    admission.signal?.throwIfAborted();
    const request = await this.#wait(admission);
    let settled = false;
    return (end, signedOut = false) => {
      if (settled) return;
      settled = true;
      this.#pacing = afterEnd(this.#pacing, request, end, signedOut, this.#now(), this.#random());
      for (const waiter of [...this.#waiters.foreground, ...this.#waiters.background]) this.#tell(waiter);
      this.#pump();
    };
  }

  #wait(admission: Admission): Promise<SentRequest> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiters[admission.lane];
      const onAbort = () => {
        queue.splice(queue.indexOf(waiter), 1);
        this.#pump();
        reject(admission.signal!.reason);
      };
      const waiter: Waiter = {
        ...admission,
        admit: (request) => {
          admission.signal?.removeEventListener('abort', onAbort);
          resolve(request);
        },
      };
      admission.signal?.addEventListener('abort', onAbort, { once: true });
      if (admission.again) queue.unshift(waiter);
      else queue.push(waiter);
      this.#pump();
      if (queue.includes(waiter)) this.#tell(waiter);
    });
  }

  /** The instant (ms, steady) at which the next request of a lane may go. */
  #mayGoAt(lane: Lane, now: number): number {
    this.#pacing = advance(this.#pacing, now, lane);
    return mayGoAt(this.#pacing, now, lane);
  }

  #tell(waiter: Waiter): void {
    const now = this.#now();
    const at = this.#mayGoAt(waiter.lane, now);
    if (at - now < tellFrom || at === Infinity || at === waiter.lastReportedUntil) return;
    waiter.lastReportedUntil = at;
    waiter.onWait?.({
      until: this.#local + at - now,
      why: this.#pacing.backsOff && at === this.#pacing.heldUntil ? 'backoff' : 'allowance',
    });
  }

  #pump(): void {
    for (;;) {
      const now = this.#now();
      const lane = this.#waiters.foreground.length > 0 ? 'foreground' : 'background';
      if (this.#waiters[lane].length === 0) return this.#setAlarm(now, Infinity);
      const at = this.#mayGoAt(lane, now);
      if (at > now) return this.#setAlarm(now, at);
      const { pacing, request } = afterSend(this.#pacing, now, lane);
      this.#pacing = pacing;
      this.#waiters[lane].shift()!.admit(request);
    }
  }

  /** One alarm for all that wait; none with an infinite wait. */
  #setAlarm(now: number, at: number): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
    if (at === Infinity) return;
    this.#alarm = new AbortController();
    this.#clock.sleep(at - now, this.#alarm.signal).then(
      () => {
        // So much time has passed, also where the clock was set back meanwhile.
        this.#steady = Math.max(this.#now(), at);
        this.#pump();
      },
      () => undefined,
    );
  }

  #now(): number {
    const local = this.#clock.now();
    this.#steady += Math.max(local - this.#local, 0);
    this.#local = local;
    return this.#steady;
  }
}
