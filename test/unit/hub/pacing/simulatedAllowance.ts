import {
  allowanceHeaders,
  Allowance,
  tooManyRequests,
  type RateLimit,
  type RetryAfterForm,
} from '../../../hub/allowance.ts';
import type { Pacer, Settle } from '../../../../src/hub/pacing/pacer.ts';
import type { Lane } from '../../../../src/hub/pacing/pacingState.ts';
import type { FakeClock } from '../../fakeClock.ts';

/** What one refusal says of when to come back. */
export interface RetryAfter {
  readonly form: RetryAfterForm;
  readonly seconds: number;
}

/** Docker Hub's allowance at a simulated time, and what became of the requests under it. */
export class SimulatedAllowance {
  /** Requests that were taken, and that were refused. */
  taken = 0;
  refused = 0;
  /** The most that were refused in one window. */
  maxRefused = 0;
  readonly #clock: FakeClock;
  readonly #allowance = new Allowance();
  readonly #rule: RateLimit;
  readonly #latency: () => number;
  readonly #retryAfter: RetryAfterForm;
  readonly #skew: number;
  readonly #misstate: (headers: Headers) => void;
  readonly #alone: ReadonlyMap<number, RetryAfter>;
  #arrived = 0;
  #window = { end: -Infinity, refused: 0 };

  /**
   * @param options.skew server time minus ours (ms)
   * @param options.latency of an answer (ms), half of it before the server hears of the request
   * @param options.misstate what makes the headers of an answer wrong
   * @param options.alone requests, counted from 0 as they arrive, that are refused whatever is left, and what their answers say of when to come back
   */
  constructor(
    clock: FakeClock,
    options: {
      rule: RateLimit;
      latency: number | (() => number);
      retryAfter?: RetryAfterForm;
      skew?: number;
      misstate?: (headers: Headers) => void;
      alone?: ReadonlyMap<number, RetryAfter>;
    },
  ) {
    const { latency } = options;
    this.#clock = clock;
    this.#rule = options.rule;
    this.#latency = typeof latency === 'number' ? () => latency : latency;
    this.#retryAfter = options.retryAfter ?? 'seconds';
    this.#skew = options.skew ?? 0;
    this.#misstate = options.misstate ?? (() => undefined);
    this.#alone = options.alone ?? new Map<number, RetryAfter>();
  }

  /** Sends one request through a pacer. @returns whether it was taken */
  async send(pacer: Pacer, lane: Lane = 'background'): Promise<boolean> {
    const settle = await pacer.admit({ lane });
    const latency = this.#latency();
    await this.#clock.sleep(latency / 2);
    const now = this.#clock.now() + this.#skew;
    const alone = this.#alone.get(this.#arrived++);
    if (alone) return this.#refuseAlone(alone, now, latency, settle);
    const charge = this.#allowance.charge('account', this.#rule, now);
    if (charge.spent) this.refused++;
    else this.taken++;
    if (charge.resetAt !== this.#window.end) this.#window = { end: charge.resetAt, refused: 0 };
    if (charge.spent) this.maxRefused = Math.max(this.maxRefused, ++this.#window.refused);
    const refusal = charge.spent ? tooManyRequests(this.#retryAfter, now, charge.resetAt).headers : {};
    await this.#clock.sleep(latency / 2);
    const headers = new Headers({
      date: new Date(this.#clock.now() + this.#skew).toUTCString(),
      ...allowanceHeaders(this.#rule, charge),
      ...refusal,
    });
    this.#misstate(headers);
    settle({ status: charge.spent ? 429 : 200, headers });
    return !charge.spent;
  }

  async #refuseAlone({ form, seconds }: RetryAfter, now: number, latency: number, settle: Settle): Promise<false> {
    this.refused++;
    const headers = new Headers(tooManyRequests(form, now, now + seconds * 1000).headers);
    await this.#clock.sleep(latency / 2);
    headers.set('date', new Date(this.#clock.now() + this.#skew).toUTCString());
    settle({ status: 429, headers });
    return false;
  }

  /** Has `count` requests taken, each again where it is refused, with as many in flight as the pacer says, at most `most`. @returns how long (ms) that took */
  async sendAll(pacer: Pacer, count: number, most = 10): Promise<number> {
    const startedAt = this.#clock.now();
    let left = count;
    let inFlight = 0;
    await new Promise<void>((resolve) => {
      const fill = () => {
        while (left > 0 && inFlight < pacer.parallelism(most)) {
          left--;
          inFlight++;
          void this.send(pacer).then((taken) => {
            inFlight--;
            if (!taken) left++;
            if (left === 0 && inFlight === 0) resolve();
            else fill();
          });
        }
      };
      fill();
    });
    return this.#clock.now() - startedAt;
  }
}
