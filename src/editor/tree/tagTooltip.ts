import * as vscode from 'vscode';
import { fullName } from '../../retention/tags/repositoryName.ts';
import type { TagNode } from './node.ts';
import { ageText } from '../../text/ageText.ts';
import type { UsePlace } from '../../references/referenceIndex.ts';
import { sizeText, tagSizeText } from '../../text/sizeText.ts';
import { attachmentText } from '../../text/attachmentText.ts';
import { numberText } from '../../text/countText.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { attachmentOf } from '../../retention/tags/attachment.ts';
import { formatInstant } from '../../retention/tags/instant.ts';

/** Places that are linked to; of the others, how many. */
const maxLinked = 10;

/**
 * What the tooltip of a tag says: pushed, pulled, size, platforms with theirs, digest, and where it is used, with a link to each line. Text
 * of servers and names of files stand in it as text (invariant 10), and it may run no command.
 */
export function tagTooltip(
  { tag, repository, attachedTo }: TagNode,
  now: number,
  places: readonly UsePlace[] = [],
): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  const line = (label: string, value: string) =>
    tooltip.appendMarkdown(`\n\n**${label}** `).appendText(plainText(value));
  const instant = (ms: number | undefined) =>
    ms === undefined || !Number.isFinite(ms) ? vscode.l10n.t('unknown') : `${ageText(ms, now)} (${formatInstant(ms)})`;
  tooltip.appendText(plainText(`${fullName(repository)}:${tag.name}`));
  const attachment = attachmentOf(tag);
  if (attachment) line(vscode.l10n.t('Attached'), attachmentText(attachment, attachedTo));
  line(vscode.l10n.t('Pushed'), instant(tag.pushedAt));
  line(vscode.l10n.t('Pulled'), instant(tag.pulledAt));
  line(vscode.l10n.t('Size'), tagSizeText(tag));
  if (tag.platforms.length > 0) {
    line(
      vscode.l10n.t('Platforms'),
      tag.platforms.map(({ name, size }) => (size === undefined ? name : `${name} (${sizeText(size)})`)).join(', '),
    );
  }
  line(vscode.l10n.t('Digest'), tag.digest ?? vscode.l10n.t('unknown'));
  if (places.length > 0) {
    tooltip.appendMarkdown(`\n\n**${vscode.l10n.t('Used in')}** `);
    places.slice(0, maxLinked).forEach((place, index) => {
      if (index > 0) tooltip.appendText(', ');
      appendPlace(tooltip, place);
    });
    if (places.length > maxLinked) {
      tooltip.appendText(vscode.l10n.t(' and {0} more', numberText(places.length - maxLinked)));
    }
  }
  return tooltip;
}

function appendPlace(tooltip: vscode.MarkdownString, { text, source, line, column }: UsePlace): void {
  const shown = plainText(text, 200);
  if (line === undefined) return void tooltip.appendText(shown);
  // VS Code opens a file at the line that the fragment names; brackets and blanks in the path are encoded.
  const target = vscode.Uri.parse(source, true).with({ fragment: `L${line},${column ?? 1}` });
  tooltip.appendMarkdown('[').appendText(shown).appendMarkdown(`](${target.toString()})`);
}
