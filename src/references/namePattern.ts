import { dockerHub, isOnDockerHub, parseImageName, spellingsOf, splitImageName } from './imageName.ts';

/**
 * What is known of the name of an image that is not wholly known: a reference without its tag and digest, each unknown part as `*`. Without
 * a `*`, the name is known.
 */
export type NamePattern = string;

/** The pattern of a reference in which `*` stands for each unknown part. */
export function namePatternOf(reference: string): NamePattern {
  return splitImageName(reference.replace(/^docker(?:-image)?:\/\//i, '')).name.toLowerCase().replace(/\*{2,}/g, '*');
}

/** The repository that a pattern names for certain; `elsewhere` when it is not on Docker Hub; undefined where that is not known. */
export function repositoryOf(pattern: NamePattern): { readonly namespace: string; readonly name: string } | 'elsewhere' | undefined {
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

/** Whether a pattern may mean a repository of Docker Hub. Takes time in proportion to the length of both. */
export function mayMean(pattern: NamePattern, repository: { readonly namespace: string; readonly name: string }): boolean {
  const known = pattern.includes('*') ? undefined : repositoryOf(pattern);
  const lower = { namespace: repository.namespace.toLowerCase(), name: repository.name.toLowerCase() };
  if (known !== undefined) return known !== 'elsewhere' && known.namespace === lower.namespace && known.name === lower.name;
  return spellingsOf(lower).some((spelling) => matches(pattern, spelling));
}

/** Whether the pieces between the stars follow each other in the text, the first at its beginning, the last at its end. */
function matches(pattern: NamePattern, text: string): boolean {
  const pieces = pattern.split('*');
  if (pieces.length === 1) return pattern === text;
  const [first, last] = [pieces[0]!, pieces.at(-1)!];
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
