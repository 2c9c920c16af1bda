import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import type { BatchTag } from '../retention/plan/batch.ts';
import type { UsePlace } from '../references/referenceIndex.ts';
import type { Tag } from '../retention/tags/tag.ts';
import { tagsText } from './countText.ts';
import { tagText } from './planText.ts';
import { placeText } from './referenceFacts.ts';
import { repositoryText } from './repositoryText.ts';

/** Tags that a line names. */
const maxNamed = 10;

/** Tags that were picked by hand, by what has to be said of them. */
export interface PickedTags {
  /** Those that will be deleted, without what goes along with them. */
  readonly deleting: readonly BatchTag[];
  /** Those that were pushed again since they were picked. */
  readonly moved: readonly Tag[];
  /** Names of those that no longer exist. */
  readonly gone: readonly string[];
  readonly immutable: readonly BatchTag[];
  /** Those that the settings protect. */
  readonly guarded: readonly BatchTag[];
  /** Those that are in use, with the places that use them, at least one each. */
  readonly used: readonly (BatchTag & { readonly places: readonly Pick<UsePlace, 'text'>[] })[];
  /** Whether tags of other accounts were selected, too. */
  readonly otherAccounts: boolean;
}

/** What a person has to know before picked tags are deleted, a line each. */
export function pickedFacts(tags: PickedTags): string[] {
  const { deleting, moved, gone, immutable, guarded, used, otherAccounts } = tags;
  const facts = namesOf(deleting);
  const add = (count: number, text: () => string): void => {
    if (count > 0) facts.push(text());
  };
  add(moved.length, () =>
    l10n.t('Pushed again since the tree was refreshed: {0}.', firstOf(moved.map(tagText)).join(', ')),
  );
  add(gone.length, () => l10n.t('Already deleted: {0}.', firstOf(gone.map((name) => plainText(name))).join(', ')));
  add(immutable.length, () =>
    l10n.t("Skipped, because they're immutable on Docker Hub: {0}.", namesOf(immutable).join(', ')),
  );
  add(guarded.length, () =>
    l10n.t(
      'Protected by the setting dockerHubPruner.protect: {0} ({1}).',
      tagsText(guarded.length),
      namesOf(guarded).join(', '),
    ),
  );
  for (const { tag, places } of used.slice(0, maxNamed)) {
    facts.push(l10n.t('{0} is in use: {1}.', plainText(tag.name), firstOf(places.map(placeText)).join(', ')));
  }
  add(used.length - maxNamed, () => l10n.t('Also in use: {0}.', tagsText(used.length - maxNamed)));
  add(otherAccounts ? 1 : 0, () => l10n.t('Skipped: tags of other accounts.'));
  return facts;
}

/** What to say where nothing of the picked tags can be deleted. */
export function nothingLeftText({ gone, immutable }: Pick<PickedTags, 'gone' | 'immutable'>): string {
  if (immutable.length === 0) return l10n.t('Nothing left to delete: {0} already deleted.', tagsText(gone.length));
  const skipped = l10n.t(
    'Nothing to delete, because these are immutable on Docker Hub: {0}.',
    namesOf(immutable).join(', '),
  );
  return gone.length === 0 ? skipped : l10n.t('{0} Already deleted: {1}.', skipped, tagsText(gone.length));
}

function namesOf(tags: readonly BatchTag[]): string[] {
  const isOfSeveral = new Set(tags.map(({ repository }) => repositoryText(repository))).size > 1;
  return firstOf(
    tags.map(({ repository, tag }) => (isOfSeveral ? `${repositoryText(repository)}:${tagText(tag)}` : tagText(tag))),
  );
}

/** A dialog has room for a few names; the others are counted. */
function firstOf(names: readonly string[]): string[] {
  return names.length > maxNamed
    ? [...names.slice(0, maxNamed), l10n.t('and {0} more', names.length - maxNamed)]
    : [...names];
}
