import { isOnDockerHub, parseImageName } from '../images/imageName.ts';
import { mayMean } from '../images/namePattern.ts';
import { placeholderBefore } from './placeholder.ts';

/** Where a mention of an image begins, with what stands before its namespace. */
export interface MentionStart {
  /** Offset of its first character: that of the registry, where one is written. */
  readonly start: number;
  /** Whether it is an image only with a tag or a digest: without, it is a page or a path. */
  readonly needsVersion: boolean;
}

/** No word before a namespace is looked at any further. */
const longestWord = 300;
/** Nor more parts of a path. */
const maxParts = 8;

/** What may be the address of a registry, as Docker reads it, or is not known. */
const hostLike = /[a-z0-9*]\.[a-z0-9*]|:|^localhost$|\*/i;
/** Names of what passes on the images of Docker Hub. */
const cache = /docker|hub|cache|proxy|mirror|remote|pull-?thr|upstream/i;
const cacheHost = /docker[._-]?(?:hub|io\b|remote)|cache|proxy|mirror|pull-?thr/i;
/** Registries and sites of which nothing that is unknown makes a cache of Docker Hub. */
const noCacheHost = /^(?:ghcr\.io|quay\.io|gcr\.io|(?:www\.|raw\.)?github\.com|gitlab\.com|bitbucket\.org)$/i;
const webScheme = /(?:^|[^a-z0-9+.-])(?:https?|ssh|git|git\+\w+|ftp|s?ftps?|file|s3|gs|wss?|tcp|udp|npm|jdbc)$/i;

/**
 * Tells whether a namespace that stands at an offset is one of Docker Hub, by what precedes it. In doubt it is: a registry in a variable may
 * be Docker Hub, and another registry's cache passes its images on.
 * @returns undefined where it belongs to another registry, to a path, or to a longer word
 */
export function mentionStart(text: string, at: number): MentionStart | undefined {
  const slash = slashBefore(text, at);
  return slash < 0 ? startOfWord(text, at) : startOfPath(text, at, slash);
}

/** Offset of the slash that ends at an offset, also as JSON and addresses write it; -1 where there is none. */
function slashBefore(text: string, end: number): number {
  if (text[end - 1] === '/') return text[end - 2] === '\\' ? end - 2 : end - 1;
  return /^%2f$/i.test(text.slice(Math.max(0, end - 3), end)) ? end - 3 : -1;
}

function startOfWord(text: string, at: number): MentionStart | undefined {
  const before = text[at - 1];
  // A package of npm; a variable whose name is that of the namespace.
  if (before === '@' || before === '$') return undefined;
  if (before === ':') {
    const word = /[\w.@-]*$/.exec(text.slice(Math.max(0, at - 1 - 100), at - 1))![0];
    if (word.includes('@')) return undefined;
    return { start: at, needsVersion: /\w\.[a-z]/i.test(word) };
  }
  return wordStarts(text, at).includes(at) ? { start: at, needsVersion: false } : undefined;
}

function startOfPath(text: string, at: number, slash: number): MentionStart | undefined {
  if (isRelative(text, slash)) return undefined;
  const parts: PathPart[] = [];
  let end = slash;
  for (;;) {
    const part = pathPartBefore(text, end);
    if (part.start === end) {
      // Nothing before the slash: an address, or a text that something is put before.
      if (parts.length === 0) return startOfEmptyPath(text, at, end);
      break;
    }
    parts.unshift(part);
    if (parts.length === 1) {
      const hub = meaningsOf(text, part).find(({ pattern }) => isHub(pattern));
      if (hub) return { start: hub.start, needsVersion: isOnWeb(text, hub.start) };
    }
    if (parts.length > maxParts) return undefined;
    end = slashBefore(text, part.start);
    if (end < 0) break;
  }
  const [host, ...folders] = parts as [PathPart, ...PathPart[]];
  for (const { pattern, start } of meaningsOf(text, host)) {
    const needsVersion = isOnWeb(text, start);
    if (folders.length === 0) {
      if (mayBeHub(pattern) || (hostLike.test(pattern) && cacheHost.test(pattern))) return { start, needsVersion };
      continue;
    }
    // The website of Docker Hub: hub.docker.com/r/acme/web.
    if (isHub(pattern)) return { start, needsVersion: true };
    const isCache = (folder: PathPart) =>
      cache.test(folder.pattern) || (folder.pattern === '*' && !noCacheHost.test(pattern));
    if (hostLike.test(pattern) && (cacheHost.test(pattern) || folders.some(isCache))) return { start, needsVersion };
  }
  return undefined;
}

