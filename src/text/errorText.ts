import * as l10n from '@vscode/l10n';
import { HubError, type HubErrorKind } from '../hub/wire/hubError.ts';
import { plainText } from '../hub/wire/serverWords.ts';
import { OriginError } from '../hub/wire/origins.ts';
import { JournalError } from '../runs/journal/journalLine.ts';
import type { Failure } from '../runs/outcome/outcome.ts';
import { AgeSyntaxError } from '../retention/tags/age.ts';
import { AgeBandsError } from '../retention/tags/ageBand.ts';
import { GlobSyntaxError } from '../retention/globs/glob.ts';
import { ProtectionSizeError } from '../retention/policy/protect.ts';
import { BusyError } from './busyError.ts';
import { ageErrorText } from './ageErrorText.ts';
import { numberText } from './countText.ts';
import { globErrorText } from './globErrorText.ts';
import { hubReasonText } from './hubReasonText.ts';
import { LoadError } from './loadError.ts';
import { PolicySourcesError } from '../policies/policySourcesError.ts';
import { SettingError } from './settingError.ts';
import { StorageError } from '../runs/storageError.ts';
import { timeText } from './timeText.ts';

/** Something that a person can do about an error. */
export type Remedy = 'signIn' | 'retry' | 'openSettings' | 'openPolicies' | 'openDockerHub' | 'showLog';

/** An error for people: what happened, in the server's words where it gave any, and what helps. */
export interface ErrorText {
  readonly message: string;
  readonly remedies: readonly Remedy[];
}

/** What to tell a person about any error. */
export function errorText(error: unknown): ErrorText {
  if (error instanceof HubError) {
    // What a list failed for tells what helps.
    const { kind } =
      error.kind === 'incomplete' && error.reason === undefined && error.cause instanceof HubError
        ? error.cause
        : error;
    return { message: hubMessage(error), remedies: remediesOf(kind) };
  }
  if (error instanceof SettingError) return { message: settingMessage(error), remedies: ['openSettings'] };
  if (error instanceof PolicySourcesError) return { message: error.message, remedies: ['openPolicies'] };
  if (error instanceof LoadError) return { message: error.message, remedies: ['retry', 'showLog'] };
  if (error instanceof BusyError) return { message: error.message, remedies: ['retry'] };
  if (error instanceof StorageError) return { message: error.message, remedies: ['retry', 'showLog'] };
  if (error instanceof JournalError) return { message: journalMessage(error), remedies: ['showLog'] };
  if (error instanceof GlobSyntaxError) return { message: globErrorText(error), remedies: [] };
  return { message: plainText(error instanceof Error ? error.message : String(error)), remedies: ['showLog'] };
}

/** What to tell a person about a failure that a run has recorded. */
export function failureText({ kind, status, words: recorded, reason, subject: recordedSubject }: Failure): string {
  // Out of a journal, they may have been changed by hand.
  const [words, subject] = [recorded && plainText(recorded), recordedSubject && plainText(recordedSubject)];
  if (kind === 'interrupted') {
    return words
      ? l10n.t('This extension failed: {0}', words)
      : l10n.t('The run was interrupted before the answer came.');
  }
  if (kind === 'queued') return l10n.t('Docker Hub accepted the deletion and still lists the repository.');
  if (kind !== 'storage') return hubMessage({ kind, status, serverWords: words, reason, subject });
  return l10n.t('The journal of the run cannot be written on this machine: {0}', words ?? '');
}

