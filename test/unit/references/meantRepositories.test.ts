import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MeantRepositories } from '../../../src/references/meantRepositories.ts';
import type { RepositoryName } from '../../../src/retention/tags/repositoryName.ts';
import { atOnce } from '../../../src/async/sliced.ts';
import { naiveMeaning } from './naiveMeaning.ts';

const web = { namespace: 'acme', name: 'web' };
const nginx = { namespace: 'library', name: 'nginx' };

function meaningOf(pattern: string | undefined, repositories: readonly RepositoryName[]): string {
  const meaning = atOnce(atOnce(MeantRepositories.create(repositories)).meaningOf(pattern));
  return meaning.kind === 'certain' ? `${meaning.repository.namespace}/${meaning.repository.name}` : meaning.kind;
}

describe('the repositories that a pattern may mean', () => {
  it('are told by the name of the first that is asked about', () => {
    assert.equal(meaningOf('docker.io/acme/web', [nginx, { namespace: 'Acme', name: 'Web' }, web]), 'Acme/Web');
    assert.equal(meaningOf('acme/web', [nginx]), 'none');
    assert.equal(meaningOf(undefined, []), 'possible');
    assert.equal(meaningOf('*', []), 'none');
  });

  it('G1: are those that a comparison of each with each finds', () => {
    // Few different characters and words, so that much nearly fits.
    const part = fc.string({
      unit: fc.constantFrom('a', 'b', 'web', '-', 'io', 'docker', '.'),
      minLength: 1,
      maxLength: 5,
    });
    const repository = fc.record({ namespace: fc.oneof(part, fc.constant('library')), name: part });
    const piece = fc.oneof(
      fc.constantFrom('*', '*', '/', 'docker.io/', 'registry.hub.docker.com/', 'library/', 'web', 'a/', '/a', '', 'io'),
      part,
    );
    const free = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('').replace(/\*{2,}/g, '*'));
    const check = fc.property(
      fc.array(repository, { maxLength: 12 }),
      fc.array(free, { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 4 }),
      (repositories, patterns, cuts) => {
        const meant = atOnce(MeantRepositories.create(repositories));
        // Names with a part cut out as well, since these mostly fit.
        const cut = cuts.flatMap((seed) => {
          const from = repositories[seed % (repositories.length || 1)];
          if (!from) return [];
          const name = `${['', 'docker.io/', 'mirror.gcr.io/'][seed % 3]!}${from.namespace}/${from.name}`;
          const at = seed % name.length;
          return [`${name.slice(0, at)}*${name.slice(at + (seed % 5))}`, `*${name.slice(at, at + 4)}*`];
        });
        for (const pattern of [...patterns, ...cut, ...patterns]) {
          const meaning = atOnce(meant.meaningOf(pattern));
          assert.equal(
            meaning.kind === 'certain' ? `${meaning.repository.namespace}/${meaning.repository.name}` : meaning.kind,
            naiveMeaning(pattern, repositories),
            pattern,
          );
        }
      },
    );
    fc.assert(check, { numRuns: 300 });
  });
});
