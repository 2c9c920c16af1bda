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

/** Where an offset stands, with the line ends of a document of VS Code: `\n`, `\r\n` and a lone `\r`. */
export function placeAt(text: string, offset: number): TextPlace {
  let line = 0;
  let lineStart = 0;
  for (const { 0: end, index } of text.matchAll(/\r\n|\r|\n/g)) {
    if (index + end.length > offset) break;
    line++;
    lineStart = index + end.length;
  }
  return { line, character: offset - lineStart };
}
