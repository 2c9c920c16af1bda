import { parseShallowJson } from './shallowJson.ts';
import { withoutSecrets } from './withoutSecrets.ts';

const longest = 300;
/** What is left of a character that was cut through. */
const half = /\p{Surrogate}$/u;

/**
 * What a server said about a failure, out of any of the body shapes of API-NOTES section 8
 * (`message`, `detail`, `details`, each a text, a list or an object of the like; `text` with `fields`; `error`; registry `errors[]`; plain text);
 * `undefined` where it said nothing readable.
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

/** Levels and entries of lists that are looked into. */
const [deepest, maxEntries] = [4, 5];

function jsonWords(body: string): string | undefined {
  return wordsOf(parseShallowJson(body), 0);
}

function wordsOf(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { message, detail, details, text, fields, error, errors } = value as Readonly<Record<string, unknown>>;
  const said = nestedWords(message, depth) ?? nestedWords(detail, depth);
  const more = nestedWords(details, depth);
  // `details` says why, where `message` may only say that (API-NOTES, 8).
  if (said !== undefined || more !== undefined) {
    return said === undefined || more === undefined || said === more ? (said ?? more) : `${said}: ${more}`;
  }
  if (typeof text === 'string') return fields ? `${text}: ${JSON.stringify(fields)}` : text;
  return (
    nestedWords(error, depth) ?? (Array.isArray(errors) ? wordsOf(errors[0], depth + 1) : nestedWords(errors, depth))
  );
}

/** What a field says that may hold a text, an object that has one, or a list of either. */
function nestedWords(value: unknown, depth: number): string | undefined {
  if (depth === deepest) return undefined;
  if (!Array.isArray(value)) return wordsOf(value, depth + 1);
  const said = value.slice(0, maxEntries).flatMap((entry) => nestedWords(entry, depth + 1) ?? []);
  return said.length === 0 ? undefined : [...new Set(said)].join('; ');
}
