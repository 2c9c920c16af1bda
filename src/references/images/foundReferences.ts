import { cachedImage } from './cachedImage.ts';
import { isOnDockerHub, longestImageName, parseImageName, type ImageName } from './imageName.ts';
import { namePatternOf, repositoryOf, type NamePattern } from './namePattern.ts';

/** A place in a file, both counted from 1; the column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A reference to an image of Docker Hub. */
export interface ImageReference extends Position {
  readonly image: ImageName;
}

/**
 * Something that may be a reference and is not understood, so that it protects nothing: `unresolved` has parts that the file does not
 * tell; `overridable` has a default, which is a reference of its own, that the environment may replace; `unreadable` is a file, or part of
 * one, that cannot be parsed.
 */
export interface Doubt extends Position {
  readonly kind: 'unresolved' | 'overridable' | 'unreadable';
  /** As it is written, at most 200 characters; of an unreadable file what the parser said. */
  readonly text: string;
  /** What is known of the image's name; missing where nothing is. */
  readonly pattern?: NamePattern;
}

/**
 * A tag or a digest whose repository stands in another file: `image: {tag: 1.8.2}` in the values of one environment. Where no file of the
 * workspace names a repository at the same keys, it is a doubt.
 */
export interface LoneTag extends Position {
  /** The keys that lead to the image, from the outermost, joined by dots; empty at the top of the file. */
  readonly keys: string;
  readonly tag?: string;
  readonly digest?: string;
  /** As it is written, at most 200 characters. */
  readonly text: string;
}

/** A repository of Docker Hub that a values file names at some keys, whether a tag stands beside it or not. */
export interface ValuesRepository {
  /** As in `LoneTag`. */
  readonly keys: string;
  readonly namespace: string;
  readonly name: string;
}

/** What was found in one file. */
export interface FoundReferences {
  readonly references: readonly ImageReference[];
  readonly doubts: readonly Doubt[];
  /** Default none. */
  readonly loneTags?: readonly LoneTag[];
  /** Default none. */
  readonly repositories?: readonly ValuesRepository[];
}

/** A text in its parts, in order; `undefined` for each that is not known. */
export type Resolved = readonly (string | undefined)[];

/** So many references and doubts of one file are kept at most; that there are more is a doubt as well. */
export const maxFindings = 10_000;
/** What the doubt says that there are more. */
export const tooManyText = `more than ${maxFindings} references`;
const longestText = 200;

/** Collects what one file refers to. What is not on Docker Hub is left out. */
export class Findings {
  readonly #references: ImageReference[] = [];
  readonly #doubts: Doubt[] = [];
  readonly #loneTags: LoneTag[] = [];
  readonly #repositories = new Map<string, ValuesRepository>();
  readonly #seen = new Set<string>();
  readonly #strict: boolean;
  #isFull = false;

  /**
   * @param strict whether everything here that should be an image is one: then what is no image's name is a doubt. False: only what names a
   * repository, or has a part that is filled in elsewhere, is one
   */
  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /** A reference whose parts may not all be known. @param written as it stands in the file */
  addResolved(parts: Resolved, written: string, at: Position): void {
    const text = parts
      .map((part) => part ?? '*')
      .join('')
      .trim();
    if (text === '') return;
    if (text.length > longestImageName) return this.#addUnresolved(written, at);
    const image = parts.includes(undefined) || isPlaceholder(text) ? undefined : parseImageName(text);
    if (image) this.addImage(image, at);
    else this.#addUnresolved(written, at, namePatternOf(text), parts.includes(undefined));
  }

  /** A reference without unknown parts. */
  addText(text: string, at: Position): void {
    this.addResolved([text], text, at);
  }

