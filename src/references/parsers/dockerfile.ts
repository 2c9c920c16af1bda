import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import type { Findings, Position } from '../images/foundReferences.ts';
import { interpolate, type Lookup } from './interpolate.ts';
import { withoutHeredocs } from './plainDockerfile.ts';
import { resolveText } from './resolveText.ts';
import { maskTemplate, unmasked } from './templateMask.ts';

/**
 * The images that a Dockerfile is built from: `FROM`, `COPY --from`, `RUN --mount=from=`, also behind `ONBUILD`, and the `# syntax` line.
 * Variables are filled in from the defaults of `ARG`, those before the first `FROM` as well; a stage is no image.
 * @param given values that the build gives to arguments, instead of their defaults
 */
export function readDockerfile(
  text: string,
  findings: Findings,
  firstLine = 1,
  given: ReadonlyMap<string, string> = noArguments,
): void {
  // A file that is a program begins with a line for the shell, which may stand before the line of the syntax.
  const isProgram = text.startsWith('#!');
  const escapeLine = /^(?:#[^\n]*\n){0,5}?#\s*escape\s*=\s*(\S)/i.exec(text.slice(0, 2000));
  const plain = withoutHeredocs(
    isProgram ? text.slice(text.indexOf('\n') + 1) : text.replace(/^\ufeff/, ' '),
    escapeLine?.[1] ?? '\\',
  );
  const dockerfile = DockerfileParser.parse(maskTemplate(plain.text));
  const above = firstLine - 1 + (isProgram ? 1 : 0);
  for (const { name, line } of plain.open) {
    findings.addUnreadable(`nothing ends <<${name}`, { line: line + 1 + above, column: 1 });
  }
  for (const directive of dockerfile.getDirectives()) {
    const range = directive.getValueRange();
    if (directive.getName().toLowerCase() === 'syntax' && directive.getValue()) {
      findings.addText(directive.getValue(), positionOf(range?.start, above));
    }
  }
  const global = new Map<string, string>();
  const stages = new Set<string>();
  let local = new Map<string, string>();
  let isBeforeFirst = true;
  const escape = dockerfile.getEscapeCharacter() === '\\' ? '\\$' : undefined;
  const add = (written: string | null | undefined, at: Position, lookup: Lookup): void => {
    const image = written && unmasked(written).replace(/^(["'])(.*)\1$/, '$2');
    if (!image) return;
    // Quotes may stand inside of a word as well: `${BASE:-"acme/web:1"}`.
    const parts = resolveText(image, lookup, escape, true).parts.map((part) => part?.replace(/["']/g, ''));
    const known = parts.includes(undefined) ? undefined : parts.join('');
    // Stages may be named by their number as well, and `scratch` is nothing.
    if (known !== undefined && (stages.has(known.toLowerCase()) || known === 'scratch' || /^\d*$/.test(known))) return;
    findings.addResolved(parts, image, at);
  };
  for (const instruction of dockerfile.getInstructions()) {
    const keyword = instruction.getKeyword();
    if (keyword === 'ARG') {
      const scope = isBeforeFirst ? global : local;
      for (const argument of instruction.getArguments()) {
        declare(argument.getValue(), scope, (name) => scope.get(name), given, isBeforeFirst ? undefined : global);
      }
    } else if (keyword === 'ENV') {
      for (const argument of instruction.getArguments()) {
        if (argument.getValue().includes('=')) {
          declare(argument.getValue(), local, (name) => local.get(name), noArguments);
        }
      }
    } else if (keyword === 'FROM') {
      isBeforeFirst = false;
      local = new Map();
      const words = instruction.getArguments();
      const [image, as, name] = words.filter((word) => !word.getValue().startsWith('--'));
      add(image?.getValue(), positionOf(image?.getRange().start, above), (variable) => global.get(variable));
      if (as?.getValue().toLowerCase() === 'as' && name) stages.add(name.getValue().toLowerCase());
    } else {
      const lookup = (name: string) => local.get(name);
      for (const { value, start } of fromFlags(instruction)) add(value, positionOf(start, above), lookup);
    }
  }
}

/** No build gives any. */
const noArguments: ReadonlyMap<string, string> = new Map();

interface FromFlag {
  readonly value: string;
  readonly start: Start | undefined;
}

type Start = { readonly line: number; readonly character: number };

/** The images of `COPY --from=…` and `RUN --mount=…,from=…`, also behind `ONBUILD`. */
function fromFlags(instruction: Instruction): FromFlag[] {
  const text = instruction.getTextContent();
  if (!/--(?:from|mount)=/.test(text)) return [];
  const found: FromFlag[] = [];
  // Flags stand right behind the keyword, which the parser tells only of some instructions; what they look like is the same for all.
  const words = instruction.getArguments().length > 0 ? flagsOf(instruction) : [];
  for (const { value, start } of words) {
    const from = /^--from=(.*)$/.exec(value)?.[1];
    if (from !== undefined) found.push({ value: from, start });
    const mount = /^--mount=(.*)$/.exec(value)?.[1]?.replace(/^(["'])(.*)\1$/, '$2');
    for (const option of mount?.split(',') ?? []) {
      if (option.startsWith('from=')) found.push({ value: option.slice('from='.length), start });
    }
  }
  return found;
}

interface WithFlags {
  getFlags(): { toString(): string; getRange(): { readonly start: Start } }[];
}

function flagsOf(instruction: Instruction): FromFlag[] {
  const target =
    'getTriggerInstruction' in instruction
      ? (instruction as { getTriggerInstruction(): Instruction | null }).getTriggerInstruction()
      : instruction;
  if (!target || !('getFlags' in target)) return [];
  return (target as unknown as WithFlags)
    .getFlags()
    .map((flag) => ({ value: flag.toString(), start: flag.getRange().start }));
}

/** `NAME=default`, or the `NAME` of a global ARG that a stage takes over. A default that is not wholly known is none. */
function declare(
  written: string,
  scope: Map<string, string>,
  lookup: Lookup,
  given: ReadonlyMap<string, string>,
  outer?: ReadonlyMap<string, string>,
): void {
  const equals = written.indexOf('=');
  const name = equals < 0 ? written : written.slice(0, equals);
  const value = given.get(name);
  if (value !== undefined) {
    scope.set(name, value);
    return;
  }
  if (equals < 0) {
    const value = outer?.get(name);
    if (value !== undefined) scope.set(name, value);
    else if (outer) scope.delete(name);
    return;
  }
  const { parts } = interpolate(
    written.slice(equals + 1).replace(/^(["'])(.*)\1$/, '$2'),
    (variable) => lookup(variable) ?? outer?.get(variable),
    undefined,
    0,
    true,
  );
  if (parts.includes(undefined)) scope.delete(name);
  else scope.set(name, parts.join(''));
}

function positionOf(start: Start | null | undefined, above: number): Position {
  return { line: (start?.line ?? 0) + 1 + above, column: (start?.character ?? 0) + 1 };
}
