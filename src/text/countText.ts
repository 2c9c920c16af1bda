import * as l10n from '@vscode/l10n';
import { inDisplayLanguage, messageLanguage } from './displayLanguage.ts';

const format = inDisplayLanguage((language) => new Intl.NumberFormat(language));
const plurals = inDisplayLanguage(() => new Intl.PluralRules(messageLanguage()));

/** A number with the separators of the display language. */
export function numberText(count: number): string {
  return format().format(count);
}

/**
 * The form of a noun after a count in the language of the messages. A message has one of each, told apart by its comment: English needs two of them, and
 * other languages up to four.
 */
function pluralForm(count: number): 'one' | 'few' | 'many' | 'other' {
  const form = plurals().select(count);
  return form === 'zero' || form === 'two' ? 'other' : form;
}

/** "1 tag", "1,903 tags". */
export function tagsText(count: number): string {
  const args = [numberText(count)];
  switch (pluralForm(count)) {
    case 'one':
      return l10n.t({ message: '{0} tag', args, comment: ['one'] });
    case 'few':
      return l10n.t({ message: '{0} tags', args, comment: ['few'] });
    case 'many':
      return l10n.t({ message: '{0} tags', args, comment: ['many'] });
    case 'other':
      return l10n.t({ message: '{0} tags', args, comment: ['other'] });
  }
}

/** "1 attachment", "36 attachments". */
export function attachmentsText(count: number): string {
  const args = [numberText(count)];
  switch (pluralForm(count)) {
    case 'one':
      return l10n.t({ message: '{0} attachment', args, comment: ['one'] });
    case 'few':
      return l10n.t({ message: '{0} attachments', args, comment: ['few'] });
    case 'many':
      return l10n.t({ message: '{0} attachments', args, comment: ['many'] });
    case 'other':
      return l10n.t({ message: '{0} attachments', args, comment: ['other'] });
  }
}

/** "1 repository", "132 repositories". */
export function repositoriesText(count: number): string {
  const args = [numberText(count)];
  switch (pluralForm(count)) {
    case 'one':
      return l10n.t({ message: '{0} repository', args, comment: ['one'] });
    case 'few':
      return l10n.t({ message: '{0} repositories', args, comment: ['few'] });
    case 'many':
      return l10n.t({ message: '{0} repositories', args, comment: ['many'] });
    case 'other':
      return l10n.t({ message: '{0} repositories', args, comment: ['other'] });
  }
}

/** "1 Tag", "1,903 Tags": on a button. */
function tagsTitle(count: number): string {
  const args = [numberText(count)];
  switch (pluralForm(count)) {
    case 'one':
      return l10n.t({ message: '{0} Tag', args, comment: ['one'] });
    case 'few':
      return l10n.t({ message: '{0} Tags', args, comment: ['few'] });
    case 'many':
      return l10n.t({ message: '{0} Tags', args, comment: ['many'] });
    case 'other':
      return l10n.t({ message: '{0} Tags', args, comment: ['other'] });
  }
}

/** "1 Attachment", "36 Attachments": on a button. */
function attachmentsTitle(count: number): string {
  const args = [numberText(count)];
  switch (pluralForm(count)) {
    case 'one':
      return l10n.t({ message: '{0} Attachment', args, comment: ['one'] });
    case 'few':
      return l10n.t({ message: '{0} Attachments', args, comment: ['few'] });
    case 'many':
      return l10n.t({ message: '{0} Attachments', args, comment: ['many'] });
    case 'other':
      return l10n.t({ message: '{0} Attachments', args, comment: ['other'] });
  }
}

/** "12 tags and 36 attachments", "1 tag": attachments are named where there are any. @param total tags, attachments among them */
export function tagsAndAttachmentsText(total: number, attachments: number): string {
  if (attachments === 0) return tagsText(total);
  const attached = attachmentsText(attachments);
  return total === attachments ? attached : l10n.t('{0} and {1}', tagsText(total - attachments), attached);
}

/** "12 Tags and 36 Attachments", "1 Tag": the same on a button. @param total tags, attachments among them */
export function tagsAndAttachmentsTitle(total: number, attachments: number): string {
  const tags = tagsTitle(total - attachments);
  if (attachments === 0) return tags;
  const attached = attachmentsTitle(attachments);
  return total === attachments ? attached : l10n.t('{0} and {1}', tags, attached);
}