  /** An image; one of another registry is left out, unless that keeps a copy of one of Docker Hub. */
  addImage(named: ImageName, at: Position): void {
    const image = isOnDockerHub(named) ? named : cachedImage(named);
    if (!image || !this.#isNew(`${image.namespace}/${image.name}:${image.tag}@${image.digest}`, at)) return;
    this.#references.push({ image, line: at.line, column: at.column });
  }

  /** A reference that the environment may replace. */
  addOverridable(parts: Resolved, written: string, at: Position): void {
    const pattern = namePatternOf(
      parts
        .map((part) => part ?? '*')
        .join('')
        .trim(),
    );
    this.#addDoubt('overridable', written, at, pattern);
  }

  /** That a file, or part of it, cannot be parsed. */
  addUnreadable(why: string, at: Position): void {
    this.#push({ kind: 'unreadable', text: shortened(why), line: at.line, column: at.column });
  }

  /** A tag whose repository stands in another file. */
  addLoneTag(lone: LoneTag): void {
    if (this.#isNew(`lone ${lone.keys} ${lone.tag}@${lone.digest}`, lone)) {
      this.#loneTags.push({ ...lone, text: shortened(lone.text) });
    }
  }

  /** A repository that a tag in another file may belong to. */
  addRepository(repository: ValuesRepository): void {
    if (this.#repositories.size < maxFindings) {
      this.#repositories.set(`${repository.keys} ${repository.namespace}/${repository.name}`, repository);
    }
  }

  /** Everything that was found, in the order of the file. */
  get found(): FoundReferences {
    const [loneTags, repositories] = [this.#loneTags.sort(comparePositions), [...this.#repositories.values()]];
    return {
      references: this.#references.sort(comparePositions),
      doubts: this.#doubts.sort(comparePositions),
      ...(loneTags.length > 0 && { loneTags }),
      ...(repositories.length > 0 && { repositories }),
    };
  }

  #addUnresolved(written: string, at: Position, pattern?: NamePattern, isToBeFilled = true): void {
    this.#addDoubt('unresolved', written, at, pattern, isToBeFilled);
  }

  #addDoubt(
    kind: Doubt['kind'],
    written: string,
    at: Position,
    named: NamePattern | undefined,
    isToBeFilled = false,
  ): void {
    const pattern = named === undefined ? undefined : ofCache(named);
    const repository = pattern === undefined ? undefined : repositoryOf(pattern);
    if (repository === 'elsewhere') return;
    if (!this.#strict && repository === undefined && !isToBeFilled) return;
    if (!this.#isNew(`${kind} ${pattern} ${written}`, at)) return;
    // A name that can be none tells nothing: it may be a placeholder for any.
    const isTelling =
      pattern !== undefined && (/^[a-z0-9._/:*-]*\*[a-z0-9._/:*-]*$/.test(pattern) || repository !== undefined);
    this.#push({
      kind,
      text: shortened(written.trim()),
      ...(isTelling && { pattern }),
      line: at.line,
      column: at.column,
    });
  }

  #push(doubt: Doubt): void {
    this.#doubts.push(doubt);
  }

  /** Whether something was not found there before, and there is room for it. */
  #isNew(what: string, { line, column }: Position): boolean {
    const key = `${line}:${column} ${what}`;
    if (this.#isFull || this.#seen.has(key)) return false;
    this.#seen.add(key);
    this.#isFull = this.#seen.size > maxFindings;
    if (this.#isFull) this.#push({ kind: 'unreadable', text: tooManyText, line, column });
    return !this.#isFull;
  }
}

/** The pattern of the repository that another registry keeps a copy of; else the pattern itself. */
function ofCache(pattern: NamePattern): NamePattern {
  const image = pattern.includes('*') ? undefined : parseImageName(pattern);
  const copied = image && !isOnDockerHub(image) ? cachedImage(image) : undefined;
  return copied ? `${copied.namespace}/${copied.name}` : pattern;
}

/** Words that tools put where a value is filled in later: `__TAG__`, in a place where a real name can stand. */
function isPlaceholder(text: string): boolean {
  return /__[A-Z0-9_]+?__/.test(text);
}

/** Orders places as they follow each other in their file. */
export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}

/** A text as `Doubt.text` has it: in one line, at most 200 characters. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > longestText ? `${line.slice(0, longestText - 1)}…` : line;
}
