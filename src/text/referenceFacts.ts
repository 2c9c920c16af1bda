import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import { ageText } from './ageText.ts';
import { numberText } from './countText.ts';
import type { UsePlace } from '../references/referenceIndex.ts';
import type { ReferenceDoubt } from '../references/referenceDoubt.ts';

/** Files whose doubts about these repositories are listed; the others are counted. */
const mostFiles = 3;

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
        l10n.t('The workspace has not been searched completely; images that were not found yet are not protected.'),
      );
    } else if (doubt.kind === 'tooManyFiles') {
      facts.push(
        l10n.t(
          'The workspace has more than {0} files; the rest were not searched for images.',
          numberText(doubt.limit),
        ),
      );
    } else if (doubt.kind === 'clustersUnknown') {
      facts.push(
        l10n.t(
          'What was read from Kubernetes clusters can no longer be read, so those images are not protected. Run "Read Images of the Current Kubernetes Context" again for each context.',
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
  facts.push(...files.slice(0, mostFiles).map(fileFact));
  const rest = files.slice(mostFiles);
  if (rest.length > 0) facts.push(restFact(rest));
  if (possible.size > 0) facts.push(possibleFact([...possible.values()]));
  const [first, ...moreUnread] = unread.values();
  if (first) {
    const where = placeText(first);
    facts.push(
      moreUnread.length === 0
        ? l10n.t('{0} could not be read, so images that it names are not protected.', where)
        : l10n.t(
            '{0} files could not be read, so images that they name are not protected. One of them is {1}.',
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
      ? l10n.t('"{0}" in {1} protects only its default; the environment may set another tag.', written, where)
      : l10n.t('Only the environment knows the tag of "{0}" in {1}, so that tag is not protected.', written, where);
  }
  const [images, file] = [numberText(count), fileText(first.place)];
  return haveDefaults
    ? l10n.t('{0} images in {1} protect only their defaults; the environment may set other tags.', images, file)
    : l10n.t(
        '{0} images in {1} have a tag that only the environment knows, so those tags are not protected.',
        images,
        file,
      );
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
      '{0} images in {1} files may be from these repositories, and are not protected. One of them is "{2}" in {3}.',
      numberText(images),
      numberText(files.length),
      written,
      where,
    );
  }
  return count === 1
    ? l10n.t('"{0}" in {1} may be an image from these repositories, and is not protected.', written, where)
    : l10n.t(
        '{0} images in {1} may be from these repositories, and are not protected.',
        numberText(count),
        fileText(first.place),
      );
}

/** How old what is known of a cluster is, and what refreshes it. */
function clusterFact({ context, readAt, isLost }: ReferenceDoubt & { readonly kind: 'cluster' }, now: number): string {
  const [name, age] = [plainText(context, 200), ageText(readAt, now)];
  return isLost
    ? l10n.t(
        'Images of the cluster "{0}" were read {1}, but were too many to store, so they are not protected. Run "Read Images of the Current Kubernetes Context" again.',
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
