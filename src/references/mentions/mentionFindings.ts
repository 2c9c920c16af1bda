import {
  comparePositions,
  maxFindings,
  shortened,
  tooManyText,
  type Doubt,
  type FoundReferences,
  type ImageReference,
  type Position,
} from '../images/foundReferences.ts';
import { dockerHub, type ImageName } from '../images/imageName.ts';
import type { LiteralMention } from './literalMentions.ts';
import { mayMean, repositoryOf } from '../images/namePattern.ts';

/** What one mention comes to. */
type Finding =
  | { readonly kind: 'image'; readonly reference: ImageReference }
  | { readonly kind: 'doubt' | 'bare'; readonly doubt: PatternDoubt };
type PatternDoubt = Doubt & { readonly pattern: string };

/** Collects the literal mentions of one file, and joins them to what its structure told. */
export class MentionFindings {
  /** The first mention of each image and pattern: these count when there are too many. */
  readonly #first: Finding[] = [];
  readonly #repeated: Finding[] = [];
  readonly #seen = new Set<string>();
  #overflow: Position | undefined;

  /**
   * Takes one more mention.
   * @param placeOf its place; called only where it matters
   * @returns false once there are too many to go on
   */
  add({ meaning, namespace, start, end }: LiteralMention, text: string, placeOf: () => Position): boolean {
    const key =
      meaning.kind === 'image'
        ? `${namespace}/${meaning.name}:${meaning.tag}@${meaning.digest}`
        : `${meaning.kind} ${meaning.pattern}`;
    const isNew = !this.#seen.has(key);
    // Every mention of a name without a tag says the same.
    if (!isNew && (meaning.kind === 'bare' || (this.#overflow && this.#repeated.length >= maxFindings))) return true;
    const at = placeOf();
    const list = isNew ? this.#first : this.#repeated;
    if (list.length >= maxFindings) {
      this.#overflow ??= at;
      return !isNew;
    }
    this.#seen.add(key);
    const { line, column } = at;
    if (meaning.kind === 'image') {
      const { name, tag, digest } = meaning;
      const image: ImageName = {
        registry: dockerHub,
        namespace,
        name,
        ...(tag !== undefined && { tag }),
        ...(digest !== undefined && { digest }),
      };
      list.push({ kind: 'image', reference: { image, line, column } });
    } else {
      list.push({
        kind: meaning.kind,
        doubt: { kind: 'unresolved', text: shortened(text.slice(start, end)), pattern: meaning.pattern, line, column },
      });
    }
    return true;
  }

  /**
   * All that is known of the file. What its structure told of a line is not told again: a reference to the same image, or a doubt about a
   * repository of which the structure knows the image, or the doubt.
   * @param namesImages whether names without a tag are doubts, where the structure tells nothing about their repository
   */
  joinedTo(found: FoundReferences, namesImages: boolean): FoundReferences {
    const structure = new Structure(found);
    const references = [...found.references];
    const doubts = [...found.doubts];
    let overflow = this.#overflow;
    for (const finding of [...this.#first, ...this.#repeated]) {
      if (structure.tells(finding) || (finding.kind === 'bare' && !namesImages)) continue;
      const at = finding.kind === 'image' ? finding.reference : finding.doubt;
      if (references.length + doubts.length >= maxFindings) {
        if (overflow === undefined || comparePositions(at, overflow) < 0) overflow = at;
      } else if (finding.kind === 'image') {
        references.push(finding.reference);
      } else {
        doubts.push(finding.doubt);
      }
    }
    if (overflow && !doubts.some(({ text }) => text === tooManyText)) {
      doubts.push({ kind: 'unreadable', text: tooManyText, line: overflow.line, column: overflow.column });
    }
    return { ...found, references: references.sort(comparePositions), doubts: doubts.sort(comparePositions) };
  }
}

/** What the structure of a file told, by lines. */
class Structure {
  readonly #references = new Map<number, ImageName[]>();
  readonly #doubts = new Map<number, Doubt[]>();
  readonly #repositories = new Set<string>();
  readonly #patterns = new Set<string>();

  constructor({ references, doubts }: FoundReferences) {
    for (const { line, image } of references) {
      push(this.#references, line, image);
      this.#repositories.add(`${image.namespace}/${image.name}`);
    }
    for (const doubt of doubts) {
      if (doubt.kind === 'unreadable') continue;
      push(this.#doubts, doubt.line, doubt);
      if (doubt.pattern === undefined) continue;
      const repository = repositoryOf(doubt.pattern);
      if (repository === undefined) this.#patterns.add(doubt.pattern);
      else if (repository !== 'elsewhere') this.#repositories.add(`${repository.namespace}/${repository.name}`);
    }
  }

  tells(finding: Finding): boolean {
    if (finding.kind === 'image') {
      const { line, image } = finding.reference;
      return this.#references.get(line)?.some((known) => isSame(known, image)) === true;
    }
    const { line, pattern } = finding.doubt;
    if (finding.kind === 'bare') {
      return this.#repositories.has(pattern) || this.#patterns.has(pattern) || this.#patterns.has(`*/${pattern}`);
    }
    return (
      this.#references.get(line)?.some((image) => mayMean(pattern, image)) === true ||
      this.#doubts.get(line)?.some((doubt) => isAbout(doubt, pattern)) === true
    );
  }
}

/** Whether a reference that the structure told says all that a mention says. */
function isSame(known: ImageName, image: ImageName): boolean {
  return (
    known.namespace === image.namespace &&
    known.name === image.name &&
    (image.tag === undefined || image.tag === known.tag) &&
    (image.digest === undefined || image.digest === known.digest)
  );
}

/** Whether a doubt tells of all that a mention's pattern may mean. */
function isAbout({ pattern: known }: Doubt, pattern: string): boolean {
  if (known === undefined || known === '*' || known === pattern || known.endsWith(`/${pattern}`)) return true;
  const repository = pattern.includes('*') ? undefined : repositoryOf(pattern);
  return repository !== undefined && repository !== 'elsewhere' && mayMean(known, repository);
}

function push<Value>(map: Map<number, Value[]>, line: number, value: Value): void {
  const values = map.get(line);
  if (values) values.push(value);
  else map.set(line, [value]);
}
