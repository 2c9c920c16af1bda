import * as l10n from '@vscode/l10n';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import { repositoryText } from './repositoryText.ts';

/** A run is at work in a repository, in this window or another one, so that its list is not worth reading. Its message is for people. */
export class BusyError extends Error {
  override readonly name = 'BusyError';

  constructor(repository: RepositoryName, options?: ErrorOptions) {
    super(
      l10n.t(
        'A run is deleting or restoring tags in {0} right now. Wait for it to finish, then try again.',
        repositoryText(repository),
      ),
      options,
    );
  }
}
