import { findNodeAtLocation, parseTree, type Node, type ParseError } from 'jsonc-parser';
import type { Findings, Position } from '../images/foundReferences.ts';
import { interpolate } from './interpolate.ts';

/** The `image` of a `devcontainer.json`, its features and those that a feature depends on, and the arguments of its build that are images; what it builds, or runs with Compose, are files of their own. */
export function readDevcontainer(text: string, findings: Findings): void {
  const source = text.replace(/^\ufeff/, ' ');
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { allowTrailingComma: true });
  const at = positions(source);
  if (errors[0]) findings.addUnreadable('not JSON', at(errors[0].offset));
  if (!root) return;
  const image = findNodeAtLocation(root, ['image']);
  // `${localEnv:TAG}` and the like: VS Code's own variables.
  if (image?.type === 'string') {
    findings.addResolved(
      interpolate(image.value as string, () => undefined).parts,
      image.value as string,
      at(image.offset),
    );
  }
  for (const property of findNodeAtLocation(root, ['build', 'args'])?.children ?? []) {
    const value = property.children?.[1];
    const text: unknown = value?.value;
    if (value && typeof text === 'string' && /^[\w.-]+\/[\w./-]+[:@]/.test(text)) {
      findings.addResolved(interpolate(text, () => undefined).parts, text, at(value.offset));
    }
  }
  // A feature names others as a development container does.
  for (const property of ['features', 'dependsOn'].flatMap((key) => findNodeAtLocation(root, [key])?.children ?? [])) {
    const [name] = property.children ?? ([] as Node[]);
    const value: unknown = name?.value;
    // A feature by its path or short name is no image.
    if (name && typeof value === 'string' && /^[^./]+[.:][^/]*\/.+/.test(value)) {
      findings.addText(value, at(name.offset));
    }
  }
}

/** Finds line and column of an offset. */
function positions(text: string): (offset: number) => Position {
  return (offset) => {
    const before = text.slice(0, offset).split(/\r\n?|\n/);
    return { line: before.length, column: before.at(-1)!.length + 1 };
  };
}
