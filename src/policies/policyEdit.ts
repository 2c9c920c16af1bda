import { createScanner, findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';

/** Where a policy is put into a text. */
export interface PolicyInsertion {
  /** The property of the outermost object that holds the list: `policies` in a file, the setting's id in the settings. */
  readonly key: string;
  /** Before which of the policies there, from 0; their number puts it behind all. */
  readonly index: number;
  /** What stands above it as a comment; nothing where it is empty. One line. */
  readonly comment: string;
}

/** How a text is written. */
export interface TextStyle {
  readonly eol: '\n' | '\r\n';
  /** One level of indentation, where the text does not show one. */
  readonly indent: string;
}

/** A text with one more policy, which begins at `offset`. */
export interface EditedText {
  readonly text: string;
  readonly offset: number;
}

/**
 * Puts a policy into a text, of which everything else stays as it is: comments, blanks and line ends. A comment behind a policy stays behind it, one
 * above it above it. A text without any value becomes a file with this policy, behind the comments that it had.
 * (`modify` of jsonc-parser formats the neighbours, and parts them from their comments.)
 * @param text JSON with comments, free of errors
 * @param data the policy as it is written
 */
export function insertPolicy(
  text: string,
  data: Readonly<Record<string, unknown>>,
  { key, index, comment }: PolicyInsertion,
  { eol, indent }: TextStyle,
): EditedText {
  const withRoot = rootOf(text) ? text : [...(text.trim() === '' ? [] : [text.trimEnd()]), '{}', ''].join(eol);
  const root = rootOf(withRoot)!;
  const style = { eol, indent: ownIndent(withRoot, root) ?? indent };
  const hasList = findNodeAtLocation(root, [key]) !== undefined;
  const withList = hasList
    ? withRoot
    : insertItem(withRoot, root, root.children?.length ?? 0, () => `${JSON.stringify(key)}: []`, style);
  const list = findNodeAtLocation(rootOf(withList)!, [key])!;
  const lead = comment === '' ? '' : `// ${comment}`;
  const edited = insertItem(
    withList,
    list,
    index,
    (indent) =>
      [...(lead ? [lead] : []), ...JSON.stringify(data, undefined, style.indent).split('\n')].join(style.eol + indent),
    style,
  );
  return { text: edited, offset: findNodeAtLocation(rootOf(edited)!, [key, index])!.offset };
}

/** Puts one more item into an object or a list, on lines of its own. @param write gives its lines, all but the first indented */
function insertItem(
  text: string,
  container: Node,
  index: number,
  write: (indent: string) => string,
  { eol, indent: level }: TextStyle,
): string {
  const items = container.children ?? [];
  const [first, before] = [items[0], items[index - 1]];
  const outer = indentOf(text, container.offset);
  // Items that stand on the line of their bracket say nothing of how lines begin.
  const indent = first && startsLine(text, first.offset) ? indentOf(text, first.offset) : outer + level;
  const isLast = index === items.length;
  const itemEnd = before ? before.offset + before.length : container.offset + 1;
  const comma = before ? commaAfter(text, itemEnd) : undefined;
  const place = endOfLineAfter(text, comma === undefined ? itemEnd : comma + 1);
  const after = text.slice(place);
  const needsComma = !isLast || comma !== undefined;
  const tail = /^[ \t]*(?:[\r\n]|$)/.test(after) ? '' : eol + (isLast ? outer : indent);
  return [
    text.slice(0, itemEnd),
    before && comma === undefined ? ',' : '',
    text.slice(itemEnd, place),
    `${eol}${indent}${write(indent)}${needsComma ? ',' : ''}${tail}`,
    tail === '' ? after : after.trimStart(),
  ].join('');
}

/** Kinds of tokens (`SyntaxKind`), whose names TypeScript gives only to whoever compiles all files at once. */
const kinds = { comma: 5, lineComment: 12, blockComment: 13, lineBreak: 14, blank: 15 };

/** Where the comma stands that follows an item; `undefined` where the next token is another one. */
function commaAfter(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  const token: number = scanner.scan();
  return token === kinds.comma ? scanner.getTokenOffset() : undefined;
}

/** The end of the comments that stand behind something on its line; directly behind it where another token follows on that line. */
function endOfLineAfter(text: string, offset: number): number {
  const scanner = createScanner(text, false);
  scanner.setPosition(offset);
  let end = offset;
  for (;;) {
    const token: number = scanner.scan();
    if (token === kinds.lineBreak) return end;
    if (token === kinds.lineComment) return scanner.getPosition();
    if (token === kinds.blockComment) end = scanner.getPosition();
    else if (token !== kinds.blank) return offset;
  }
}

function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

function startsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))![0];
}

/** One level of indentation, as the first property of the outermost object has it. */
function ownIndent(text: string, root: Node): string | undefined {
  const first = root.children?.[0];
  return first && startsLine(text, first.offset) ? indentOf(text, first.offset) || undefined : undefined;
}

function rootOf(text: string): Node | undefined {
  return parseTree(text, [], { allowTrailingComma: true, allowEmptyContent: true });
}
