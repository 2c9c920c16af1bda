import { encodingOf } from './isBinary.ts';

/** The text of a file in UTF-8 or UTF-16, without its byte order mark; what is no character becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}
