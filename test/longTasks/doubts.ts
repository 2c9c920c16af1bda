import { ReferenceIndex } from '../../src/references/referenceIndex.ts';
import { inSlices } from '../../src/async/inSlices.ts';
import type { Doubt } from '../../src/references/images/foundReferences.ts';
import type { RepositoryName } from '../../src/retention/tags/repositoryName.ts';
import type { Measure } from './steps.ts';

/** How the patterns of doubts look, by the number of the doubt. */
export const patternsOfDoubts = {
  /** `acme/service-17:$TAG`. */
  named: (index: number) => `acme/service-${index % 7000}`,
  /** `$REGISTRY/web-17-$NAME`: all different, and none that fits. */
  different: (index: number) => `*/web-${index}-*`,
  /** `$REGISTRY/service-$A17$B`: all different, with several stars, and much that nearly fits. */
  nearly: (index: number) => `*/service-*${index % 100}x${index}*`,
  /** `acme/$NAME-17`: all different, and half of them fit. */
  endings: (index: number) => `acme/*-${index}`,
  /** `$REGISTRY/$NAME`. */
  equal: () => '*/*',
} as const;

/** So many repositories of one namespace. */
export function manyRepositories(count: number): RepositoryName[] {
  return Array.from({ length: count }, (_, index) => ({ namespace: 'acme', name: `service-${index}` }));
}

/** An index with so many doubts, in files of a hundred. */
export function indexWithDoubts(count: number, patternOf: (index: number) => string): ReferenceIndex {
  const index = new ReferenceIndex();
  const perFile = 100;
  for (let from = 0; from < count; from += perFile) {
    const path = `deploy/${(from * 7919) % count}/values.yaml`;
    const doubts = Array.from({ length: perFile }, (_, at): Doubt => ({
      kind: 'unresolved',
      text: `\${IMAGE_${from + at}}`,
      pattern: patternOf(from + at),
      line: at + 1,
      column: 1,
    }));
    index.replace({ id: path, label: path, hasLines: true }, { references: [], doubts });
  }
  return index;
}

/** An index of a monorepo: so many charts, each with an image in its values and a lone tag in those of an environment. */
export function indexWithLoneTags(count: number, perFolder = 1): ReferenceIndex {
  const index = new ReferenceIndex();
  for (let chart = 0; chart < count; chart++) {
    const folder = `charts/group-${Math.floor(chart / perFolder)}`;
    const [tags, values] = [`${folder}/prod-${chart}.yaml`, `${folder}/values-${chart}.yaml`];
    index.replace(
      { id: tags, label: tags, hasLines: true },
      {
        references: [],
        doubts: [],
        loneTags: [{ keys: 'image', tag: `1.${chart}`, text: `tag: 1.${chart}`, line: 2, column: 3 }],
      },
    );
    index.replace(
      { id: values, label: values, hasLines: true },
      { references: [], doubts: [], repositories: [{ keys: 'image', namespace: 'acme', name: `service-${chart}` }] },
    );
  }
  return index;
}

/** What is not understood in very many files, asked for very many repositories; and tags whose repositories stand in other files. */
export async function doubtSteps(measure: Measure): Promise<void> {
  for (const [repositories, doubts] of [
    [500, 2000],
    [5000, 10_000],
  ] as const) {
    const asked = manyRepositories(repositories);
    for (const [kind, patternOf] of Object.entries(patternsOfDoubts)) {
      const index = indexWithDoubts(doubts, patternOf);
      await measure(`doubts-${repositories}x${doubts} ${kind}`, () => inSlices(index.doubtsAbout(asked)));
    }
  }
  const asked = manyRepositories(5000);
  for (const perFolder of [1, 20, 5000]) {
    const index = await measure(`lone tags 5000x5000, ${perFolder} apart`, () => indexWithLoneTags(5000, perFolder));
    await measure('  their uses', () => asked.map((repository) => index.usesOf(repository)));
    await measure('  their doubts', () => inSlices(index.doubtsAbout(asked)));
  }
}
