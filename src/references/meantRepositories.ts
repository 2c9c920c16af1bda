import { remaindersOf, repositoryOf, type NamePattern } from './images/namePattern.ts';
import { spellingsOf } from './images/imageName.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import { eachSliced, type Sliced } from '../async/sliced.ts';
import { NameSearch } from './nameSearch.ts';

/** Whether a pattern may mean one of some repositories: `certain` with the repository that it names, `possible` where it may mean others as well. */
export type Meaning =
  | { readonly kind: 'certain'; readonly repository: RepositoryName }
  | { readonly kind: 'possible' }
  | { readonly kind: 'none' };

const [possible, none]: [Meaning, Meaning] = [{ kind: 'possible' }, { kind: 'none' }];

/** What may stand before `namespace/name`, or the name of an official image: nothing, or a host of Docker Hub. */
const prefixes = spellingsOf({ namespace: 'a', name: 'b' }).map((spelling) => spelling.slice(0, -'a/b'.length));

/** Says which patterns may mean one of some repositories; judges each different pattern once. */
export class MeantRepositories {
  readonly #byName: ReadonlyMap<string, RepositoryName>;
  readonly #paths: NameSearch;
  readonly #judged = new Map<NamePattern, Meaning>();

  private constructor(byName: ReadonlyMap<string, RepositoryName>, paths: NameSearch) {
    this.#byName = byName;
    this.#paths = paths;
  }

  /** Makes repositories ready to be asked about. */
  static *create(repositories: readonly RepositoryName[]): Sliced<MeantRepositories> {
    const byName = new Map<string, RepositoryName>();
    const paths = new Set<string>();
    yield* eachSliced(repositories, (repository) => {
      const name = `${repository.namespace}/${repository.name}`.toLowerCase();
      if (byName.has(name)) return;
      byName.set(name, repository);
      paths.add(name);
      if (name.startsWith('library/')) paths.add(name.slice('library/'.length));
    });
    return new MeantRepositories(byName, yield* NameSearch.create(paths));
  }

  /** Whether a pattern may mean one of them; without one, everything may be meant. */
  *meaningOf(pattern: NamePattern | undefined): Sliced<Meaning> {
    if (pattern === undefined) return possible;
    let meaning = this.#judged.get(pattern);
    if (!meaning) {
      meaning = yield* this.#judge(pattern);
      this.#judged.set(pattern, meaning);
      yield;
    }
    return meaning;
  }

  *#judge(pattern: NamePattern): Sliced<Meaning> {
    const known = pattern.includes('*') ? undefined : repositoryOf(pattern);
    if (known === 'elsewhere') return none;
    if (known) {
      const repository = this.#byName.get(`${known.namespace}/${known.name}`);
      return repository ? { kind: 'certain', repository } : none;
    }
    const left = new Set(prefixes.flatMap((prefix) => remaindersOf(pattern, prefix)));
    for (const rest of left) if (yield* this.#paths.has(rest)) return possible;
    return none;
  }
}
