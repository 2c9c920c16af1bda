/** Docker Hub's answers nest less than ten deep. */
const deepest = 100;

const [quote, backslash, openList, closeList, openObject, closeObject] = ['"', '\\', '[', ']', '{', '}'].map((char) =>
  char.charCodeAt(0),
) as [number, number, number, number, number, number];

/**
 * The value of a JSON text, `undefined` for what is no JSON or nests more than 100 deep: 16 MB of brackets would take ten seconds to parse, and
 * nobody could write the value out again without running out of stack.
 */
export function parseShallowJson(text: string): unknown {
  if (isDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
    } else if (code === openList || code === openObject) {
      if (++depth > deepest) return true;
    } else if (code === closeList || code === closeObject) {
      depth--;
    }
  }
  return false;
}

/** Where the string that begins at `start` has its closing quote; past the text where it has none. Most of an answer is in strings, which `indexOf` passes quickly. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === backslash) first--;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}
