/** Runs something again and again, but no more often than is good, see `Throttle.request`. */
export class Throttle implements Disposable {
  readonly #ms: number;
  readonly #run: () => void;
  #ranAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param ms least time between two calls of `run`, by a clock that never jumps */
  constructor(ms: number, run: () => void) {
    this.#ms = ms;
    this.#run = run;
  }

  /** Asks for a call of `run`: at once where the last one is long enough ago, else as soon as it is; one call then answers all who asked. */
  request(): void {
    if (this.#timer) return;
    const left = this.#ranAt + this.#ms - performance.now();
    if (left <= 0) this.flush();
    else this.#timer = setTimeout(() => this.flush(), left);
  }

  /** Calls `run` at once, however often that was done; for what somebody waits for. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#ranAt = performance.now();
    this.#run();
  }

  /** Nothing runs from now on but by `flush`. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
