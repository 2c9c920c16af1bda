import * as vscode from 'vscode';
import { inSlices } from '../../async/inSlices.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { deletedTags } from '../../prune/restoreRun.ts';
import type { BatchTag } from '../../retention/plan/batch.ts';
import { withAttachments } from '../../retention/plan/withAttachments.ts';
import { attachmentOf } from '../../retention/tags/attachment.ts';
import { fullName } from '../../retention/tags/repositoryName.ts';
import type { JournalRecord } from '../../runs/journal/journalRecord.ts';
import { ageText } from '../../text/ageText.ts';
import { attachmentText } from '../../text/attachmentText.ts';
import { attachmentsText, numberText, tagsText } from '../../text/countText.ts';
import { errorText } from '../../text/errorText.ts';
import { recordPlaceText, subjectIn } from '../../text/recordReport.ts';
import { parseTagFilter } from '../tree/tagFilter.ts';
import { inputStep } from '../ui/inputStep.ts';

/** Tags that one list offers: ten times as many freeze the window for seconds. */
const maxListed = 10_000;

interface TagItem extends vscode.QuickPickItem {
  /** The tag, and what is attached to its image. */
  readonly deleted: readonly BatchTag[];
}

/**
 * Asks which of the deleted tags to restore; all with a known digest are selected. Attachments are restored with the tag of their image where that is
 * listed.
 * @returns none where nothing is selected; `undefined` when the dialog was left, or nothing can be restored
 */
export async function pickDeletedTags(record: JournalRecord): Promise<readonly BatchTag[] | undefined> {
  const deleted = deletedTags(record);
  const known = deleted.filter(({ tag }) => tag.digest !== undefined);
  if (known.length === 0) {
    void vscode.window.showInformationMessage(
      deleted.length === 0
        ? vscode.l10n.t('All the tags that this run deleted have been restored.')
        : vscode.l10n.t(
            'Nothing can be restored, because the digests of the deleted tags were never known ({0}).',
            tagsText(deleted.length),
          ),
    );
    return undefined;
  }
  const several = record.plans.length > 1;
  const nameOf = ({ repository, tag }: BatchTag) => (several ? `${fullName(repository)}:${tag.name}` : tag.name);
  const all = await inSlices(withAttachments(known));
  const listed = all.length > maxListed ? await narrow(all, nameOf, recordPlaceText(record)) : all;
  if (!listed) return undefined;
  const items = listed.map(({ repository, tag, attachments }): TagItem => {
    const name = attachmentOf(tag);
    const facts = [
      ...(name ? [attachmentText(name, subjectIn(record, { repository, tag }))] : []),
      vscode.l10n.t('pushed {0}', ageText(tag.pushedAt, Date.now())),
      ...(attachments.length > 0 ? [vscode.l10n.t('with {0}', attachmentsText(attachments.length))] : []),
    ];
    return {
      label: plainText(nameOf({ repository, tag })),
      description: facts.join(' · '),
      picked: true,
      deleted: [{ repository, tag }, ...attachments],
    };
  });
  const unknown = deleted.length - known.length;
  const placeHolder =
    unknown === 0
      ? vscode.l10n.t('Select the tags to restore')
      : vscode.l10n.t(
          "Select the tags to restore; {0} more can't be restored because their digests were never known",
          numberText(unknown),
        );
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Restore Tags Deleted in {0}', recordPlaceText(record)),
    placeHolder,
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDescription: true,
  });
  // What is attached to an image with several tags comes once.
  return picked && distinct(picked.flatMap(({ deleted }) => deleted));
}

function distinct(deleted: readonly BatchTag[]): BatchTag[] {
  const seen = new Set<BatchTag['tag']>();
  return deleted.filter(({ tag }) => seen.size !== seen.add(tag).size);
}

/** Asks which of the tags to list, where they are more than a list can hold. @returns `undefined` when the dialog was left */
async function narrow<T extends BatchTag>(
  tags: readonly T[],
  nameOf: (tag: T) => string,
  place: string,
): Promise<readonly T[] | undefined> {
  const matching = (text: string) => {
    const filter = parseTagFilter(text);
    return tags.filter((tag) => filter.matches(nameOf(tag)));
  };
  const listed = await inputStep<readonly T[]>({
    title: vscode.l10n.t('Restore Tags Deleted in {0}: Which of {1}?', place, tagsText(tags.length)),
    prompt: vscode.l10n.t(
      'Type part of the tag name or a glob, for example, "build-*", that matches at most {0}.',
      tagsText(maxListed),
    ),
    placeholder: 'build-*',
    accept: (text) => {
      const found = matching(text);
      if (found.length === 0) throw new Error(vscode.l10n.t('No tags match.'));
      if (found.length > maxListed) {
        throw new Error(vscode.l10n.t('{0} match. Type more of the name.', tagsText(found.length)));
      }
      return found;
    },
    errorText: (error) => errorText(error).message,
  });
  return listed === 'back' ? undefined : listed;
}
