import { longestImageName } from '../images/imageName.ts';
import { mentionStart } from './mentionStart.ts';
import type { NamePattern } from '../images/namePattern.ts';
import { placeholderAt } from './placeholder.ts';

/** A place in a text that names an image of one of the namespaces that are looked for, or may name one. */
export interface LiteralMention {
  /** Offset of its first character: that of the registry, where one is written. */
  readonly start: number;
  /** Offset of its namespace, in the same line; mentions are found in the order of these. */
  readonly at: number;
  /** Offset behind it. */
  readonly end: number;
  /** In lower case. */
  readonly namespace: string;
  readonly meaning:
    /** A tag or a digest, or both, of a repository. */
    | { readonly kind: 'image'; readonly name: string; readonly tag?: string; readonly digest?: string }
    /** A tag, a digest or a name that the text doesn't know. */
    | { readonly kind: 'doubt'; readonly pattern: NamePattern }
    /** Neither a tag nor a digest: an image only where the file is one that names images. */
    | { readonly kind: 'bare'; readonly pattern: NamePattern };
}

/** The longest mention, with what stands before it: so much text on both sides of a namespace decides what it means. */
export const mentionReach = 4000;

const name = /[a-z0-9][\w.-]*/iy;
const knownDigest = /sha256:[0-9a-f]{64}(?![0-9a-z])|sha512:[0-9a-f]{128}(?![0-9a-z])/iy;
const cutDigest = /sha\d{3}(?::[\w.…*-]{0,200}|(?![\w:]))/iy;
/** The quotes of shells: `"acme/web":$TAG`, `acme/web:"1.2"`. */
const quotedName = /["'`]:(?:\w|["']?\$)/y;
const quotedTag = /(["'])(\w[\w.-]{0,127})\1/y;
const openQuote = /\\?["'`]/y;
const longestTag = 128;
/** What glues two texts together: of JavaScript, Lua, HCL and shells, and PHP, where a dot does. */
const glue = String.raw`\s{0,20}(?:\+(?!\+)|\.\.|<>|&(?!&)|~|\.)\s{0,20}`;
/** `"acme/" + name + ":1"`, `"acme/web" + ":" + tag`, from the closing quote on. */
const gluedColon = new RegExp(String.raw`\\?["'${'`'}]${glue}([\w.$()[\]]{1,80}${glue})?\\?["'${'`'}][:@]`, 'y');
/** `"acme/" + name`. */
const gluedName = new RegExp(String.raw`\\?["'${'`'}](?:${glue}[\w$(@]|(?=[$]))`, 'y');
/** `"acme/web:1-" + arch`; a dot only before a variable of PHP, since `"…".split` is something else. */
const gluedTag = /\\?["'`](?:\s{0,20}(?:\+(?!\+)|\.\.|<>|&(?!&)|~|\.\s{0,20}(?=\$))\s{0,20}[\w$(@]|(?=[$]))/y;

/** Looks for images of some namespaces in texts of any kind, as they are written out. Each search takes time in proportion to the text. */
export class LiteralSearch {
  readonly #namespace: RegExp | undefined;

  /** @param namespaces in lower case */
  constructor(namespaces: readonly string[]) {
    const words = namespaces.filter((namespace) => namespace !== '' && !namespace.includes('/'));
    // Longer ones first: a namespace may be the beginning of another one.
    const sorted = words
      .sort((a, b) => b.length - a.length)
      .map((word) =>
        word.replace(/[^a-z0-9]/gi, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
      );
    this.#namespace = words.length === 0 ? undefined : new RegExp(`(${sorted.join('|')})(\\\\?/|%2f)`, 'gi');
  }

  /**
   * Whether the namespaces stand in a text at all.
   * @param text may be bytes as Latin-1: names are ASCII
   */
  mayMention(text: string): boolean {
    if (!this.#namespace) return false;
    this.#namespace.lastIndex = 0;
    return this.#namespace.test(text);
  }

  /** The mentions whose namespace begins in a range of a text; what stands around the range counts. Default all of the text. */
  *mentionsIn(text: string, from = 0, to = text.length): Generator<LiteralMention> {
    if (!this.#namespace) return;
    const pattern = new RegExp(this.#namespace);
    pattern.lastIndex = from;
    for (let found = pattern.exec(text); found && found.index < to; found = pattern.exec(text)) {
      const [written, namespace, slash] = found as unknown as [string, string, string];
      // Where the slash of the name is escaped, one before it that isn't is where a pattern begins: s/acme\/web:1/acme\/web:2/.
      const isDelimited = slash.startsWith('\\') && text[found.index - 1] === '/' && text[found.index - 2] !== '\\';
      const begin = isDelimited ? { start: found.index, needsVersion: true } : mentionStart(text, found.index);
      if (!begin) continue;
      const read = readAfter(
        text,
        found.index + written.length,
        namespace.toLowerCase(),
        slash.length === 3,
        text[begin.start - 1] === '*',
      );
      for (const { meaning, end } of read) {
        if (meaning.kind === 'bare' && begin.needsVersion) continue;
        yield { start: begin.start, at: found.index, end, namespace: namespace.toLowerCase(), meaning };
      }
    }
  }
}

type Meaning = Pick<LiteralMention, 'meaning' | 'end'>;

/**
 * What follows the slash behind a namespace.
 * @param isEncoded whether the slash is written as `%2F`, so that a colon may be `%3A`
 * @param isStarred whether a star precedes the mention, so that one behind it is markup
 */
function readAfter(text: string, from: number, namespace: string, isEncoded: boolean, isStarred: boolean): Meaning[] {
  const named = readPart(text, from);
  if (named.isKnown && named.pattern === '') {
    const isGlued = matchAt(gluedColon, text, named.end);
    if (isGlued) return [{ meaning: { kind: 'doubt', pattern: `${namespace}/*` }, end: named.end + isGlued[0].length }];
    const glued = matchAt(gluedName, text, named.end);
    return glued ? [{ meaning: { kind: 'bare', pattern: `${namespace}/*` }, end: named.end + glued[0].length }] : [];
  }
  if (named.isKnown && matchAt(name, named.pattern, 0)?.[0] !== named.pattern) return [];
  // A longer path: nothing of it is on Docker Hub.
  if (
    text[named.end] === '/' ||
    (text[named.end] === '\\' && text[named.end + 1] === '/') ||
    /^%2f$/i.test(text.slice(named.end, named.end + 3))
  ) {
    return [];
  }
  const pattern = `${namespace}/${named.pattern.toLowerCase()}`;
  const version = readVersion(text, named.end, isEncoded, isStarred);
  if (version === 'elsewhere') return [];
  if (version === undefined) {
    if (named.isKnown) {
      const glued = matchAt(gluedColon, text, named.end);
      if (glued) {
        return [
          {
            meaning: { kind: 'doubt', pattern: glued[1] === undefined ? pattern : `${pattern}*` },
            end: named.end + glued[0].length,
          },
        ];
      }
      const isOpen = /[._-]$/.test(named.pattern) && matchAt(gluedName, text, named.end) !== undefined;
      const trimmed = pattern.replace(/[._-]+$/, '');
      return [
        {
          meaning: { kind: 'bare', pattern: isOpen ? `${pattern}*` : trimmed },
          end: named.end - (isOpen ? 0 : pattern.length - trimmed.length),
        },
      ];
    }
    return [{ meaning: { kind: 'bare', pattern }, end: named.end }];
  }
  if (!named.isKnown) return [{ meaning: { kind: 'doubt', pattern }, end: version.end }];
  const meanings: Meaning[] = version.versions.map(({ end, ...found }) => ({
    meaning: { kind: 'image', name: named.pattern.toLowerCase(), ...found },
    end,
  }));
  if (version.isDoubt) meanings.push({ meaning: { kind: 'doubt', pattern }, end: version.end });
  return meanings;
}

interface Version {
  readonly versions: readonly { readonly tag?: string; readonly digest?: string; readonly end: number }[];
  /** Whether another tag or digest may be meant. */
  readonly isDoubt: boolean;
  readonly end: number;
}

/** Tag and digest behind a name; undefined where neither is written, `elsewhere` where the `@` is that of another kind of thing. */
function readVersion(
  text: string,
  from: number,
  isEncoded: boolean,
  isStarred: boolean,
): Version | 'elsewhere' | undefined {
  // In shells a quote may end before the colon: "acme/web":$TAG.
  const quoted = matchAt(quotedName, text, from) ? 1 : 0;
  const colon = separatorAt(text, from + quoted, ':', isEncoded);
  if (colon < 0) {
    const sign = separatorAt(text, from, '@', isEncoded);
    if (sign < 0) return undefined;
    const digest = readDigest(text, sign);
    if (digest) {
      return {
        versions: digest.isDoubt ? [] : [{ digest: digest.digest!, end: digest.end }],
        isDoubt: digest.isDoubt,
        end: digest.end,
      };
    }
    return /[\w]/.test(text[sign] ?? '') ? 'elsewhere' : undefined;
  }
  const tag = readPart(text, colon);
  const sign = separatorAt(text, tag.end, '@', isEncoded);
  const digest = sign < 0 ? undefined : readDigest(text, sign);
  if (!tag.isKnown) {
    if (digest && !digest.isDoubt) {
      return { versions: [{ digest: digest.digest!, end: digest.end }], isDoubt: false, end: digest.end };
    }
    return { versions: [], isDoubt: true, end: digest?.end ?? tag.end };
  }
  if (tag.pattern === '') {
    const inQuotes = matchAt(quotedTag, text, colon);
    if (inQuotes) {
      return {
        versions: [{ tag: inQuotes[2]!, end: colon + inQuotes[0].length }],
        isDoubt: false,
        end: colon + inQuotes[0].length,
      };
    }
    const quote = matchAt(openQuote, text, colon);
    if (quote) return { versions: [], isDoubt: true, end: colon + quote[0].length };
    const weak = placeholderAt(text, colon);
    return weak ? { versions: [], isDoubt: true, end: weak.end } : undefined;
  }
  if (!/^\w/.test(tag.pattern)) return undefined;
  if (tag.pattern.length > longestTag) return { versions: [], isDoubt: true, end: tag.end };
  const end = digest && !digest.isDoubt ? digest.end : tag.end;
  const versions = [{ tag: tag.pattern, ...(digest && !digest.isDoubt && { digest: digest.digest! }), end }];
  // The end of a sentence, of emphasis, or of the tag.
  const trimmed = tag.pattern.replace(/[._-]+$/, '');
  if (!digest && trimmed !== tag.pattern && trimmed !== '') {
    versions.push({ tag: trimmed, end: colon + trimmed.length });
  }
  const glued = digest ? undefined : matchAt(gluedTag, text, tag.end);
  const weak = (digest ?? glued ?? (isStarred && text[tag.end] === '*')) ? undefined : placeholderAt(text, tag.end);
  return {
    versions,
    isDoubt: digest?.isDoubt === true || glued !== undefined || weak !== undefined,
    end: digest?.end ?? weak?.end ?? tag.end,
  };
}

/** A digest behind an `@`; undefined where nothing there can be one. */
function readDigest(
  text: string,
  from: number,
): { readonly digest?: string; readonly isDoubt: boolean; readonly end: number } | undefined {
  const known = matchAt(knownDigest, text, from);
  if (known) return { digest: known[0].toLowerCase(), isDoubt: false, end: from + known[0].length };
  const cut = matchAt(cutDigest, text, from);
  if (cut) return { isDoubt: true, end: placeholderAt(text, from + cut[0].length)?.end ?? from + cut[0].length };
  const placeholder = placeholderAt(text, from);
  if (placeholder) return { isDoubt: true, end: placeholder.end };
  const quote = matchAt(openQuote, text, from);
  return quote ? { isDoubt: true, end: from + quote[0].length } : undefined;
}

interface Part {
  /** As it is written, each piece that is not known as `*`. */
  readonly pattern: string;
  readonly isKnown: boolean;
  readonly end: number;
}

/** A name or a tag, with the placeholders in it. */
function readPart(text: string, from: number): Part {
  const limit = Math.min(text.length, from + longestImageName);
  let at = from;
  let pattern = '';
  let isKnown = true;
  for (;;) {
    const begin = at;
    while (at < limit && isPartCharacter(text.charCodeAt(at))) at++;
    pattern += text.slice(begin, at);
    if (at >= limit) break;
    const placeholder = placeholderAt(text, at);
    // Right behind a name or a tag, a star or a bracket is markup; behind a dash it belongs to it.
    if (!placeholder || (placeholder.isWeak && pattern !== '' && !/[._*-]$/.test(pattern))) break;
    if (placeholder.isWeak && pattern === '' && text[from - 1] !== ':' && text[from - 1] !== '/') break;
    pattern += '*';
    isKnown = false;
    at = placeholder.end;
  }
  const filled = pattern.replace(/__[A-Z0-9_]+?__/g, '*');
  return { pattern: filled.replace(/\*{2,}/g, '*'), isKnown: isKnown && filled === pattern, end: at };
}

function isPartCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 45 ||
    code === 46 ||
    code === 95
  );
}

/** Offset behind a separator, also as addresses write it; -1 where it isn't there. */
function separatorAt(text: string, at: number, separator: ':' | '@', isEncoded: boolean): number {
  if (text[at] === separator) return at + 1;
  return isEncoded && text.slice(at, at + 3).toLowerCase() === (separator === ':' ? '%3a' : '%40') ? at + 3 : -1;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
