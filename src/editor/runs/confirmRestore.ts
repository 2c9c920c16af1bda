import * as vscode from 'vscode';
import { plainText } from '../../hub/wire/serverWords.ts';
import type { Account } from '../../hub/wire/account.ts';
import { fullName, type RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Restorable } from '../../runs/restore.ts';
import { numberText, tagsAndAttachmentsText, tagsAndAttachmentsTitle } from '../../text/countText.ts';
import { repositoryNamesText } from '../../text/placeText.ts';
import { countAttachments, restorableFacts } from '../../text/restoreReport.ts';

/** What a restore is about. */
export interface RestoreQuestion {
  readonly account: Account;
  readonly found: readonly Restorable[];
  /** "acme/web": what the run was about. */
  readonly place: string;
  /** Repositories that restoring would create again. */
  readonly absent: readonly RepositoryName[];
  /** Pulls that Docker Hub says are left; missing where it doesn't say. */
  readonly pullsLeft: number | undefined;
}

/**
 * The one modal question before tags are put back.
 * @returns those to restore, none where nothing can be; `undefined` when the dialog was left
 */
export async function confirmRestore(question: RestoreQuestion): Promise<readonly Restorable[] | undefined> {
  const { found, place } = question;
  const ready = found.filter(({ state }) => state.kind === 'ready');
  const taken = found.filter(({ state }) => state.kind === 'taken');
  const all = found.filter(({ state }) => state.kind === 'ready' || state.kind === 'taken');
  if (all.length === 0) {
    void vscode.window.showWarningMessage(vscode.l10n.t('Nothing can be restored.'), {
      modal: true,
      detail: restorableFacts(found).join('\n'),
    });
    return [];
  }
  const restore = vscode.l10n.t('Restore {0}', tagsAndAttachmentsTitle(ready.length, countAttachments(ready)));
  const replaceAll = vscode.l10n.t('Replace {0}', tagsAndAttachmentsTitle(taken.length, countAttachments(taken)));
  const replace =
    ready.length === 0
      ? replaceAll
      : vscode.l10n.t('Restore {0} and Replace {1}', numberText(ready.length), numberText(taken.length));
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('Restore {0} in {1}?', tagsAndAttachmentsText(all.length, countAttachments(all)), place),
    { modal: true, detail: [...restorableFacts(found), ...costFacts(question, all)].join('\n') },
    ...(ready.length > 0 ? [restore] : []),
    ...(taken.length > 0 ? [replace] : []),
  );
  if (picked === undefined) return undefined;
  return picked === replace ? all : ready;
}

/** What restoring these tags costs and brings about, a line each. */
function costFacts({ account, absent, pullsLeft }: RestoreQuestion, all: readonly Restorable[]): string[] {
  const images = new Set(all.map(({ repository, tag }) => `${fullName(repository)}@${tag.digest}`)).size;
  return [
    ...(absent.length > 0
      ? [
          vscode.l10n.t(
            'No longer exists: {0}. Restoring creates it again, if {1} has permission to, with the default visibility of its namespace, which might be public, and without its description and settings.',
            repositoryNamesText(absent),
            plainText(account.name),
          ),
        ]
      : []),
    vscode.l10n.t(
      'Restoring uses {0} of your Docker Hub pull limit (about 100 per hour on a Personal plan).',
      images === 1 ? vscode.l10n.t('1 pull') : vscode.l10n.t('{0} pulls', numberText(images)),
    ),
    ...(pullsLeft === undefined
      ? []
      : [vscode.l10n.t('Pulls left, as Docker Hub reports: {0}.', numberText(pullsLeft))]),
    vscode.l10n.t(
      "Restored tags count as pushed now. Docker Hub doesn't guarantee that it still stores the images of deleted tags.",
    ),
  ];
}
