import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import type { Outcome, Stop, StopReason } from '../runs/outcome/outcome.ts';
import { type DeleteReason, isDeleteReason, type KeepReason } from '../retention/plan/plan.ts';
import { numberText, repositoriesText } from './countText.ts';
import { failureText } from './failureText.ts';
import { hubReasonText } from './hubReasonText.ts';
import { repositoryText } from './repositoryText.ts';

/** Why a tag stays, in words. */
export function keepReasonText(reason: KeepReason): string {
  switch (reason.kind) {
    case 'protected':
      return l10n.t('protected by "{0}"', plainText(reason.pattern, 100));
    case 'immutable':
      return l10n.t('immutable');
    case 'byHand':
      return l10n.t('kept by hand');
    case 'referenced':
      return l10n.t('used in {0}', plainText(reason.place, 200));
    case 'notCovered':
      return l10n.t('not matched by the policy');
    case 'unknownAge':
      return l10n.t('unknown age');
    case 'newest':
      return l10n.t('newest {0}', numberText(reason.count));
    case 'version':
      return versionReasonText(reason);
    case 'younger':
      return reason.than === undefined ? l10n.t('younger') : l10n.t('younger than {0}', plainText(reason.than));
    case 'notVersion':
      return l10n.t('not a version');
    case 'alias':
      return l10n.t('same image as {0}', plainText(reason.of));
    case 'buildCache':
      return l10n.t('build cache, and the policy has no age limit');
    case 'attachedTo':
      return l10n.t('attached to {0}, which is kept', plainText(reason.of));
    case 'untaggedSubject':
      return l10n.t('attached to an untagged image');
    case 'overCap':
      return l10n.t('over the limit');
    case 'overShare':
      return l10n.t('more than the share that the policy allows');
    case 'lastTag':
      return l10n.t('last tag of its repository');
    case 'unconfirmed':
      return l10n.t('not among the confirmed tags');
  }
}

/** Why several tags stay, in words: what differs from tag to tag is left out, so that the reasons are few. */
export function keepReasonsText(reason: KeepReason): string {
  switch (reason.kind) {
    case 'referenced':
      return l10n.t('in use');
    case 'version':
      return l10n.t('last versions');
    case 'alias':
      return l10n.t('same image as a kept tag');
    case 'attachedTo':
      return l10n.t('attached to tags that are kept');
    default:
      return keepReasonText(reason);
  }
}

/** "last patch of 2.3". */
function versionReasonText({ level, of }: KeepReason & { readonly kind: 'version' }): string {
  if (of === undefined) {
    const alone = {
      major: l10n.t('last major version'),
      minor: l10n.t('last minor version'),
      patch: l10n.t('last patch'),
      prerelease: l10n.t('last prerelease'),
    };
    return alone[level];
  }
  const version = plainText(of);
  const withOf = {
    major: l10n.t('last major version of {0}', version),
    minor: l10n.t('last minor version of {0}', version),
    patch: l10n.t('last patch of {0}', version),
    prerelease: l10n.t('last prerelease of {0}', version),
  };
  return withOf[level];
}

/** Why a tag goes, in words. */
function deleteReasonText(reason: DeleteReason): string {
  switch (reason.kind) {
    case 'older':
      return l10n.t('old enough');
    case 'unkept':
      return l10n.t('not kept by any rule');
    case 'picked':
      return l10n.t('selected by hand');
    case 'withSubject':
      return l10n.t('attached to {0}, which is deleted', plainText(reason.of));
    case 'orphaned':
      return l10n.t('attached to an untagged image, and old enough');
  }
}

/** Why a tag stays or goes, in words. */
export function reasonText(reason: KeepReason | DeleteReason): string {
  return isDeleteReason(reason) ? deleteReasonText(reason) : keepReasonText(reason);
}

/** A kind of outcome, in words; why a tag was kept is said by `outcomeText`. */
export function outcomeName(kind: Outcome['kind']): string {
  switch (kind) {
    case 'removed':
      return l10n.t('removed');
    case 'alreadyGone':
      return l10n.t('already gone');
    case 'spared':
      return l10n.t('kept');
    case 'failed':
      return l10n.t('failed');
    case 'uncertain':
      return l10n.t('uncertain');
    case 'notReached':
      return l10n.t('not reached');
  }
}

/** How a planned tag ended, in words. */
export function outcomeText(outcome: Outcome): string {
  const name = outcomeName(outcome.kind);
  switch (outcome.kind) {
    case 'failed':
      return l10n.t('{0}: {1}', name, failureText(outcome.failure));
    case 'uncertain':
      if (outcome.failure.kind === 'interrupted') {
        return l10n.t('{0}, because the run was interrupted before the answer arrived', name);
      }
      if (outcome.failure.kind === 'queued') return l10n.t('{0}, because Docker Hub still lists the repository', name);
      return l10n.t('{0}, because there was no clear answer: {1}', name, failureText(outcome.failure));
    case 'notReached':
      return l10n.t('{0}: {1}', name, stopReasonText(outcome.reason));
    case 'spared':
      return outcome.reason
        ? l10n.t('kept: {0}', keepReasonText(outcome.reason))
        : l10n.t('pushed since the plan, kept');
    default:
      return name;
  }
}

/** Why a run or a repository went no further, in words that finish "it stopped because …". */
export function stopReasonText(reason: StopReason): string {
  switch (reason) {
    case 'cancelled':
      return l10n.t('the run was canceled');
    case 'takenOver':
      return l10n.t('another window might have taken over while this one was suspended');
    case 'interrupted':
      return l10n.t('the run was interrupted');
    case 'storage':
      return l10n.t("the journal of the run can't be written on this machine");
    case 'blocked':
      return l10n.t('Cloudflare blocked the requests');
    case 'account':
      return l10n.t('the sign-in is no longer accepted');
    case 'offline':
      return l10n.t('Docker Hub could no longer be reached');
    case 'refused':
      return l10n.t('Docker Hub kept limiting the request rate');
    case 'routeGone':
      return l10n.t('Docker Hub no longer offers the deletion API that this extension uses');
    case 'missingRight':
      return l10n.t('the permission to delete is missing');
    case 'repositoryGone':
      return l10n.t('the repository is gone');
    case 'serverTrouble':
      return l10n.t('Docker Hub failed repeatedly');
  }
}

/** Early ends that have one reason, one or more of them, with what helps against it. */
export function stopText(stops: readonly Stop[]): string {
  const [first] = stops;
  if (!first) return '';
  if (first.reason === 'cancelled') return l10n.t('The run was canceled.');
  const why =
    first.failure?.reason === 'secretStorage'
      ? l10n.t("the sign-in can't be read on this machine")
      : stopReasonText(first.reason);
  const one = first.repository
    ? l10n.t('{0} stopped: {1}.', repositoryText(first.repository), why)
    : l10n.t('The run stopped: {0}.', why);
  const details = [stops.length > 1 ? l10n.t('{0} stopped: {1}.', repositoriesText(stops.length), why) : one];
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
    details.push(
      failure.kind === 'storage' ? l10n.t('The system says: "{0}"', words) : l10n.t('Docker Hub says: "{0}"', words),
    );
  }
  return details.join(' ');
}

/** What it takes to delete. */
export function deleteRightText(): string {
  return l10n.t(
    'Deleting needs an access token with "Read, Write, Delete" (for an organization access token, the scope "scope-tag-admin") and admin permission on the repository.',
  );
}
