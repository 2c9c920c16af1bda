/** So many bytes of a file tell whether it is a text. */
export const telltaleBytes = 8000;

/**
 * Whether a file is none that people write: one of its first 8,000 bytes is 0, and it doesn't begin as UTF-16 does.
 * @param bytes the file, or its first bytes; only the first 8,000 count
 */
export function isBinary(bytes: Uint8Array): boolean {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return !isUtf16 && bytes.subarray(0, telltaleBytes).includes(0);
}
