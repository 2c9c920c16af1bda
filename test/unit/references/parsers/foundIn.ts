import { readReferences } from '../../../../src/references/reader/readReferences.ts';

/** What is found in a file, a line each: `3:12 acme/web:1.2`, then doubts as `? 4:5 unresolved acme/web:${TAG} (acme/web)`. */
export function foundIn(path: string, text: string, ...environments: readonly string[]): string[] {
  const { references, doubts } = readReferences({ path, text, environments });
  return [
    ...references.map(
      ({ line, column, image: { namespace, name, tag, digest } }) =>
        `${line}:${column} ${namespace}/${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`,
    ),
    ...doubts.map(
      ({ kind, line, column, text: written, pattern }) => `? ${line}:${column} ${kind} ${written} (${pattern ?? ''})`,
    ),
  ];
}

/** What `foundIn` finds, without the places. */
export function imagesIn(path: string, text: string, ...environments: readonly string[]): string[] {
  return foundIn(path, text, ...environments).map((line) => line.replace(/\d+:\d+ /, ''));
}

/** A digest that is one. */
export const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
