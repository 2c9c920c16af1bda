import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';

/** The policy that a repository was planned by doesn't apply any more, so that nothing was deleted. */
export class PolicyGoneError extends Error {
  override readonly name = 'PolicyGoneError';
  readonly repository: RepositoryName;
  /** `removed`: no policy of its source matches; `untrusted`: its workspace is no longer trusted. */
  readonly reason: 'removed' | 'untrusted';

  constructor(repository: RepositoryName, reason: PolicyGoneError['reason']) {
    super(`The policy of ${fullName(repository)} is ${reason}.`);
    this.repository = repository;
    this.reason = reason;
  }
}
