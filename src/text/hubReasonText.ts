import * as l10n from '@vscode/l10n';
import type { HubErrorReason } from '../hub/wire/hubError.ts';

/** What this program found wrong with an answer of Docker Hub's, as a sentence; never to be shown as Docker Hub's words. @param subject see `HubError` */
export function hubReasonText(reason: HubErrorReason, subject?: string): string {
  switch (reason) {
    case 'listChanged':
      return l10n.t(
        'It kept changing while it was being read. Wait until nothing is being pushed or deleted there, then try again.',
      );
    case 'listEndless':
      return l10n.t('It has no end.');
    case 'listShort':
      return l10n.t('Docker Hub returned no more of it.');
    case 'listEmpty':
      return l10n.t(
        'Docker Hub lists no tags of a repository that stores something or was pushed to. Either all its tags were deleted, or the answer is wrong.',
      );
    case 'notAPage':
      return l10n.t("It isn't a page of a list.");
    case 'tooManyRows':
      return l10n.t('It has more rows than a page can have.');
    case 'unnamedRow':
      return l10n.t('Row {0} has no usable name.', subject ?? '');
    case 'notTheRepository':
      return l10n.t('It is about another repository.');
    case 'notTheTag':
      return l10n.t('It is about another tag.');
    case 'notADeleteAnswer':
      return l10n.t("It isn't the answer to a deletion.");
    case 'noDigest':
      return l10n.t('It has no digest.');
    case 'wrongManifest':
      return l10n.t("It isn't the requested manifest.");
    case 'wrongDigest':
      return l10n.t('Its digest differs from what was sent.');
    case 'immutableRules':
      return l10n.t("The rules for immutable tags can't be read.");
    case 'noToken':
      return l10n.t('It has no token.');
    case 'wrongAccount':
      return l10n.t('It has the token of another account.');
    case 'notJson':
      return l10n.t("It isn't JSON.");
    case 'webPage':
      return l10n.t('It is a web page instead of data.');
    case 'redirect':
      return l10n.t('It points elsewhere.');
    case 'tooLarge':
      return l10n.t('It is larger than 16 MB.');
    case 'notRestored':
      return l10n.t("The tag doesn't point to the image that was pushed.");
    case 'tokenRequired':
      return l10n.t('This account must sign in with an access token instead of its password.');
    case 'secretStorage':
      return l10n.t("VS Code's secret storage can't be read right now.");
  }
}
