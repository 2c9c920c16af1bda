import * as vscode from 'vscode';
import { plainText } from '../hub/serverWords.ts';
import type { Outcome, Stop, StopReason } from '../pruning/outcome.ts';
import { type DeleteReason, isDeleteReason, type KeepReason } from '../retention/plan.ts';
import { numberText, repositoriesText } from './countText.ts';
import { failureText } from './errorText.ts';
import { hubReasonText } from './hubReasonText.ts';
import { repositoryText } from './repositoryText.ts';

/** Why a tag stays, in words. */
export function keepReasonText(reason: KeepReason): string {
  const { t } = vscode.l10n;
  switch (reason.kind) {
    case 'protected':
      return t('protected by "{0}"', plainText(reason.pattern, 100));
    case 'immutable':
      return t('immutable');
    case 'byHand':
      return t('kept by hand');
    case 'referenced':
      return t('used in {0}', plainText(reason.place, 200));
    case 'notCovered':
      return t('not among the tags of the policy');
    case 'unknownAge':
      return t('unknown age');
    case 'newest':
      return t('newest {0}', numberText(reason.count));
    case 'version':
      return versionReasonText(reason);
    case 'younger':
      return reason.than === undefined ? t('younger') : t('younger than {0}', plainText(reason.than));
    case 'notVersion':
      return t('not a version');
    case 'alias':
      return t('same image as {0}', plainText(reason.of));
    case 'buildCache':
      return t('build cache, and the policy has no age');
    case 'attachedTo':
      return t('attached to {0}, which is kept', plainText(reason.of));
    case 'untaggedSubject':
      return t('attached to an image that no tag has');
    case 'overCap':
      return t('over the cap');
    case 'overShare':
      return t('more than the share that the policy allows');
    case 'lastTag':
      return t('last tag of its repository');
    case 'unconfirmed':
      return t('not among the tags that were confirmed');
  }
}

/** Why several tags stay, in words: what differs from tag to tag is left out, so that the reasons are few. */
export function keepReasonsText(reason: KeepReason): string {
  switch (reason.kind) {
    case 'referenced':
      return vscode.l10n.t('in use');
    case 'version':
      return vscode.l10n.t('last versions');
    case 'alias':
      return vscode.l10n.t('same image as a tag that stays');
    case 'attachedTo':
      return vscode.l10n.t('attached to tags that are kept');
    default:
      return keepReasonText(reason);
  }
}

/** "last patch of 2.3". */
function versionReasonText({ level, of }: KeepReason & { readonly kind: 'version' }): string {
  const { t } = vscode.l10n;
  if (of === undefined) {
    const alone = {
      major: t('last major version'),
      minor: t('last minor version'),
      patch: t('last patch'),
      prerelease: t('last prerelease'),
    };
    return alone[level];
  }
  const version = plainText(of);
  const withOf = {
    major: t('last major version of {0}', version),
    minor: t('last minor version of {0}', version),
    patch: t('last patch of {0}', version),
    prerelease: t('last prerelease of {0}', version),
  };
  return withOf[level];
}

/** Why a tag goes, in words. */
export function deleteReasonText(reason: DeleteReason): string {
  const { t } = vscode.l10n;
  switch (reason.kind) {
    case 'older':
      return t('old enough');
    case 'unkept':
      return t('no rule keeps it');
    case 'picked':
      return t('picked by hand');
    case 'withSubject':
      return t('attached to {0}, which is deleted', plainText(reason.of));
    case 'orphaned':
      return t('attached to an image that no tag has, and old enough');
  }
}

/** Why a tag stays or goes, in words. */
export function reasonText(reason: KeepReason | DeleteReason): string {
  return isDeleteReason(reason) ? deleteReasonText(reason) : keepReasonText(reason);
}

