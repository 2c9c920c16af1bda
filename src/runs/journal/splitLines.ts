/**
 * The lines of a text that comes in pieces, without their ends; only a line feed ends one. (Node's `readline` also takes U+2028 and U+2029 for
 * line ends, which JSON leaves as they are inside of a text.)
 */
export async function* splitLines(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let begun = '';
  for await (const piece of pieces) {
    const lines = piece.split('\n');
    lines[0] = begun + lines[0]!;
    begun = lines.pop()!;
    yield* lines;
  }
  if (begun !== '') yield begun;
}
