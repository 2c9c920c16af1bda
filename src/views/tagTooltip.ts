import * as vscode from 'vscode';
import type { TagNode } from '../host/node.ts';
import { ageText } from '../host/ageText.ts';
import { sizeText } from '../host/sizeText.ts';
import { plainText } from '../hub/serverWords.ts';
import { formatInstant } from '../retention/instant.ts';

/** What the tooltip of a tag says: pushed, pulled, size, platforms with theirs, digest. Server text stands in it as text (invariant 10). */
export function tagTooltip({ tag, repository }: TagNode, now: number): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const tooltip = new vscode.MarkdownString();
  const line = (label: string, value: string) => tooltip.appendMarkdown(`\n\n**${label}** `).appendText(plainText(value));
  const instant = (ms: number | undefined) => (ms === undefined ? t('unknown') : `${ageText(ms, now)} (${formatInstant(ms)})`);
  tooltip.appendText(plainText(`${repository.namespace}/${repository.name}:${tag.name}`));
  line(t('Pushed'), instant(tag.pushedAt));
  line(t('Pulled'), instant(tag.pulledAt));
  line(t('Size'), sizeText(tag.size));
  if (tag.platforms.length > 0) {
    line(t('Platforms'), tag.platforms.map(({ name, size }) => (size === undefined ? name : `${name} (${sizeText(size)})`)).join(', '));
  }
  line(t('Digest'), tag.digest ?? t('unknown'));
  return tooltip;
}
