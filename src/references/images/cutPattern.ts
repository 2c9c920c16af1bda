/** Longer values and patterns are not looked into. */
const longest = 200;

/**
 * The value of a variable with a part cut or replaced, as BuildKit does it: `V#pattern` and `V##pattern` cut its beginning, `V%pattern` and
 * `V%%pattern` its end, `V/pattern/other` and `V//pattern/other` replace. `*` and `?` mean what they mean in a shell.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 * @param expression what stands between the braces
 * @returns undefined for what is no such expression, or where the variable is not known
 */
export function cutPattern(expression: string, lookup: (name: string) => string | undefined): string | undefined {
  const found = /^([A-Za-z_]\w*)(##?|%%?|\/\/?)([^$]*)$/.exec(expression);
  if (!found) return undefined;
  const [, name, operator, rest] = found as unknown as [string, string, string, string];
  const value = lookup(name);
  if (value === undefined || value.length > longest || rest.length > longest) return undefined;
  const slash = operator.startsWith('/') ? rest.indexOf('/') : -1;
  const pattern = slash < 0 ? rest : rest.slice(0, slash);
  const other = slash < 0 ? '' : rest.slice(slash + 1);
  const isLongest = operator.length === 2;
  if (operator.startsWith('#')) {
    for (let step = 0; step <= value.length; step++) {
      const end = isLongest ? value.length - step : step;
      if (matches(pattern, value.slice(0, end))) return value.slice(end);
    }
    return value;
  }
  if (operator.startsWith('%')) {
    for (let step = 0; step <= value.length; step++) {
      const start = isLongest ? step : value.length - step;
      if (matches(pattern, value.slice(start))) return value.slice(0, start);
    }
    return value;
  }
  // A pattern with wildcards may fit in several ways: that is not worked out.
  if (/[*?[\\]/.test(pattern) || pattern === '') return undefined;
  return isLongest ? value.replaceAll(pattern, () => other) : value.replace(pattern, () => other);
}

/** Whether a shell's pattern fits a whole text; in time of the product of both at most. */
function matches(pattern: string, text: string): boolean {
  let [at, index, star, mark] = [0, 0, -1, 0];
  while (index < text.length) {
    if (at < pattern.length && (pattern[at] === '?' || (pattern[at] === text[index] && pattern[at] !== '*'))) {
      at++;
      index++;
    } else if (pattern[at] === '*') {
      star = at++;
      mark = index;
    } else if (star >= 0) {
      at = star + 1;
      index = ++mark;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
