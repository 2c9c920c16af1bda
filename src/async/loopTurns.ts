/**
 * Gives pieces of work a turn of the event loop each. Answers that come together would else be worked on in one go, and whoever types in the editor
 * would wait for all of them.
 */
export class LoopTurns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn, in the order of the calls. */
  take(): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#last;
  }
}
