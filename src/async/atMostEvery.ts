/** Tells something again and again, but no more often than it is good for, see `AtMostEvery.ask`. */
export class AtMostEvery implements Disposable {
  readonly #ms: number;
  readonly #tell: () => void;
  #toldAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param ms least time between two calls of `tell`, by a clock that never jumps */
  constructor(ms: number, tell: () => void) {
    this.#ms = ms;
    this.#tell = tell;
  }

  /** Asks for a call of `tell`: at once where the last one is long enough ago, else as soon as it is; one call then answers all who asked. */
  ask(): void {
    if (this.#timer) return;
    const left = this.#toldAt + this.#ms - performance.now();
    if (left <= 0) this.now();
    else this.#timer = setTimeout(() => this.now(), left);
  }

  /** Calls `tell` at once, however often that was done; for what somebody waits for. */
  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldAt = performance.now();
    this.#tell();
  }

  /** Nothing is told from now on but by `now`. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
