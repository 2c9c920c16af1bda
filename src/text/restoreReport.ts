import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import type { BatchTag } from '../retention/plan/batch.ts';
import { attachmentOf } from '../retention/tags/attachment.ts';
import type { Restorable, RestoreEvent, RestoreState } from '../runs/restore.ts';
import { numberText, tagsAndAttachmentsText } from './countText.ts';
import { failureText } from './failureText.ts';
import { repositoryText } from './repositoryText.ts';

/** Tags that a line names. */
const maxNamed = 10;

/** Which of the chosen tags can be restored, a line for each state. */
export function restorableFacts(found: readonly Restorable[]): string[] {
  const groups = Map.groupBy(found, ({ state }) => state.kind);
  const line = (kind: RestoreState['kind'], text: (count: string, names: string) => string) => {
    const tags = groups.get(kind);
    return tags ? [text(tagsAndAttachmentsText(tags.length, countAttachments(tags)), namesOf(tags))] : [];
  };
  return [
    ...line('ready', (count, names) => l10n.t('Can be restored: {0} ({1}).', count, names)),
    ...line('taken', (count, names) =>
      l10n.t('Now point to another image: {0} ({1}). Replace moves the tags back.', count, names),
    ),
    ...line('there', (count, names) => l10n.t('Already there: {0} ({1}).', count, names)),
    ...line('gone', (count, names) =>
      l10n.t("Can't be restored, because Docker Hub no longer stores the images: {0} ({1}).", count, names),
    ),
    ...line('noDigest', (count, names) =>
      l10n.t("Can't be restored, because the digests were never known: {0} ({1}).", count, names),
    ),
    ...line('unknown', (count, names) => l10n.t("Couldn't be checked: {0} ({1}).", count, names)),
  ];
}

/** How many of the tags are signatures or other attachments. */
export function countAttachments(tags: readonly BatchTag[]): number {
  return tags.filter(({ tag }) => attachmentOf(tag) !== undefined).length;
}

/** What came of restoring, in a sentence or more. @param found all tags that were chosen */
export function restoreSummary(events: readonly RestoreEvent[], found: readonly Restorable[], place: string): string {
  const restored = events.filter(({ outcome }) => outcome.kind === 'restored').length;
  const others = Map.groupBy(
    events.filter(({ outcome }) => outcome.kind !== 'restored'),
    ({ outcome }) => outcome.kind,
  );
  const isRefused = events.some(({ outcome }) => outcome.kind === 'failed' && outcome.failure.kind === 'forbidden');
  const permission = l10n.t(
    'Restoring needs an access token with "Read & Write" or more (for an organization access token, the scope "scope-image-push") and permission to push to the repository.',
  );
  return [
    l10n.t(
      'Restored {0} of {1} in {2}.',
      numberText(restored),
      tagsAndAttachmentsText(found.length, countAttachments(found)),
      place,
    ),
    ...[...others.values()].map(othersText),
    ...(isRefused ? [permission] : []),
  ].join(' ');
}

/** The whole account of restoring, as lines of text. @param summary see `restoreSummary` */
export function restoreLines(
  events: readonly RestoreEvent[],
  found: readonly Restorable[],
  summary: string,
): readonly string[] {
  const lines = events.map(
    (event) => `  ${repositoryText(event.repository)}:${plainText(event.tag.name)}  ${restoreOutcomeText(event)}`,
  );
  const tried = new Set(events.map(({ tag }) => tag));
  const untried = found.filter(({ tag }) => !tried.has(tag));
  return [summary, '', ...lines, ...(untried.length > 0 ? ['', ...restorableFacts(untried)] : [])];
}

/** How the restoring of one tag ended. */
export function restoreOutcomeText({ outcome }: RestoreEvent): string {
  switch (outcome.kind) {
    case 'restored':
      return l10n.t('restored');
    case 'there':
      return l10n.t('already there');
    case 'taken':
      return l10n.t('skipped, because the tag now points to another image');
    case 'gone':
      return l10n.t('gone, because Docker Hub no longer stores the image');
    case 'notReached':
      return l10n.t('not reached');
    case 'failed':
      return l10n.t('failed: {0}', failureText(outcome.failure));
    case 'uncertain':
      if (outcome.failure.kind === 'interrupted') {
        return l10n.t("uncertain: the request might have restored it, and it wasn't checked afterwards");
      }
      return l10n.t(
        "uncertain: the request might have restored it, and it couldn't be checked: {0}",
        failureText(outcome.failure),
      );
  }
}

/** How some tags ended that were not restored, all in one way; of failures, one is given as an example. */
function othersText(alike: readonly RestoreEvent[]): string {
  const texts = new Set(alike.map(restoreOutcomeText));
  const [first = ''] = texts;
  if (texts.size === 1) return l10n.t('{0} {1}.', numberText(alike.length), first);
  return alike[0]?.outcome.kind === 'uncertain'
    ? l10n.t('{0} uncertain, one of them {1}.', numberText(alike.length), first)
    : l10n.t('{0} not restored, one of them {1}.', numberText(alike.length), first);
}

function namesOf(tags: readonly BatchTag[]): string {
  const names = tags.slice(0, maxNamed).map(({ tag }) => plainText(tag.name, 80));
  return tags.length > maxNamed
    ? l10n.t('{0} and {1} more', names.join(', '), numberText(tags.length - maxNamed))
    : names.join(', ');
}
