import * as l10n from '@vscode/l10n';
import { HubError } from '../hub/wire/hubError.ts';
import { plainText } from '../hub/wire/serverWords.ts';
import type { Failure } from '../runs/outcome/outcome.ts';
import { numberText } from './countText.ts';
import { hubReasonText } from './hubReasonText.ts';
import { timeText } from './timeText.ts';

/** What to tell a person about a failure that a run has recorded. */
export function failureText({ kind, status, words: recorded, reason, subject: recordedSubject }: Failure): string {
  // Out of a journal, they may have been changed by hand.
  const [words, subject] = [recorded && plainText(recorded), recordedSubject && plainText(recordedSubject)];
  if (kind === 'interrupted') {
    return words
      ? l10n.t('The extension failed: {0}', words)
      : l10n.t('The run was interrupted before the answer arrived.');
  }
  if (kind === 'queued') return l10n.t('Docker Hub accepted the deletion and still lists the repository.');
  if (kind !== 'storage') return hubErrorText({ kind, status, serverWords: words, reason, subject });
  return l10n.t("The journal of the run can't be written on this machine: {0}", words ?? '');
}

/** What to tell a person about what Docker Hub answered, or didn't. */
export function hubErrorText(
  error: Pick<HubError, 'kind' | 'status' | 'serverWords' | 'reason' | 'subject'> & Partial<HubError>,
): string {
  const { serverWords: words, status, reason } = error;
  const subject = error.subject ?? words;
  switch (error.kind) {
    case 'wrongSecret':
      if (reason === 'tokenRequired') return withWords(hubReasonText(reason), words);
      return withWords(l10n.t("Docker Hub doesn't accept this password or access token."), words);
    case 'needsCode':
      return l10n.t("This account needs a one-time code to sign in. An access token doesn't need a code.");
    case 'lockedOut':
      return l10n.t(
        'Docker Hub has temporarily locked this account after too many failed sign-ins. Wait 15 minutes, then sign in again.',
      );
    case 'signedOut':
      return l10n.t('This account is signed out. Sign in again.');
    case 'signInFailed':
      return l10n.t("The sign-in couldn't be renewed. {0}", signInFailedText(error));
    case 'unauthorized':
      return withWords(l10n.t('Docker Hub no longer accepts this sign-in. Sign in again.'), words);
    case 'forbidden':
      return withWords(
        l10n.t("Access denied. The access token or the account doesn't have permission to do this."),
        words,
      );
    case 'immutable':
      return withWords(l10n.t('The tag is immutable in the settings of its repository.'), words);
    case 'blocked':
      return l10n.t(
        "Cloudflare blocked the request to Docker Hub. Your credentials aren't the cause. Try again later or from another network.",
      );
    case 'notFound':
      return withWords(l10n.t("Docker Hub can't find it, or this account doesn't have access to it."), words);
    case 'rateLimited':
      return error.retryAt === undefined
        ? l10n.t("Docker Hub's rate limit was reached. Wait a minute, then try again.")
        : l10n.t("Docker Hub's rate limit was reached. Try again at {0}.", timeText(error.retryAt));
    case 'rejected':
      return withWords(l10n.t('Docker Hub rejected the request ({0}).', String(status ?? l10n.t('no status'))), words);
    case 'server':
      return withWords(l10n.t('Docker Hub reported an error ({0}). Try again later.', String(status ?? 500)), words);
    case 'network':
      return l10n.t("Docker Hub can't be reached. Check the network connection and the proxy settings.");
    case 'timeout':
      return l10n.t("Docker Hub didn't answer in time. Try again later.");
    case 'malformed':
      // Journals of earlier versions have words of this extension's there.
      return withReason(l10n.t('Docker Hub sent an unexpected answer.'), error);
    case 'foreignOrigin':
      return l10n.t(
        "The server redirected to another server ({0}). The redirect wasn't followed.",
        subject ?? l10n.t('no address'),
      );
    case 'incomplete': {
      const message =
        error.expected === undefined
          ? l10n.t("The list couldn't be read completely; {0} entries were read.", numberText(error.read ?? 0))
          : l10n.t(
              "The list couldn't be read completely; {0} of {1} entries were read.",
              numberText(error.read ?? 0),
              numberText(error.expected),
            );
      if (reason === 'listEmpty') return hubReasonText(reason);
      if (reason) return withReason(message, error);
      return error.cause instanceof HubError ? `${message} ${hubErrorText(error.cause)}` : withWords(message, words);
    }
    case 'routeGone':
      if (status !== undefined && status < 300) {
        return withWords(
          l10n.t(
            'Docker Hub reported the deletion as done ({0}), but the tag is still there. Its API might have changed; check for an update of this extension.',
            String(status),
          ),
          words,
        );
      }
      return withWords(
        l10n.t(
          'Docker Hub no longer offers the deletion API that this extension uses. Check for an update of this extension.',
        ),
        words,
      );
    case 'unsafeName':
      return l10n.t("The name {0} can't be used in a request; nothing was sent.", subject ?? '');
  }
}

function signInFailedText({ cause, reason, serverWords }: Partial<HubError>): string {
  if (cause instanceof HubError) return hubErrorText(cause);
  return reason ? hubReasonText(reason) : withWords(l10n.t('Try again later.'), serverWords);
}

function withWords(message: string, words: string | undefined): string {
  return words === undefined ? message : l10n.t('{0} Docker Hub says: "{1}"', message, words);
}

function withReason(message: string, { reason, subject }: Pick<HubError, 'reason' | 'subject'>): string {
  return reason === undefined ? message : `${message} ${hubReasonText(reason, subject)}`;
}
