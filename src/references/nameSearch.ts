import { matchesPieces, type NamePattern } from './images/namePattern.ts';
import { sliceSize, type Sliced } from '../async/sliced.ts';

/** Mark both ends of a name, so that a pattern's first and last piece are looked for there. */
const [start, end] = ['\u0000', '\u0001'];
/** How many characters of a piece of a pattern its search starts from. */
const gramLengths = [2, 3] as const;

/**
 * Names that patterns with stars are looked for in. A pattern is compared only with the names that have its rarest three characters, so that
 * thousands of names and thousands of different patterns take no time in proportion to both.
 */
export class NameSearch {
  readonly #names: readonly string[];
  readonly #known: ReadonlySet<string>;
  /** The names that have some characters in a row, by these; in ascending order. */
  readonly #byGram: ReadonlyMap<string, readonly number[]>;

  private constructor(known: ReadonlySet<string>, byGram: ReadonlyMap<string, readonly number[]>) {
    this.#names = [...known];
    this.#known = known;
    this.#byGram = byGram;
  }

  /** Makes names ready to be searched. */
  static *create(names: ReadonlySet<string>): Sliced<NameSearch> {
    const byGram = new Map<string, number[]>();
    let index = 0;
    let count = 0;
    for (const name of names) {
      const marked = `${start}${name}${end}`;
      for (const length of gramLengths) {
        for (let at = 0; at + length <= marked.length; at++) {
          const gram = marked.slice(at, at + length);
          const found = byGram.get(gram);
          if (!found) byGram.set(gram, [index]);
          else if (found.at(-1) !== index) found.push(index);
        }
      }
      index++;
      count += marked.length;
      if (count < sliceSize) continue;
      count = 0;
      yield;
    }
    return new NameSearch(names, byGram);
  }

  /** Whether a pattern matches one of the names. */
  *has(pattern: NamePattern): Sliced<boolean> {
    const pieces = pattern.split('*');
    if (pieces.length === 1) return this.#known.has(pattern);
    const candidates = this.#candidates(pieces);
    const count = candidates?.length ?? this.#names.length;
    for (let index = 0; index < count; index++) {
      if (matchesPieces(pieces, this.#names[candidates?.[index] ?? index]!)) return true;
      if ((index + 1) % sliceSize === 0) yield;
    }
    return false;
  }

  /** Numbers of the names that have the rarest characters of a pattern, among which are all that match; undefined where every name may match. */
  #candidates(pieces: readonly string[]): readonly number[] | undefined {
    let rarest: readonly number[] | undefined;
    const marked = pieces.map((piece, index) => {
      if (index === 0) return start + piece;
      return index === pieces.length - 1 ? piece + end : piece;
    });
    for (const piece of marked) {
      const length = Math.min(piece.length, gramLengths.at(-1)!);
      if (length < gramLengths[0]) continue;
      for (let at = 0; at + length <= piece.length; at++) {
        const found = this.#byGram.get(piece.slice(at, at + length));
        if (!found) return [];
        if (!rarest || found.length < rarest.length) rarest = found;
      }
    }
    return rarest;
  }
}
