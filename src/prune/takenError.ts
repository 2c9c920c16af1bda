import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';

/** Something else has claimed repositories or a run, so that nothing was begun. */
export class TakenError extends Error {
  override readonly name = 'TakenError';
  /** Those that are taken; none where it's the run itself. */
  readonly repositories: readonly RepositoryName[];

  constructor(repositories: readonly RepositoryName[]) {
    super(repositories.length === 0 ? 'The run is taken.' : `Taken: ${repositories.map(fullName).join(', ')}.`);
    this.repositories = repositories;
  }
}
