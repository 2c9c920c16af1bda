import type { Clock } from '../../src/async/clock.ts';

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/** Noon of a day in January 2026, at which every fake clock starts. */
export const noon = Date.UTC(2026, 0, 15, 12);

/** Time that moves only when it is told to or, with `hurries`, as soon as everybody sleeps. */
export class FakeClock implements Clock {
  /** Length (ms) of every sleep that was asked for, in order. */
  readonly slept: number[] = [];
  readonly #hurries: boolean;
  readonly #sleepers = new Set<Sleeper>();
  #now: number;
  #jumping = false;

  constructor(options: { now?: number; hurries?: boolean } = {}) {
    this.#now = options.now ?? noon;
    this.#hurries = options.hurries ?? false;
  }

  now(): number {
    return this.#now;
  }

  /** How many sleep right now. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const end = (settle: () => void) => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const sleeper: Sleeper = { at: this.#now + Math.max(ms, 0), wake: () => end(resolve) };
      const onAbort = () => end(() => reject(signal!.reason));
      signal?.addEventListener('abort', onAbort);
      this.#sleepers.add(sleeper);
      if (this.#hurries) this.#hurry();
    });
  }

  /** Moves time on by `ms`, waking sleepers on the way at their instants. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#next(); next && next.at <= end; next = this.#next()) {
      this.#wake(next);
      await settled();
    }
    this.#now = end;
  }

  /** Sets the local clock without waking anybody. */
  set(now: number): void {
    this.#now = now;
  }

  #next(): Sleeper | undefined {
    return [...this.#sleepers].reduce<Sleeper | undefined>(
      (first, sleeper) => (first && first.at <= sleeper.at ? first : sleeper),
      undefined,
    );
  }

  #wake(sleeper: Sleeper): void {
    this.#now = Math.max(this.#now, sleeper.at);
    sleeper.wake();
  }

  #hurry(): void {
    if (this.#jumping) return;
    this.#jumping = true;
    setImmediate(() => {
      this.#jumping = false;
      const next = this.#next();
      if (!next) return;
      this.#wake(next);
      this.#hurry();
    });
  }
}

/** Resolves once everything that can go on without time passing has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
