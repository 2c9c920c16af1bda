import * as l10n from '@vscode/l10n';
import { inDisplayLanguage } from './displayLanguage.ts';

const format = inDisplayLanguage((language) => new Intl.NumberFormat(language));

/** A number with the separators of the display language. */
export function numberText(count: number): string {
  return format().format(count);
}

/** "1 tag", "1,903 tags". */
export function tagsText(count: number): string {
  return count === 1 ? l10n.t('1 tag') : l10n.t('{0} tags', numberText(count));
}

/** "12 tags and 36 attachments", "1 tag": attachments are named where there are any. @param total tags, attachments among them */
export function tagsAndAttachmentsText(total: number, attachments: number): string {
  if (attachments === 0) return tagsText(total);
  const attached = attachmentsText(attachments);
  return total === attachments ? attached : l10n.t('{0} and {1}', tagsText(total - attachments), attached);
}

/** "1 attachment", "36 attachments". */
export function attachmentsText(count: number): string {
  return count === 1 ? l10n.t('1 attachment') : l10n.t('{0} attachments', numberText(count));
}

/** "12 Tags and 36 Attachments", "1 Tag": the same on a button. @param total tags, attachments among them */
export function tagsAndAttachmentsTitle(total: number, attachments: number): string {
  const count = total - attachments;
  const tags = count === 1 ? l10n.t('1 Tag') : l10n.t('{0} Tags', numberText(count));
  if (attachments === 0) return tags;
  const attached = attachments === 1 ? l10n.t('1 Attachment') : l10n.t('{0} Attachments', numberText(attachments));
  return count === 0 ? attached : l10n.t('{0} and {1}', tags, attached);
}

/** "1 repository", "132 repositories". */
export function repositoriesText(count: number): string {
  return count === 1 ? l10n.t('1 repository') : l10n.t('{0} repositories', numberText(count));
}