/** A kind of outcome, in words; why a tag was kept is said by `outcomeText`. */
export function outcomeName(kind: Outcome['kind']): string {
  const { t } = vscode.l10n;
  switch (kind) {
    case 'removed':
      return t('removed');
    case 'alreadyGone':
      return t('already gone');
    case 'spared':
      return t('kept');
    case 'failed':
      return t('failed');
    case 'uncertain':
      return t('uncertain');
    case 'notReached':
      return t('not reached');
  }
}

/** How a planned tag ended, in words. */
export function outcomeText(outcome: Outcome): string {
  const { t } = vscode.l10n;
  const name = outcomeName(outcome.kind);
  switch (outcome.kind) {
    case 'failed':
      return t('{0}: {1}', name, failureText(outcome.failure));
    case 'uncertain':
      if (outcome.failure.kind === 'interrupted') {
        return t('{0}, since the run was interrupted before the answer came', name);
      }
      if (outcome.failure.kind === 'queued') return t('{0}, since Docker Hub still lists the repository', name);
      return t('{0}, since no clear answer came: {1}', name, failureText(outcome.failure));
    case 'notReached':
      return t('{0}: {1}', name, stopReasonText(outcome.reason));
    case 'spared':
      return outcome.reason ? t('kept: {0}', keepReasonText(outcome.reason)) : t('pushed since the plan, kept');
    default:
      return name;
  }
}

/** Why a run or a repository went no further, in words that finish "it stopped because …". */
export function stopReasonText(reason: StopReason): string {
  const { t } = vscode.l10n;
  switch (reason) {
    case 'cancelled':
      return t('the run was cancelled');
    case 'takenOver':
      return t('another window may have taken over, since this one stood still');
    case 'interrupted':
      return t('the run was interrupted');
    case 'storage':
      return t('the journal of the run cannot be written on this machine');
    case 'blocked':
      return t('Cloudflare blocked the requests');
    case 'account':
      return t('the sign-in is not accepted any more');
    case 'offline':
      return t('Docker Hub could not be reached any more');
    case 'refused':
      return t('Docker Hub kept refusing requests for their rate');
    case 'routeGone':
      return t('Docker Hub no longer offers the deletion that this extension knows');
    case 'missingRight':
      return t('the right to delete is missing');
    case 'repositoryGone':
      return t('the repository is gone');
    case 'serverTrouble':
      return t('Docker Hub failed again and again');
  }
}

/** Early ends that have one reason, one or more of them, with what helps against it. */
export function stopText(stops: readonly Stop[]): string {
  const { t } = vscode.l10n;
  const [first] = stops;
  if (!first) return '';
  if (first.reason === 'cancelled') return t('The run was cancelled.');
  const why =
    first.failure?.reason === 'secretStorage'
      ? t('the sign-in cannot be read on this machine')
      : stopReasonText(first.reason);
  const details = [
    stops.length > 1
      ? t('{0} stopped: {1}.', repositoriesText(stops.length), why)
      : first.repository
        ? t('{0} stopped: {1}.', repositoryText(first.repository), why)
        : t('The run stopped: {0}.', why),
  ];
  if (first.reason === 'missingRight') details.push(deleteRightText());
  // Out of a journal, they may have been changed by hand.
  const { failure } = first;
  const words = failure?.words && plainText(failure.words);
  if (failure?.reason) details.push(hubReasonText(failure.reason, failure.subject && plainText(failure.subject)));
  if (failure?.kind === 'interrupted' && words) {
    details.push(failureText(failure));
  }
  // Words beside `malformed` are this extension's, in journals of earlier versions.
  else if (words && failure.kind !== 'malformed') {
    details.push(failure.kind === 'storage' ? t('The system says: "{0}"', words) : t('Docker Hub says: "{0}"', words));
  }
  return details.join(' ');
}

/** What it takes to delete. */
export function deleteRightText(): string {
  return vscode.l10n.t(
    'Deleting needs an access token with "Read, Write, Delete" (an organization access token: the scope "scope-tag-admin") and admin rights on the repository.',
  );
}
