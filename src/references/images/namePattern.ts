import { dockerHub, isOnDockerHub, parseImageName, spellingsOf, splitImageName } from './imageName.ts';

/**
 * What is known of the name of an image that is not wholly known: a reference without its tag and digest, each unknown part as `*`. Without
 * a `*`, the name is known.
 */
export type NamePattern = string;

/** The pattern of a reference in which `*` stands for each unknown part. */
export function namePatternOf(reference: string): NamePattern {
  return splitImageName(reference.replace(/^docker(?:-image)?:\/\//i, ''))
    .name.toLowerCase()
    .replace(/\*{2,}/g, '*');
}

/** The repository that a pattern names for certain; `elsewhere` when it is not on Docker Hub; undefined where that is not known. */
export function repositoryOf(
  pattern: NamePattern,
): { readonly namespace: string; readonly name: string } | 'elsewhere' | undefined {
  if (pattern.includes('*')) {
    const [host] = pattern.split('/', 1) as [string];
    // A known host before the first slash: what follows it does not matter when the host is another registry.
    const image = !host.includes('*') && host.length < pattern.length ? parseImageName(`${host}/a`) : undefined;
    return image && image.registry !== dockerHub ? 'elsewhere' : undefined;
  }
  const image = parseImageName(pattern);
  if (!image) return undefined;
  return isOnDockerHub(image) ? { namespace: image.namespace, name: image.name } : 'elsewhere';
}

/**
 * Whether a pattern may mean a repository of Docker Hub. Takes time in proportion to the length of both; for many patterns and repositories there is
 * `MeantRepositories`.
 */
export function mayMean(
  pattern: NamePattern,
  repository: { readonly namespace: string; readonly name: string },
): boolean {
  const known = pattern.includes('*') ? undefined : repositoryOf(pattern);
  const lower = { namespace: repository.namespace.toLowerCase(), name: repository.name.toLowerCase() };
  if (known !== undefined) {
    return known !== 'elsewhere' && known.namespace === lower.namespace && known.name === lower.name;
  }
  const pieces = pattern.split('*');
  return spellingsOf(lower).some((spelling) => matchesPieces(pieces, spelling));
}

/** Whether the pieces between the stars of a pattern follow each other in a text, the first at its beginning, the last at its end. Takes time in proportion to the length of both. */
export function matchesPieces(pieces: readonly string[], text: string): boolean {
  const [first, last] = [pieces[0]!, pieces.at(-1)!];
  if (pieces.length === 1) return first === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (let index = 1; index < pieces.length - 1; index++) {
    const piece = pieces[index]!;
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/**
 * What is left of a pattern behind a known beginning: the pattern matches `prefix + text` if and only if one of these patterns matches the text.
 * @param prefix without a star
 */
export function remaindersOf(pattern: NamePattern, prefix: string): NamePattern[] {
  const pieces = pattern.split('*');
  const [first] = pieces as [string, ...string[]];
  if (pieces.length === 1 || first.length >= prefix.length) {
    return pattern.startsWith(prefix) ? [pattern.slice(prefix.length)] : [];
  }
  if (!prefix.startsWith(first)) return [];
  // The last star that can be reached: what begins there matches all that anything before it matches.
  let [index, at] = [1, first.length];
  for (; index < pieces.length - 1; index++) {
    const found = prefix.indexOf(pieces[index]!, at);
    if (found < 0) break;
    at = found + pieces[index]!.length;
  }
  const [piece, rest] = [pieces[index]!, pieces.slice(index).join('*')];
  const left = [`*${rest}`];
  // The prefix may end within the piece behind that star.
  for (let length = 1; length <= Math.min(piece.length, prefix.length - at); length++) {
    if (prefix.endsWith(piece.slice(0, length))) left.push(rest.slice(length));
  }
  return left;
}
