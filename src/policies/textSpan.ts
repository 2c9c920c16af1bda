/** A part of a text, in UTF-16 units as strings and documents count them. */
export interface TextSpan {
  readonly offset: number;
  readonly length: number;
}

/** A place in a text, both from 0; characters are UTF-16 units. */
export interface TextPlace {
  readonly line: number;
  readonly character: number;
}

/** Tells where an offset of a text stands, with the line ends of a document of VS Code: `\n`, `\r\n` and a lone `\r`. */
export function placesIn(text: string): (offset: number) => TextPlace {
  const starts = [0];
  for (const { 0: end, index } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
  return (offset) => {
    let [line, above] = [0, starts.length];
    while (above - line > 1) {
      const middle = (line + above) >> 1;
      if (starts[middle]! <= offset) line = middle;
      else above = middle;
    }
    return { line, character: offset - starts[line]! };
  };
}
