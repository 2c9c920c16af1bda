import * as vscode from 'vscode';
import { plainText } from '../hub/serverWords.ts';
import { ageText } from './ageText.ts';
import { numberText } from './countText.ts';
import type { UsePlace } from './referenceIndex.ts';
import type { ReferenceDoubt } from './workspaceReferences.ts';

/** References that are told one by one; of the others, how many. */
const mostTold = 3;

/**
 * What the user should know, before tags are deleted, of uses that may be there and are not known, and how old is what is known of clusters: a line
 * each, a few in all. None where all is known.
 * @param now instant (ms) that ages count from
 */
export function referenceFacts(doubts: readonly ReferenceDoubt[], now: number = Date.now()): string[] {
  const { t } = vscode.l10n;
  const facts: string[] = [];
  for (const doubt of doubts) {
    if (doubt.kind === 'noWorkspace') facts.push(t('No folder is open, so nothing is known to be in use.'));
    else if (doubt.kind === 'unfinished') facts.push(t('The search of the workspace for uses was not finished: what it has not read protects nothing.'));
    else if (doubt.kind === 'tooManyFiles') facts.push(t('The workspace has more than {0} files that may name images; the others were not read.', numberText(doubt.limit)));
    else if (doubt.kind === 'clustersUnknown') facts.push(t('What was read from Kubernetes clusters cannot be read any more and protects nothing. Run "Read Images of the Current Kubernetes Context" again for each context.'));
    else if (doubt.kind === 'cluster') facts.push(clusterFact(doubt, now));
  }
  const named = doubts.filter((doubt) => (doubt.kind === 'unresolved' || doubt.kind === 'overridable') && doubt.repository !== undefined) as Named[];
  facts.push(...named.slice(0, mostTold).map(namedFact));
  if (named.length > mostTold) facts.push(t('Not understood as well: {0} more references to these repositories.', numberText(named.length - mostTold)));
  const [unnamed, ...moreUnnamed] = doubts.filter((doubt) => (doubt.kind === 'unresolved' || doubt.kind === 'overridable') && doubt.repository === undefined) as Named[];
  if (unnamed) {
    const [text, place] = [plainText(unnamed.text, 100), placeText(unnamed.place)];
    facts.push(
      moreUnnamed.length === 0
        ? t('"{0}" in {1} may mean one of these repositories; it is not understood and protects nothing.', text, place)
        : t('{0} references may mean one of these repositories; they are not understood and protect nothing, such as "{1}" in {2}.', numberText(moreUnnamed.length + 1), text, place),
    );
  }
  const [unread, ...moreUnread] = new Map(doubts.flatMap((doubt) => (doubt.kind === 'unreadable' ? [[doubt.place.source, doubt] as const] : []))).values();
  if (unread) {
    const place = placeText(unread.place);
    facts.push(moreUnread.length === 0 ? t('{0} could not be read for uses.', place) : t('{0} files could not be read for uses, such as {1}.', numberText(moreUnread.length + 1), place));
  }
  return facts;
}

/** How old what is known of a cluster is, and what refreshes it. */
function clusterFact({ context, readAt, isLost }: ReferenceDoubt & { readonly kind: 'cluster' }, now: number): string {
  const { t } = vscode.l10n;
  const [name, age] = [plainText(context, 200), ageText(readAt, now)];
  return isLost
    ? t('Images of the cluster "{0}" were read {1} and were too many to be kept: they protect nothing. Run "Read Images of the Current Kubernetes Context" again.', name, age)
    : t('Images of the cluster "{0}" were read {1}. To refresh them, run "Read Images of the Current Kubernetes Context".', name, age);
}

type Named = ReferenceDoubt & { readonly kind: 'unresolved' | 'overridable' };

function namedFact({ kind, text, place }: Named): string {
  const { t } = vscode.l10n;
  const [written, where] = [plainText(text, 100), placeText(place)];
  return kind === 'unresolved' ? t('"{0}" in {1} is not understood and protects nothing.', written, where) : t('"{0}" in {1} protects its default alone.', written, where);
}

/** Where something is used, as plain text. */
export function placeText({ text }: Pick<UsePlace, 'text'>): string {
  return plainText(text, 200);
}
