import { isScalar } from 'yaml';
import type { Findings, Position } from '../images/foundReferences.ts';
import { isOnDockerHub, parseImageName } from '../images/imageName.ts';
import { resolveWays, type Scope } from './resolveText.ts';
import { hasVariable, isVersioned, isWholeImage, isWholeImageToFill, withoutScheme } from './wholeImage.ts';
import type { KeyedText, PairedImage } from './pairedImages.ts';
import type { YamlKind } from './yamlKind.ts';
import { scalarText, type YamlTree, type YamlValue } from './yamlTree.ts';

/** A longer text is taken as one whose parts are not known. */
const longestText = 1000;

/** Where images are added to. */
export interface AdderParts {
  readonly tree: YamlTree;
  readonly kind: YamlKind;
  /** The ways in which variables may be filled in at this place, one at least. */
  readonly scopes: readonly Scope[];
  readonly findings: Findings;
}

/** Adds to the findings what one place of a YAML file says, its variables filled in. */
export class ImageAdder {
  readonly tree: YamlTree;
  readonly kind: YamlKind;
  readonly findings: Findings;
  readonly #scopes: readonly Scope[];

  constructor({ tree, kind, scopes, findings }: AdderParts) {
    this.tree = tree;
    this.kind = kind;
    this.findings = findings;
    this.#scopes = scopes;
  }

  /** What is an image for certain. A text with blanks ends at the first that a template's action follows. */
  add(text: string, at: Position): void {
    const image = withoutScheme(text.replace(/^([^\s{]+)\s+\{[{%][\s\S]*$/, '$1'));
    if (image === '') return;
    if (image.length < longestText && !/[$%{<]/.test(image)) return this.findings.addResolved([image], text, at);
    const ways = this.#scopes.flatMap((scope) => resolveWays(image, scope, this.#escape));
    const known = ways.filter(({ parts }) => !parts.includes(undefined));
    for (const { parts } of known.length > 0 ? known : ways) this.findings.addResolved(parts, text, at);
    // A default of one way is no doubt where another way knows better.
    if (known.length > 0 && known.every(({ usesDefault }) => usesDefault)) {
      for (const { parts } of known) this.findings.addOverridable(parts, text, at);
    }
  }

  /** The image that a scalar is. */
  addNode(node: YamlValue | undefined): void {
    const text = scalarText(node);
    if (node && text) this.add(text, this.tree.at(node));
  }

  /** A value that may be anything: an image only when it has a tag or a digest. */
  addIfVersioned(text: string | undefined, at: Position): void {
    if (text === undefined || text === '') return;
    const ways = this.#resolved(text);
    const known = ways.filter((way) => way !== undefined);
    if (
      known.some(
        (way) =>
          isVersioned(way) &&
          !/^[\w+.-]+:\/\//.test(withoutScheme(way)) &&
          parseImageName(withoutScheme(way)) !== undefined,
      )
    ) {
      this.add(text, at);
    } else if (known.length === 0 && /^[\w.-]+\/[\w./-]+[:@]/.test(withoutScheme(text)) && isVersioned(text)) {
      this.add(text, at);
    }
  }

  /** A value that may be anything: an image only when it has a namespace, and a tag or a digest. */
  addIfWhole(text: string, at: Position): boolean {
    if (isWholeImage(text) || isWholeImageToFill(text)) {
      this.add(text, at);
    } else if (!hasVariable(text) || !this.#resolved(text).some((way) => way !== undefined && isWholeImage(way))) {
      return false;
    } else {
      this.add(text, at);
    }
    return true;
  }

  /** What stands in two scalars beside each other. */
  addPaired({ full, name, tag, digest }: PairedImage): void {
    if (isVersioned(full)) return this.add(full, name.at);
    const at = tag && tag.text !== '' ? tag.at : name.at;
    for (const text of new Set([tag?.text ?? '', tag?.readAs ?? tag?.text ?? ''])) {
      const suffix = `${text === '' ? '' : `:${text}`}${digest ? `@${digest.text.includes(':') ? digest.text : `sha256:${digest.text}`}` : ''}`;
      if (suffix !== '') this.add(`${withoutScheme(full)}${suffix}`, at);
      else this.addUntagged(full, at);
    }
  }

  /** A repository whose tag stands elsewhere. */
  addUntagged(name: string, at: Position): void {
    const image = withoutScheme(name);
    for (const scope of this.#scopes) {
      for (const { parts } of resolveWays(image, scope, this.#escape)) {
        this.findings.addResolved([...parts, ':', undefined], name, at);
      }
    }
  }

  /** The repository of a name on Docker Hub; undefined where it is not known. */
  repositoryOf(name: string): { readonly namespace: string; readonly name: string } | undefined {
    const text = this.#resolved(withoutScheme(name)).find((way) => way !== undefined);
    const image = text === undefined ? undefined : parseImageName(text);
    return image && isOnDockerHub(image) ? { namespace: image.namespace, name: image.name } : undefined;
  }

  /** The first way that a text comes out as a whole; undefined where none does. */
  resolved(text: string): string | undefined {
    return this.#resolved(text).find((way) => way !== undefined);
  }

  /** The texts of a map's scalars, by key. */
  textsOf(entries: readonly { readonly key: string; readonly value: YamlValue }[]): KeyedText[] {
    return entries.flatMap(({ key, value }) => {
      const text = scalarText(value);
      return text === undefined || typeof (value as { value?: unknown }).value === 'boolean'
        ? []
        : [keyedText(key, text, value, this.tree.at(value))];
    });
  }

  #resolved(text: string): (string | undefined)[] {
    if (!/[$%{<]/.test(text)) return [text];
    return this.#scopes.flatMap((scope) =>
      resolveWays(text, scope, this.#escape).map(({ parts }) =>
        parts.includes(undefined) ? undefined : parts.join(''),
      ),
    );
  }

  get #escape(): '$$' | undefined {
    return this.kind === 'compose' ? '$$' : undefined;
  }
}

/** A scalar at a key. Helm reads 1.10 without quotes as the number 1.1; who wrote it means 1.10. */
export function keyedText(key: string, text: string, value: YamlValue, at: Position): KeyedText {
  return { key, text, at, ...(isScalar(value) && typeof value.value === 'number' && { readAs: String(value.value) }) };
}
