import * as l10n from '@vscode/l10n';

/** A part of the extension that is loaded late could not be: an update may have taken its files away. The message is for people. */
export class LoadError extends Error {
  override readonly name = 'LoadError';

  constructor(cause: unknown) {
    super(l10n.t("Part of the extension couldn't be loaded. Reload the window, then try again."), { cause });
  }
}
