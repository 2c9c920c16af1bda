import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { TextSpan } from './textSpan.ts';

/** A text longer than this is not read, in characters; some hundred policies have fewer. */
export const longestJson = 262_144;
/** Objects and lists within one another; policies need five. */
const deepest = 20;
/** Kinds of tokens (`SyntaxKind`), whose names TypeScript gives only to whoever compiles all files at once. */
const [opening, closing, end] = [new Set([1, 3]), new Set([2, 4]), 17];

/** Why a text is no JSON with comments that can be used. `code` is jsonc-parser's name of what is wrong, `key` the name that comes twice. */
export type JsonTextProblem =
  | { readonly reason: 'tooLarge' | 'tooDeep'; readonly span: TextSpan }
  | { readonly reason: 'syntax'; readonly code: string; readonly span: TextSpan }
  | { readonly reason: 'duplicateKey'; readonly key: string; readonly span: TextSpan };

/** JSON with comments, with where everything stands. */
export interface JsonText {
  /** Missing in a text without any value, and where anything is wrong. */
  readonly root?: Node;
  readonly problems: readonly JsonTextProblem[];
}

/** Reads JSON with comments and trailing commas, however hostile: what is too large or too deep is refused before it is parsed. */
export function readJsonText(text: string): JsonText {
  if (text.length > longestJson) return { problems: [{ reason: 'tooLarge', span: { offset: 0, length: 1 } }] };
  const tooDeep = deepSpan(text);
  if (tooDeep) return { problems: [{ reason: 'tooDeep', span: tooDeep }] };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const problems: JsonTextProblem[] = errors.map(({ error, offset, length }) => ({
    reason: 'syntax',
    code: printParseErrorCode(error),
    span: { offset, length },
  }));
  if (root) problems.push(...duplicates(root));
  return root && problems.length === 0 ? { root, problems } : { problems };
}

/** The first bracket that opens one level too many. The parser calls itself for each. */
function deepSpan(text: string): TextSpan | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token: number = scanner.scan(); token !== end; token = scanner.scan()) {
    if (closing.has(token)) depth--;
    else if (opening.has(token) && ++depth > deepest) return { offset: scanner.getTokenOffset(), length: 1 };
  }
  return undefined;
}

/** Of a name that comes twice in one object, JSON means the last: what was written first would be gone in silence. */
function duplicates(node: Node): JsonTextProblem[] {
  const seen = new Set<string>();
  return (node.children ?? []).flatMap((child) => {
    const name = node.type === 'object' ? child.children?.[0] : undefined;
    if (!name) return duplicates(child);
    const key = String(name.value);
    const isTwice = seen.has(key);
    seen.add(key);
    return [...(isTwice ? [{ reason: 'duplicateKey', key, span: spanOf(name) } as const] : []), ...duplicates(child)];
  });
}

/** Where a node stands. */
export function spanOf({ offset, length }: Node): TextSpan {
  return { offset, length };
}

/**
 * Where that stands which a path leads to: a value, or, with `key`, the name of a property. Where the path leads further than the text does, the
 * beginning of the last value on it, such as the brace of the object in which something is missing.
 */
export function spanAt(root: Node, path: readonly (string | number)[], part: 'key' | 'value' = 'value'): TextSpan {
  let node = root;
  let name: Node | undefined;
  for (const step of path) {
    const property =
      node.type === 'object' ? node.children?.find(({ children }) => children?.[0]?.value === step) : undefined;
    const child = node.type === 'array' && typeof step === 'number' ? node.children?.[step] : property?.children?.[1];
    if (!child) return { offset: node.offset, length: 1 };
    name = property?.children?.[0];
    node = child;
  }
  return spanOf(part === 'key' && name ? name : node);
}
