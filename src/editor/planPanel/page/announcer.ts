import { element } from './element.ts';

/** Least time (ms) between two announcements: a screen reader begins each anew. */
const calm = 1000;

/** Says to a screen reader what has changed, when it has time. */
export class Announcer {
  readonly element = element('div', { class: 'heard', 'aria-live': 'polite', role: 'status' });
  #next = '';
  #timer: number | undefined;
  #saidAt = -Infinity;

  /** Says a text at once or, soon after another one, in place of those that wait. */
  say(text: string): void {
    this.#next = text;
    this.#timer ??= window.setTimeout(() => this.#tell(), Math.max(0, this.#saidAt + calm - performance.now()));
  }

  #tell(): void {
    this.#timer = undefined;
    this.#saidAt = performance.now();
    this.element.textContent = this.#next;
  }
}
