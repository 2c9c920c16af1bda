import { compileGlob } from '../../retention/globs/glob.ts';

/** Which tags of a repository are shown. */
export interface TagFilter {
  /** As it was typed. */
  readonly text: string;
  /** Part of the name of each tag that matches, as a hint for the server; empty when there is none. */
  readonly literal: string;
  matches(name: string): boolean;
}

/**
 * A filter as people type it: a glob when it holds `*`, `?`, `[` or `{`, else part of the name. Case matters, as it does in tag names.
 * @throws GlobSyntaxError
 */
export function parseTagFilter(typed: string): TagFilter {
  const text = typed.trim();
  if (/[*?[{]/.test(text)) {
    const glob = compileGlob(text);
    const parts = text.replace(/\[[^\]]*\]|\{[^}]*\}/g, '*').split(/[*?]/);
    return {
      text,
      literal: parts.reduce((a, b) => (b.length > a.length ? b : a), ''),
      matches: (name) => glob.matches(name),
    };
  }
  return { text, literal: text, matches: (name) => name.includes(text) };
}
