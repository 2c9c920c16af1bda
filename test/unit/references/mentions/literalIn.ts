import type { FoundReferences } from '../../../../src/references/images/foundReferences.ts';
import { readReferences } from '../../../../src/references/reader/readReferences.ts';

/** What is found, a line each: `3:12 acme/web:1.2`, then doubts as `? 4:5 acme/web:${TAG} (acme/web)`. */
export function linesOf({ references, doubts }: FoundReferences): string[] {
  return [
    ...references.map(
      ({ line, column, image: { namespace, name, tag, digest } }) =>
        `${line}:${column} ${namespace}/${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`,
    ),
    ...doubts.map(
      ({ line, column, kind, text, pattern }) =>
        `? ${line}:${column} ${kind === 'unresolved' ? '' : `${kind} `}${text} (${pattern ?? ''})`,
    ),
  ];
}

/** What is found in a file in which images of some namespaces are looked for, as `linesOf` has it. */
export function literalIn(path: string, text: string, namespaces: readonly string[] = ['acme']): string[] {
  return linesOf(readReferences({ path, text, namespaces }));
}

/** `literalIn` without the places. */
export function literalImagesIn(path: string, text: string, namespaces: readonly string[] = ['acme']): string[] {
  return literalIn(path, text, namespaces).map((line) => line.replace(/\d+:\d+ /, ''));
}
