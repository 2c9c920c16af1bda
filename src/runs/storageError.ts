import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';

/** This machine could not keep what has to be kept before anything is changed on Docker Hub; so nothing was. The message is for people. */
export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(cause: unknown) {
    const words = plainText(cause instanceof Error ? cause.message : String(cause));
    super(
      l10n.t(
        'Nothing was changed on Docker Hub, because the record of it can\'t be written on this machine. The system says: "{0}" Free some space or fix the folder, then try again.',
        words,
      ),
      { cause },
    );
  }
}
