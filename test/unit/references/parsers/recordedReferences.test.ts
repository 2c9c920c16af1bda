import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { mayMean } from '../../../../src/references/images/namePattern.ts';
import { readReferences } from '../../../../src/references/reader/readReferences.ts';

/** One of 86 inputs that people found on real projects. */
interface Recorded {
  readonly id: string;
  readonly path: string;
  readonly content: string;
  /** What must be found. */
  readonly expected: readonly string[];
  /** Repositories that must be named as doubtful, or as those of a lone tag. */
  readonly expectedToTellAbout?: readonly string[];
  /** The `.env` file beside it. */
  readonly environment?: string;
}

/** Namespaces whose images are looked for in every text. */
const namespaces = ['acme', 'acmecharts'];

/** `.env` files in the folders above, for inputs whose note says what is in them. */
const environmentsAbove: Readonly<Record<string, readonly string[]>> = {
  'compose-include-env-root': ['B_IMAGE=acme/b:root\n'],
};

const recorded = JSON.parse(
  await readFile(new URL('recordedReferences.json', import.meta.url), 'utf8'),
) as readonly Recorded[];

describe('E1: the recorded references', () => {
  it('are 86', () => assert.equal(recorded.length, 86));

  for (const { id, path, content, expected, expectedToTellAbout = [], environment } of recorded) {
    it(`${id} (${path})`, () => {
      const environments = [...(environment === undefined ? [] : [environment]), ...(environmentsAbove[id] ?? [])];
      const { references, doubts, loneTags = [] } = readReferences({ path, text: content, environments, namespaces });
      const found = new Set(
        references.map(
          ({ image: { namespace, name, tag, digest } }) =>
            `${namespace}/${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`,
        ),
      );
      for (const image of expected) {
        assert.ok(found.has(image), `${image} is not among ${[...found].join(', ') || 'nothing'}`);
      }
      for (const repository of expectedToTellAbout) {
        const [namespace, name] = repository.split('/') as [string, string];
        assert.ok(
          loneTags.length > 0 ||
            doubts.some(({ pattern }) => pattern === undefined || mayMean(pattern, { namespace, name })),
          `nothing tells of ${repository}`,
        );
      }
    });
  }
});
