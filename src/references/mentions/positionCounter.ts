import type { Position } from '../images/foundReferences.ts';

/** Tells line and column of offsets in a text that comes in pieces, in ascending order, so that no character is looked at twice. */
export class PositionCounter {
  #line = 1;
  #column = 1;
  #endsWithReturn = false;

  /** Goes on behind some more text. A line ends with LF, CR LF or CR. */
  advance(text: string): void {
    if (text === '') return;
    let from = 0;
    // The LF of a CR that came before ends no other line.
    if (this.#endsWithReturn && text.startsWith('\n')) from = 1;
    let begin = from;
    const ends = /\r\n?|\n/g;
    ends.lastIndex = from;
    for (let end = ends.exec(text); end; end = ends.exec(text)) {
      this.#line++;
      this.#column = 1;
      begin = ends.lastIndex;
    }
    this.#column += text.length - begin;
    this.#endsWithReturn = text.endsWith('\r');
  }

  /** The place that is reached. */
  get position(): Position {
    return { line: this.#line, column: this.#column };
  }
}
