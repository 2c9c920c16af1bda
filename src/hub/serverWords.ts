import { parseShallowJson } from './shallowJson.ts';
import { withoutSecrets } from './withoutSecrets.ts';

const longest = 300;
/** What is left of a character that was cut through. */
const half = /\p{Surrogate}$/u;

/**
 * What a server said about a failure, out of any of the body shapes of API-NOTES section 8
 * (`message`, `detail`, `text` with `fields`, registry `errors[]`, plain text); `undefined` where it said nothing readable.
 * The result is plain text (invariant 10): one line, at most 300 characters, nothing invisible.
 * @param secrets what was sent and must not come back in the words (invariant 9)
 */
export function serverWords(body: string, contentType: string, secrets: readonly string[] = []): string | undefined {
  if (/\bhtml\b/i.test(contentType) || /^\s*</.test(body)) return undefined;
  const words = jsonWords(body) ?? (/json/i.test(contentType) ? undefined : body);
  return words === undefined ? undefined : plainText(withoutSecrets(words, secrets)) || undefined;
}

/**
 * Any text from the network as one line of plain text of at most `limit` characters (default 300; invariant 10). What is cut ends in `…`. What
 * cannot be seen, or changes how the rest is read, becomes `�`: a name that holds it must not look like one that does not.
 */
export function plainText(text: string, limit: number = longest): string {
  const beginning = text.slice(0, limit * 4).replace(half, '');
  const line = beginning
    // Control characters, terminal escapes among them, line ends, and all that is as wide as a blank.
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    // Direction overrides, zero-width and other invisible characters, halves of characters, and those that every font draws its own way.
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cs}\p{Co}\u2800]+/gu, '\ufffd')
    // Marks piled up would paint over the rows above; no script has more than a few on one letter.
    .replace(/(\p{M}{4})\p{M}+/gu, '$1')
    // VS Code makes links, also to commands, of "[text](target)" in messages, and icons of "$(name)" in rows.
    .replaceAll('](', '] (')
    .replaceAll('$(', '$ (')
    .trim();
  if (line.length <= limit && beginning.length >= text.length - 1) return line;
  return `${line.slice(0, limit - 1).replace(half, '')}…`;
}

function jsonWords(body: string): string | undefined {
  const value = parseShallowJson(body);
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { message, detail, text, fields, errors } = value as Record<string, unknown>;
  if (typeof message === 'string') return message;
  if (typeof detail === 'string') return detail;
  if (typeof text === 'string') return fields ? `${text}: ${JSON.stringify(fields)}` : text;
  const first = Array.isArray(errors) ? (errors[0] as Record<string, unknown> | undefined) : undefined;
  return typeof first?.message === 'string' ? first.message : undefined;
}
