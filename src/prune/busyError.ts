import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';

/** A run is working in a repository, in this process or another one, so that its list isn't worth reading. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  readonly repository: RepositoryName;

  constructor(repository: RepositoryName, options?: ErrorOptions) {
    super(`A run is working in ${fullName(repository)}.`, options);
    this.repository = repository;
  }
}
