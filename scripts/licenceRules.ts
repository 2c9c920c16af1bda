/** Licences (SPDX) that ask for no more than their text to be kept. */
const permissive: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** A package that may be used to develop although its licence is not on the list. */
interface Exception {
  readonly name: RegExp;
  readonly licence: string;
  readonly reason: string;
}

const exceptions: readonly Exception[] = [
  {
    name: /^@vscode\/codicons$/,
    licence: 'CC-BY-4.0',
    reason: 'comes with @vscode-elements/elements; none of its icons is used or passed on',
  },
  {
    name: /^axe-core$/,
    licence: 'MPL-2.0',
    reason: 'checks pages in tests, is used unchanged and passed on to nobody',
  },
  {
    name: /^@vscode\/vsce-sign(-[\w-]+)?$/,
    licence: 'SEE LICENSE IN LICENSE.txt',
    reason: "Microsoft's own terms; comes with @vscode/vsce, signs nothing here and is passed on to nobody",
  },
  {
    name: /^(binaryextensions|editions|istextorbinary|textextensions|version-range)$/,
    licence: 'Artistic-2.0',
    reason: 'comes with @vscode/vsce, is used unchanged and passed on to nobody',
  },
];

/**
 * Why a package may not be used; `undefined` when it may. Exceptions hold for development only, never for what is bundled.
 * @param licence the SPDX expression that the package names
 */
export function licenceProblem(
  name: string,
  licence: string | undefined,
  use: 'bundled' | 'development',
): string | undefined {
  if (licence !== undefined && isPermissive(licence)) return undefined;
  if (
    use === 'development' &&
    exceptions.some((exception) => exception.name.test(name) && exception.licence === licence)
  ) {
    return undefined;
  }
  return `${name}: ${licence ?? 'names no licence'}`;
}

/** Whether one of the licences of an `OR`, all of an `AND`, are permissive. What is no such expression is not. */
function isPermissive(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;

  // In SPDX, AND binds more than OR.
  function either(): boolean {
    let result = both();
    while (tokens[at] === 'OR') {
      at++;
      result = both() || result;
    }
    return result;
  }

  function both(): boolean {
    let result = one();
    while (tokens[at] === 'AND') {
      at++;
      result = one() && result;
    }
    return result;
  }

  function one(): boolean {
    const token = tokens[at++];
    if (token !== '(') return token !== undefined && permissive.has(token);
    const result = either();
    return tokens[at++] === ')' && result;
  }

  return either() && at === tokens.length;
}
