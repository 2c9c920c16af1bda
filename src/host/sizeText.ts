import prettyBytes from 'pretty-bytes';
import * as vscode from 'vscode';

/** A size for people, such as "1.3 GB"; "unknown size" without one. Not by locale, which makes a plan of 200,000 tags take seconds. */
export function sizeText(bytes: number | undefined): string {
  // A journal may hold any number, and `prettyBytes` throws for one that is not finite.
  return bytes === undefined || !Number.isFinite(bytes) ? vscode.l10n.t('unknown size') : prettyBytes(bytes);
}
