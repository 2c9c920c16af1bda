import * as vscode from 'vscode';
import { numberText } from '../../text/countText.ts';
import { placeText, referenceFacts } from '../../text/referenceFacts.ts';
import type { Mention, UsePlace } from '../../references/referenceIndex.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import type { ReferenceDoubt } from '../../references/referenceDoubt.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { digestKey } from '../../retention/tags/tag.ts';
import { pickRepository } from './pickRepository.ts';
import type { TreeServices } from './treeServices.ts';
import { withDelayedProgress } from '../ui/withDelayedProgress.ts';

/** Rows of a section; of the others, how many. */
const maxRows = 1000;

interface UseItem extends vscode.QuickPickItem {
  /** Where it is opened; missing where there is no file. */
  readonly place?: UsePlace;
}

type PlacedDoubt = Extract<ReferenceDoubt, { readonly place: UsePlace }>;

/**
 * `Show Uses…`: what in the workspace, and in the clusters that were read, names images of a repository, and what may name them and is not understood, each
 * with its file and line. What is picked is opened there.
 */
export async function showUses(services: TreeServices, argument?: unknown): Promise<void> {
  const { references } = services;
  const node = await pickRepository(
    services,
    argument,
    vscode.l10n.t('Show Uses'),
    vscode.l10n.t('Expand a namespace in the tree first to choose a repository whose uses to show.'),
  );
  if (!node) return;
  const { repository } = node;
  const name = repositoryText(repository);
  const doubts = await withDelayedProgress(vscode.l10n.t('Finding Uses of {0}', name), async (signal) => {
    await references.ready(signal, [repository.namespace]);
    return references.unsure([repository], signal);
  });
  const mentions = references.mentionsOf(repository);
  const placed = doubts.filter((doubt): doubt is PlacedDoubt => 'place' in doubt);
  const facts = referenceFacts(doubts.filter((doubt) => !('place' in doubt)));
  if (mentions.length === 0 && placed.length === 0) {
    void vscode.window.showInformationMessage([vscode.l10n.t('No uses of {0} found.', name), ...facts].join(' '));
    return;
  }
  const items = [
    ...section(vscode.l10n.t('In Use'), mentions, mentionItem),
    ...section(vscode.l10n.t('In Doubt'), placed, doubtItem),
    ...section(vscode.l10n.t('Good to Know'), facts, (label): UseItem => ({ label })),
  ];
  const place = await pickPlace(
    items,
    vscode.l10n.t('Uses of {0}', name),
    vscode.l10n.t(
      '{0} in use, {1} in doubt. Select one to open its file.',
      numberText(mentions.length),
      numberText(placed.length),
    ),
  );
  if (!place) return;
  const at = place.line === undefined ? undefined : new vscode.Position(place.line - 1, (place.column ?? 1) - 1);
  await vscode.commands.executeCommand(
    'vscode.open',
    vscode.Uri.parse(place.source, true),
    at && { selection: new vscode.Range(at, at) },
  );
}

function section<T>(label: string, found: readonly T[], itemOf: (one: T) => UseItem): UseItem[] {
  if (found.length === 0) return [];
  const items = found.slice(0, maxRows).map(itemOf);
  const more = found.length - items.length;
  return [
    { label, kind: vscode.QuickPickItemKind.Separator },
    ...items,
    ...(more > 0 ? [{ label: vscode.l10n.t('and {0} more', numberText(more)) }] : []),
  ];
}

function mentionItem({ tag, digest, place }: Mention): UseItem {
  const parts = [
    tag,
    digest === undefined ? undefined : `${digest.slice(0, digest.indexOf(':') + 1)}${digestKey(digest)}`,
  ].filter((part) => part !== undefined);
  return {
    label: plainText(parts.join(' @ ')),
    description: placeText(place),
    ...(place.line !== undefined && { place }),
  };
}

function doubtItem(doubt: PlacedDoubt): UseItem {
  const { place } = doubt;
  const isFile = doubt.kind === 'unreadable' || place.line !== undefined;
  return {
    label: doubt.kind === 'unreadable' ? placeText(place) : plainText(doubt.text, 100),
    description: doubtText(doubt),
    ...(isFile && { place }),
  };
}

/** Where a doubt is, and why it is one. */
function doubtText(doubt: PlacedDoubt): string {
  const where = placeText(doubt.place);
  if (doubt.kind === 'unreadable') return vscode.l10n.t("can't be read");
  if (!doubt.repository) return vscode.l10n.t('{0} · might be another repository', where);
  return doubt.kind === 'overridable'
    ? vscode.l10n.t('{0} · only its default is protected', where)
    : vscode.l10n.t('{0} · only the environment knows the tag', where);
}

/** @returns `undefined` when nothing was picked; a row without a place cannot be picked */
function pickPlace(items: readonly UseItem[], title: string, placeholder: string): Promise<UsePlace | undefined> {
  const picker = vscode.window.createQuickPick<UseItem>();
  picker.title = title;
  picker.placeholder = placeholder;
  picker.matchOnDescription = true;
  picker.items = items;
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      const place = picker.selectedItems[0]?.place;
      if (!place) return;
      resolve(place);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}
