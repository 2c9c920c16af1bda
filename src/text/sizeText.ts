import prettyBytes from 'pretty-bytes';
import * as l10n from '@vscode/l10n';
import type { Tag } from '../retention/tags/tag.ts';

/** A size for people, such as "1.3 GB"; "unknown size" without one. Not by locale, which makes a plan of 200,000 tags take seconds. */
export function sizeText(bytes: number | undefined): string {
  // A journal may hold any number, and `prettyBytes` throws for one that is not finite.
  return bytes === undefined || !Number.isFinite(bytes) ? l10n.t('unknown size') : prettyBytes(bytes);
}

/** The size of all images of a tag: "1.3 GB", or "at least 1.3 GB" where the list does not tell of all. */
export function tagSizeText({ size, isSizePartial }: Pick<Tag, 'size' | 'isSizePartial'>): string {
  return isSizePartial && size !== undefined ? l10n.t('at least {0}', sizeText(size)) : sizeText(size);
}
