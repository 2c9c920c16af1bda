/** So many bytes of a file tell whether it is a text. */
export const telltaleBytes = 8000;

/**
 * Whether a file is none that people write: one of its first 8,000 bytes is 0, and it doesn't begin as UTF-16 does. What isn't binary for
 * certain is a text.
 * @param bytes the file, or its first bytes; only the first 8,000 count
 */
export function isBinary(bytes: Uint8Array): boolean {
  const first = bytes.subarray(0, telltaleBytes);
  if (byteOrderMark(first) === 'utf-16le' || byteOrderMark(first) === 'utf-16be') return false;
  return first.includes(0) && utf16WithoutMark(first) === undefined;
}

/** How the bytes of a text are to be read: UTF-8, unless it begins as UTF-16 does or only every other of its first bytes is 0. */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  return byteOrderMark(bytes) ?? utf16WithoutMark(bytes.subarray(0, telltaleBytes)) ?? 'utf-8';
}

function byteOrderMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  // FF FE 00 00 would be UTF-32, which nothing writes.
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

/** UTF-16 with ASCII in it, such as spaces: the one half of each unit is 0 often, and the other hardly ever. */
function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  let [even, odd] = [0, 0];
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) {
    if (at % 2 === 0) even++;
    else odd++;
  }
  const often = Math.max(2, bytes.length / 40);
  if (odd >= often && even * 20 <= odd) return 'utf-16le';
  return even >= often && odd * 20 <= even ? 'utf-16be' : undefined;
}