function hubMessage(
  error: Pick<HubError, 'kind' | 'status' | 'serverWords' | 'reason' | 'subject'> & Partial<HubError>,
): string {
  const { serverWords: words, status, reason } = error;
  const subject = error.subject ?? words;
  switch (error.kind) {
    case 'wrongSecret':
      if (reason === 'tokenRequired') return withWords(hubReasonText(reason), words);
      return withWords(l10n.t('Docker Hub does not accept this password or access token.'), words);
    case 'needsCode':
      return l10n.t(
        'This account needs a one-time code to sign in, and none was given. An access token needs no code.',
      );
    case 'lockedOut':
      return l10n.t(
        'Docker Hub has locked this account for some minutes after too many failed sign-ins. Wait 15 minutes, then sign in again.',
      );
    case 'signedOut':
      return l10n.t('This account is signed out. Sign in again.');
    case 'signInFailed':
      return l10n.t(
        'The sign-in could not be renewed. {0}',
        error.cause instanceof HubError
          ? hubMessage(error.cause)
          : reason
            ? hubReasonText(reason)
            : withWords(l10n.t('Try again later.'), words),
      );
    case 'unauthorized':
      return withWords(l10n.t('Docker Hub does not accept the sign-in any more. Sign in again.'), words);
    case 'forbidden':
      return withWords(
        l10n.t('Docker Hub refuses this. The access token or the account lacks the right to do it.'),
        words,
      );
    case 'immutable':
      return withWords(l10n.t('The tag is immutable in the settings of its repository.'), words);
    case 'blocked':
      return l10n.t(
        'Cloudflare, which stands before Docker Hub, blocked the request. This says nothing about your password or token. Wait a while, or try from another network.',
      );
    case 'notFound':
      return withWords(l10n.t('Docker Hub does not find it, or this account may not see it.'), words);
    case 'rateLimited':
      return error.retryAt === undefined
        ? l10n.t('Docker Hub takes no more requests at the moment. Wait a minute, then try again.')
        : l10n.t('Docker Hub takes no more requests until {0}.', timeText(error.retryAt));
    case 'rejected':
      return withWords(l10n.t('Docker Hub rejects the request ({0}).', String(status ?? l10n.t('no status'))), words);
    case 'server':
      return withWords(
        l10n.t('Docker Hub has trouble at the moment ({0}). Try again later.', String(status ?? 500)),
        words,
      );
    case 'network':
      return l10n.t('Docker Hub cannot be reached. Check the network connection and the proxy settings.');
    case 'timeout':
      return l10n.t('Docker Hub did not answer in time. Try again later.');
    case 'malformed':
      // Journals of earlier versions have words of this extension's there.
      return withReason(l10n.t('Docker Hub sent an answer that cannot be understood.'), error);
    case 'foreignOrigin':
      return l10n.t(
        'The server pointed to another server ({0}), which was not followed.',
        subject ?? l10n.t('no address'),
      );
    case 'incomplete': {
      const message =
        error.expected === undefined
          ? l10n.t('The list could not be read to its end; {0} entries were read.', numberText(error.read ?? 0))
          : l10n.t(
              'The list could not be read to its end; {0} of {1} entries were read.',
              numberText(error.read ?? 0),
              numberText(error.expected),
            );
      if (reason === 'listEmpty') return hubReasonText(reason);
      if (reason) return withReason(message, error);
      return error.cause instanceof HubError ? `${message} ${hubMessage(error.cause)}` : withWords(message, words);
    }
    case 'routeGone':
      if (status !== undefined && status < 300) {
        return withWords(
          l10n.t(
            'Docker Hub reported the deletion as done ({0}), but the tag is still there. It may no longer offer the deletion that this extension knows; look for an update.',
            String(status),
          ),
          words,
        );
      }
      return withWords(
        l10n.t('Docker Hub no longer offers the deletion that this extension knows. Look for an update.'),
        words,
      );
    case 'unsafeName':
      return l10n.t('The name {0} cannot be used in a request; nothing was sent.', subject ?? '');
  }
}

function journalMessage(error: JournalError): string {
  switch (error.reason) {
    case 'newer':
      return l10n.t(
        'A newer version of this extension wrote the journal of this run, and only that can read it. Update the extension, then try again.',
      );
    case 'damaged':
      return l10n.t('The journal of this run is damaged, and nothing is done with it: {0}', plainText(error.message));
    case 'missing':
      return l10n.t('There is no such run any more.');
  }
}

function withWords(message: string, words: string | undefined): string {
  return words === undefined ? message : l10n.t('{0} Docker Hub says: "{1}"', message, words);
}

function withReason(message: string, { reason, subject }: Pick<HubError, 'reason' | 'subject'>): string {
  return reason === undefined ? message : `${message} ${hubReasonText(reason, subject)}`;
}

function remediesOf(kind: HubErrorKind): readonly Remedy[] {
  switch (kind) {
    case 'wrongSecret':
    case 'needsCode':
    case 'signedOut':
    case 'unauthorized':
    case 'lockedOut':
      return ['signIn'];
    case 'forbidden':
    case 'immutable':
    case 'notFound':
      return ['openDockerHub', 'showLog'];
    default:
      return ['retry', 'showLog'];
  }
}

function settingMessage(error: SettingError): string {
  const { cause } = error;
  if (cause instanceof OriginError) {
    switch (cause.reason) {
      case 'notUrl':
        return l10n.t(
          'The setting {0} holds "{1}", which is no web address. Write it like {2}.',
          error.setting,
          plainText(cause.value, 100),
          'https://hub.docker.com',
        );
      case 'notHttps':
        return l10n.t(
          'The setting {0} holds "{1}". Only https addresses may be given a password (http is for this machine alone).',
          error.setting,
          plainText(cause.value, 100),
        );
      case 'notOrigin':
        return l10n.t(
          'The setting {0} holds "{1}". Give the server only, without path, user or query, like {2}.',
          error.setting,
          plainText(cause.value, 100),
          'https://hub.docker.com',
        );
    }
  }
  const example = l10n.t('Write such as "45 days", "6 months", "1 year" or "2025-01-31".');
  return l10n.t(
    'The setting {0} is not usable: {1}',
    error.setting,
    cause instanceof AgeSyntaxError ? `${ageErrorText(cause)} ${example}` : causeText(cause),
  );
}

function causeText(cause: unknown): string {
  if (cause instanceof GlobSyntaxError) return globErrorText(cause);
  if (cause instanceof AgeBandsError) return ageBandsErrorText(cause);
  if (cause instanceof ProtectionSizeError) {
    return l10n.t(
      'The patterns of the user and of the workspace have more than 5,000 characters in all, where a pattern with braces counts ten times.',
    );
  }
  return plainText(cause instanceof Error ? cause.message : String(cause));
}

function ageBandsErrorText(error: AgeBandsError): string {
  switch (error.reason) {
    case 'type':
      return l10n.t('"{0}" must be an age such as "90 days".', error.key);
    case 'date':
      return l10n.t('"{0}" must be a span such as "90 days", not a date.', error.key);
    case 'age':
      return error.cause instanceof AgeSyntaxError
        ? `${error.key}: ${ageErrorText(error.cause)}`
        : plainText(error.message);
    case 'order':
      return l10n.t('"{0}" must be longer than the age before it: aging, old, stale.', error.key);
  }
}
