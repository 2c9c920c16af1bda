import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import { ageText } from './ageText.ts';
import { numberText } from './countText.ts';
import type { UsePlace } from '../references/referenceIndex.ts';
import type { ReferenceDoubt } from '../references/referenceDoubt.ts';

/** Files whose doubts about these repositories are listed; the others are counted. */
const maxFiles = 3;

type Named = ReferenceDoubt & { readonly kind: 'unresolved' | 'overridable' };

/** The doubts of one file. */
interface OfFile {
  readonly first: Named;
  count: number;
  /** Whether each of them has a default. */
  haveDefaults: boolean;
}

/**
 * What the user should know, before tags are deleted, of uses that may be there and are not known, and how old is what is known of clusters: a line
 * for each file and each kind of problem, a few in all. None where all is known.
 * @param now instant (ms) that ages count from
 */
export function referenceFacts(doubts: readonly ReferenceDoubt[], now: number = Date.now()): string[] {
  const facts: string[] = [];
  const [certain, possible] = [new Map<string, OfFile>(), new Map<string, OfFile>()];
  const unread = new Map<string, UsePlace>();
  for (const doubt of doubts) {
    if (doubt.kind === 'noWorkspace') {
      facts.push(l10n.t('No folder is open, so no tag is known to be in use.'));
    } else if (doubt.kind === 'unfinished') {
      facts.push(
        l10n.t("The workspace hasn't been searched completely; images that haven't been found yet aren't protected."),
      );
    } else if (doubt.kind === 'tooManyFiles') {
      facts.push(
        l10n.t("The workspace has more than {0} files; the rest weren't searched for images.", numberText(doubt.limit)),
      );
    } else if (doubt.kind === 'clustersUnknown') {
      facts.push(
        l10n.t(
          'The stored images of Kubernetes clusters can no longer be read, so they aren\'t protected. Run "Read Images of the Current Kubernetes Context" again for each context.',
        ),
      );
    } else if (doubt.kind === 'cluster') {
      facts.push(clusterFact(doubt, now));
    } else if (doubt.kind === 'unreadable') {
      unread.set(doubt.place.source, doubt.place);
    } else {
      count(doubt.repository ? certain : possible, doubt);
    }
  }
  const files = [...certain.values()];
  facts.push(...files.slice(0, maxFiles).map(fileFact));
  const rest = files.slice(maxFiles);
  if (rest.length > 0) facts.push(restFact(rest));
  if (possible.size > 0) facts.push(possibleFact([...possible.values()]));
  const [first, ...moreUnread] = unread.values();
  if (first) {
    const where = placeText(first);
    facts.push(
      moreUnread.length === 0
        ? l10n.t("{0} couldn't be read, so the images that it names aren't protected.", where)
        : l10n.t(
            "{0} files couldn't be read, so the images that they name aren't protected. One of them is {1}.",
            numberText(unread.size),
            where,
          ),
    );
  }
  return facts;
}

function count(files: Map<string, OfFile>, doubt: Named): void {
  const file = files.get(doubt.place.source);
  const hasDefault = doubt.kind === 'overridable';
  if (!file) return void files.set(doubt.place.source, { first: doubt, count: 1, haveDefaults: hasDefault });
  file.count++;
  file.haveDefaults &&= hasDefault;
}

/** Of one file, images of these repositories. */
function fileFact({ first, count, haveDefaults }: OfFile): string {
  if (count === 1) {
    const [written, where] = [plainText(first.text, 100), placeText(first.place)];
    return haveDefaults
      ? l10n.t('"{0}" in {1} protects only its default; the environment might set another tag.', written, where)
      : l10n.t('The tag of "{0}" in {1} comes from the environment, so it isn\'t protected.', written, where);
  }
  const [images, file] = [numberText(count), fileText(first.place)];
  return haveDefaults
    ? l10n.t('{0} images in {1} protect only their defaults; the environment might set other tags.', images, file)
    : l10n.t("The tags of {0} images in {1} come from the environment, so they aren't protected.", images, file);
}

/** Of the files that are not named, images of these repositories. */
function restFact(files: readonly OfFile[]): string {
  const images = files.reduce((sum, { count }) => sum + count, 0);
  if (files.length > 1) {
    return l10n.t('The same goes for {0} images in {1} more files.', numberText(images), numberText(files.length));
  }
  return images === 1
    ? l10n.t('The same goes for 1 image in 1 more file.')
    : l10n.t('The same goes for {0} images in 1 more file.', numberText(images));
}

/** Images of which it is not even known whether they are of these repositories. */
function possibleFact(files: readonly OfFile[]): string {
  const [{ first, count }] = files as [OfFile, ...OfFile[]];
  const [written, where] = [plainText(first.text, 100), placeText(first.place)];
  if (files.length > 1) {
    const images = files.reduce((sum, file) => sum + file.count, 0);
    return l10n.t(
      '{0} images in {1} files might be from these repositories and aren\'t protected. One of them is "{2}" in {3}.',
      numberText(images),
      numberText(files.length),
      written,
      where,
    );
  }
  return count === 1
    ? l10n.t('"{0}" in {1} might be an image from these repositories and isn\'t protected.', written, where)
    : l10n.t(
        "{0} images in {1} might be from these repositories and aren't protected.",
        numberText(count),
        fileText(first.place),
      );
}

/** How old what is known of a cluster is, and what refreshes it. */
function clusterFact({ context, readAt, isLost }: ReferenceDoubt & { readonly kind: 'cluster' }, now: number): string {
  const [name, age] = [plainText(context, 200), ageText(readAt, now)];
  return isLost
    ? l10n.t(
        'Images of the cluster "{0}" were read {1} but were too many to store, so they aren\'t protected. Run "Read Images of the Current Kubernetes Context" again.',
        name,
        age,
      )
    : l10n.t(
        'Images of the cluster "{0}" were read {1}. To refresh them, run "Read Images of the Current Kubernetes Context".',
        name,
        age,
      );
}

/** The file of a place, without its line, as plain text. */
function fileText({ text, line }: UsePlace): string {
  return plainText(line === undefined ? text : text.slice(0, text.lastIndexOf(':')), 200);
}

/** Where something is used, as plain text. */
export function placeText({ text }: Pick<UsePlace, 'text'>): string {
  return plainText(text, 200);
}
