import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import type { AttachmentName } from '../retention/tags/attachment.ts';

/**
 * What is attached to what: "signature of v1.8.1".
 * @param subject the name of a tag that has the image; without one, the beginning of its digest stands for it
 */
export function attachmentText({ suffix, digits }: AttachmentName, subject: string | undefined): string {
  const of = subject === undefined ? digits.slice(0, 12) : plainText(subject, 100);
  switch (suffix) {
    case 'sig':
      return l10n.t('signature of {0}', of);
    case 'att':
      return l10n.t('attestation of {0}', of);
    case 'sbom':
      return l10n.t('SBOM of {0}', of);
    case '':
      return l10n.t('index of what is attached to {0}', of);
    default:
      return l10n.t('"{0}" attached to {1}', suffix, of);
  }
}