/** Whether the path before a slash can name no registry: `src/acme/web`. Most are such, and this takes no time. */
function isRelative(text: string, slash: number): boolean {
  let parts = 1;
  for (let at = slash; at > slash - longestWord; at--) {
    const code = text.charCodeAt(at - 1);
    if (code === 47) {
      if (text[at] === '/' || ++parts > maxParts + 1) return parts > maxParts + 1;
      continue;
    }
    if (isWordCharacter(code) && code !== 46 && !(code === 95 && text[at] === '_')) continue;
    // The path begins here.
    return at < slash && (at === 0 || /[\s"'`=,([<|&;]/.test(text[at - 1]!)) && !text.startsWith('localhost', at);
  }
  return false;
}

/** `docker://acme/web`; `registry + "/acme/web:1"`; `//acme/web:1`, which is a line that was commented out. */
function startOfEmptyPath(text: string, at: number, slash: number): MentionStart | undefined {
  const before = text[slash - 1];
  if (before === '"' || before === "'" || before === '`') return { start: at, needsVersion: true };
  const first = slashBefore(text, slash);
  if (first < 0) return undefined;
  if (text[first - 1] === ':') {
    return webScheme.test(text.slice(Math.max(0, first - 21), first - 1))
      ? undefined
      : { start: at, needsVersion: false };
  }
  return first === 0 || /\s/.test(text[first - 1]!) ? { start: at, needsVersion: true } : undefined;
}

/** A part of a path, `*` for each piece that is not known. */
interface PathPart {
  readonly pattern: string;
  readonly start: number;
  readonly end: number;
  /** Where its name ends and its port begins. */
  readonly nameEnd: number;
  /** Whether all of it is written out. */
  readonly isKnown: boolean;
}

/** The part of a path that ends at an offset, as long as it may be. */
function pathPartBefore(text: string, end: number): PathPart {
  const port = isDigit(text.charCodeAt(end - 1))
    ? (/:\d{1,5}$/.exec(text.slice(Math.max(0, end - 6), end))?.[0] ?? '')
    : '';
  const isPort = port !== '' && /[\w\]}%>)]/.test(text[end - port.length - 1] ?? '');
  const floor = Math.max(0, end - longestWord);
  const nameEnd = isPort ? end - port.length : end;
  let at = nameEnd;
  let pattern = isPort ? port : '';
  let isKnown = true;
  while (at > floor) {
    const from = at;
    while (at > floor && isWordCharacter(text.charCodeAt(at - 1))) at--;
    if (at < from) {
      pattern = text.slice(at, from) + pattern;
      continue;
    }
    // Behind a name these are markup: `<code>docker.io/…`.
    if ('>])'.includes(text[at - 1]!) && at !== nameEnd) break;
    const start = placeholderBefore(text, at);
    if (start < 0) break;
    pattern = `*${pattern}`;
    isKnown = false;
    at = start;
  }
  let start = at;
  const before = text[at - 1];
  if (before === '$' || before === '%' || (before === ':' && text.slice(Math.max(0, at - 5), at) === '$env:')) {
    const variable = before === '%' ? /^[a-z]$/i.exec(pattern) : /^\w+/.exec(pattern);
    if (variable) {
      pattern = `*${pattern.slice(variable[0].length)}`;
      start = at - (before === ':' ? 5 : 1);
      isKnown = false;
    }
  }
  if (pattern.includes('__')) {
    const filled = pattern.replace(/__[A-Z0-9_]+?__/g, '*');
    isKnown &&= filled === pattern;
    pattern = filled;
  }
  return { pattern, start, end, nameEnd, isKnown };
}

/** The ways in which the first part of a path may be meant: what is glued to a name may be no part of it, as in `{docker.io/…` and `%20docker.io/…`. */
function meaningsOf(
  text: string,
  { pattern, start, end, nameEnd, isKnown }: PathPart,
): Pick<PathPart, 'pattern' | 'start'>[] {
  const words = wordStarts(text, nameEnd).map((from) => ({ pattern: text.slice(from, end), start: from }));
  return isKnown ? words : [{ pattern, start }, ...words];
}

/**
 * Offsets at which the word that ends at one may begin, the first of them first: a path's part begins with a letter or a digit, and neither
 * the `n` of `\n` nor the name in `${IMAGE-` is part of it. Empty for a word that is too long.
 */
function wordStarts(text: string, end: number): number[] {
  const floor = Math.max(0, end - longestWord);
  let start = end;
  while (start > floor && isWordCharacter(text.charCodeAt(start - 1))) start--;
  if (start === floor && floor > 0) return [];
  const before = text[start - 1];
  const first = text[start];
  // `/.acme/web` is a hidden folder.
  if (
    before === '/' ||
    (before !== undefined && !/[\s"'`\\%{$]/.test(before) && first !== '.' && first !== '-' && first !== '_')
  ) {
    return [start];
  }
  const word = text.slice(start, end);
  const starts = [start];
  const skip = (pattern: RegExp): void => {
    const skipped = pattern.exec(word);
    if (skipped) starts.push(start + skipped[0].length);
  };
  if (before === '\\') skip(/^(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[a-z0])/i);
  if (before === '%') {
    skip(/^[0-9a-f]{2}/i);
    skip(/^[a-z]/i);
  }
  if (before === '{' && text[start - 2] === '$') skip(/^\w+-/);
  if (before === '$') skip(/^\w+(?=[.-])/);
  // An option with its value: -tacme/web:1.
  if (before === undefined || /[\s"'`]/.test(before)) skip(/^-[a-z]/i);
  for (const from of [...starts]) {
    const separators = /^[._-]+/.exec(text.slice(from, end));
    if (separators) starts.push(from + separators[0].length);
  }
  return starts;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    isDigit(code) ||
    code === 45 ||
    code === 46 ||
    code === 95
  );
}

/** Whether a known address is one of Docker Hub. */
function isHub(pattern: string): boolean {
  if (pattern.includes('*') || !pattern.includes('.')) return false;
  const image = parseImageName(`${pattern}/a/a`);
  return image !== undefined && isOnDockerHub(image);
}

/** Whether an address with unknown parts may be one of Docker Hub. */
function mayBeHub(pattern: string): boolean {
  return (
    pattern.includes('*') && mayMean(`${pattern.toLowerCase().replace(/:443$/, '')}/a/a`, { namespace: 'a', name: 'a' })
  );
}

function isOnWeb(text: string, start: number): boolean {
  return (
    text.slice(Math.max(0, start - 3), start) === '://' &&
    webScheme.test(text.slice(Math.max(0, start - 23), start - 3))
  );
}
