import { interpolate, type Interpolated, type Lookup } from './interpolate.ts';

/** What a placeholder of a template or of a CI system may stand for. */
export interface PlaceholderValues {
  readonly values: readonly string[];
  /** Whether something else may be given where the file is used. */
  readonly isDefault: boolean;
}

/** What is known of the variables at one place, in one of the ways in which the file may be used. */
export interface Scope {
  /** `$NAME` and `${NAME}`. */
  readonly variable: Lookup;
  /** What stands between `{{` and `}}`, `$(` and `)`, `$[[` and `]]`, `<<` and `>>`. */
  readonly placeholder?: (expression: string) => PlaceholderValues | undefined;
}

/** Ways of one text that are worked out at most. */
const maxWays = 64;
/** A longer text is not looked into. */
const longest = 4000;
const placeholder =
  /\$?\{\{([\s\S]*?)\}\}|\$\[\[([^[\]]*)\]\]|\$\(([^()]*)\)|<<\s*([\w.-]+)\s*>>|\{%[\s\S]*?%\}|<%[\s\S]*?%>/g;

/** A text with its variables filled in; what stands in `{{ … }}` and `${{ … }}`, of Helm, Ansible and GitHub Actions, is not known. */
export function resolveText(
  text: string,
  lookup: Lookup,
  escape: '$$' | '\\$' | undefined,
  cutsPatterns = false,
): Interpolated {
  return resolveWays(text, { variable: lookup }, escape, cutsPatterns)[0]!;
}

/** A text with its variables filled in, in every way that a placeholder with several values allows; one at least. */
export function resolveWays(
  text: string,
  { variable, placeholder: valuesOf }: Scope,
  escape: '$$' | '\\$' | undefined,
  cutsPatterns = false,
): Interpolated[] {
  if (text.length > longest) return [{ parts: [undefined], usesDefault: false }];
  let ways: Interpolated[] = [{ parts: [], usesDefault: false }];
  const append = (parts: readonly (string | undefined)[], usesDefault: boolean): void => {
    ways = ways.map((way) => ({ parts: [...way.parts, ...parts], usesDefault: way.usesDefault || usesDefault }));
  };
  const appendPiece = (piece: string): void => {
    if (piece === '') return;
    const { parts, usesDefault } = interpolate(piece, variable, escape, 0, cutsPatterns);
    append(parts, usesDefault);
  };
  let at = 0;
  for (const found of text.matchAll(placeholder)) {
    appendPiece(text.slice(at, found.index));
    at = found.index + found[0].length;
    const expression = found[1] ?? found[2] ?? found[3] ?? found[4];
    const known = expression === undefined ? undefined : valuesOf?.(expression);
    if (!known || known.values.length === 0 || ways.length * known.values.length > maxWays) {
      append([undefined], false);
    } else {
      ways = ways.flatMap((way) =>
        known.values.map((value) => ({
          parts: [...way.parts, value],
          usesDefault: way.usesDefault || known.isDefault,
        })),
      );
    }
  }
  appendPiece(text.slice(at));
  return ways;
}
