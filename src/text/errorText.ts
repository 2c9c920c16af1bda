import * as l10n from '@vscode/l10n';
import { HubError, type HubErrorKind } from '../hub/wire/hubError.ts';
import { plainText } from '../hub/wire/serverWords.ts';
import { OriginError } from '../hub/wire/origins.ts';
import { JournalError } from '../runs/journal/journalLine.ts';
import { AgeSyntaxError } from '../retention/tags/age.ts';
import { AgeBandsError } from '../retention/tags/ageBand.ts';
import { GlobSyntaxError } from '../retention/globs/glob.ts';
import { ProtectionSizeError } from '../retention/policy/protect.ts';
import { BusyError } from '../prune/busyError.ts';
import { ChangedError } from '../prune/changedError.ts';
import { MaxShareError } from '../prune/maxShareError.ts';
import { PolicyGoneError } from '../prune/policyGoneError.ts';
import { RestoreUnrecordedError } from '../prune/restoreRun.ts';
import { TakenError } from '../prune/takenError.ts';
import { ageErrorText } from './ageErrorText.ts';
import { changeText } from './changeText.ts';
import { failureText, hubErrorText } from './failureText.ts';
import { globErrorText } from './globErrorText.ts';
import { LoadError } from './loadError.ts';
import { maxShareText } from './maxShareText.ts';
import { PolicySourcesError } from '../policies/policySourcesError.ts';
import { repositoryText } from './repositoryText.ts';
import { SettingError } from './settingError.ts';
import { StorageError } from '../runs/storageError.ts';
import { takenText } from './takenText.ts';

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
    return { message: hubErrorText(error), remedies: remediesOf(kind) };
  }
  if (error instanceof SettingError) return { message: settingMessage(error), remedies: ['openSettings'] };
  if (error instanceof PolicySourcesError) return { message: error.message, remedies: ['openPolicies'] };
  if (error instanceof LoadError) return { message: error.message, remedies: ['retry', 'showLog'] };
  if (error instanceof BusyError) return { message: busyMessage(error), remedies: ['retry'] };
  if (error instanceof TakenError) return { message: takenText(error), remedies: ['showLog'] };
  if (error instanceof MaxShareError) return { message: maxShareText(error), remedies: ['showLog'] };
  if (error instanceof ChangedError) return { message: changeText(error.change), remedies: ['showLog'] };
  if (error instanceof RestoreUnrecordedError) {
    const words = error.cause instanceof Error ? error.cause.message : String(error.cause);
    return { message: failureText({ kind: 'storage', words }), remedies: ['showLog'] };
  }
  if (error instanceof PolicyGoneError) return { message: policyGoneMessage(error), remedies: ['showLog'] };
  if (error instanceof StorageError) return { message: error.message, remedies: ['retry', 'showLog'] };
  if (error instanceof JournalError) return { message: journalMessage(error), remedies: ['showLog'] };
  if (error instanceof GlobSyntaxError) return { message: globErrorText(error), remedies: [] };
  return { message: plainText(error instanceof Error ? error.message : String(error)), remedies: ['showLog'] };
}

function busyMessage({ repository }: BusyError): string {
  return l10n.t(
    'A run is deleting or restoring tags in {0} right now. Wait for it to finish, then try again.',
    repositoryText(repository),
  );
}

function policyGoneMessage({ repository, reason }: PolicyGoneError): string {
  const name = repositoryText(repository);
  return reason === 'untrusted'
    ? l10n.t(
        "This workspace is no longer trusted, so its policy of {0} doesn't apply. Nothing was deleted. Create a new plan.",
        name,
      )
    : l10n.t('The policy of {0} was removed in the meantime. Nothing was deleted. Create a new plan.', name);
}

function journalMessage(error: JournalError): string {
  switch (error.reason) {
    case 'newer':
      return l10n.t(
        'The journal of this run was written by a newer version of this extension. Update the extension, then try again.',
      );
    case 'damaged':
      return l10n.t("The journal of this run is damaged and can't be used: {0}", plainText(error.message));
    case 'missing':
      return l10n.t('This run no longer exists.');
  }
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
          'The setting {0} is "{1}", which isn\'t a valid URL. Use, for example, {2}.',
          error.setting,
          plainText(cause.value, 100),
          'https://hub.docker.com',
        );
      case 'notHttps':
        return l10n.t(
          'The setting {0} is "{1}". Use an https address; http is allowed only for this machine.',
          error.setting,
          plainText(cause.value, 100),
        );
      case 'notOrigin':
        return l10n.t(
          'The setting {0} is "{1}". Enter only the server, without a path, user, or query, for example, {2}.',
          error.setting,
          plainText(cause.value, 100),
          'https://hub.docker.com',
        );
    }
  }
  const example = l10n.t('Use, for example, "45 days", "6 months", "1 year", or "2025-01-31".');
  return l10n.t(
    "The setting {0} can't be used: {1}",
    error.setting,
    cause instanceof AgeSyntaxError ? `${ageErrorText(cause)} ${example}` : causeText(cause),
  );
}

function causeText(cause: unknown): string {
  if (cause instanceof GlobSyntaxError) return globErrorText(cause);
  if (cause instanceof AgeBandsError) return ageBandsErrorText(cause);
  if (cause instanceof ProtectionSizeError) {
    return l10n.t(
      'The patterns of the user and the workspace have more than 5,000 characters in total, where a pattern with braces counts ten times.',
    );
  }
  return plainText(cause instanceof Error ? cause.message : String(cause));
}

function ageBandsErrorText(error: AgeBandsError): string {
  switch (error.reason) {
    case 'type':
      return l10n.t('"{0}" must be an age, for example, "90 days".', error.key);
    case 'date':
      return l10n.t('"{0}" must be a duration, for example, "90 days", not a date.', error.key);
    case 'age':
      return error.cause instanceof AgeSyntaxError
        ? `${error.key}: ${ageErrorText(error.cause)}`
        : plainText(error.message);
    case 'order':
      return l10n.t('"{0}" must be longer than the age before it: aging, old, stale.', error.key);
  }
}
