import pLimit from 'p-limit';
import * as vscode from 'vscode';
import { abortSignal } from '../ui/abortSignal.ts';
import { ageText } from '../../text/ageText.ts';
import { attachmentText } from '../../text/attachmentText.ts';
import {
  attachmentsText,
  numberText,
  tagsAndAttachmentsText,
  tagsAndAttachmentsTitle,
  tagsText,
} from '../../text/countText.ts';
import { errorText } from '../../text/errorText.ts';
import { failureText } from '../../text/failureText.ts';
import { recordPlaceText, subjectIn } from '../../text/recordReport.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { isRestorable } from '../../prune/runEntry.ts';
import { StorageError } from '../../runs/storageError.ts';
import { parseTagFilter } from '../tree/tagFilter.ts';
import { timeText } from '../../text/timeText.ts';
import type { Account } from '../../hub/wire/account.ts';
import { isHubError } from '../../hub/wire/hubError.ts';
import type { Wait } from '../../hub/pacing/pacer.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { inSlices } from '../../async/inSlices.ts';
import { Journal } from '../../runs/journal/journal.ts';
import type { OpenJournal } from '../../runs/journal/journalFolder.ts';
import { JournalError } from '../../runs/journal/journalLine.ts';
import { recordedTags, type JournalRecord } from '../../runs/journal/journalRecord.ts';
import {
  lookBeforeRestore,
  restoreTags as restoreAll,
  type Restorable,
  type RestoreEvent,
  type RestoreState,
} from '../../runs/restore.ts';
import { attachmentOf } from '../../retention/tags/attachment.ts';
import type { BatchTag } from '../../retention/plan/batch.ts';
import { fullName, type RepositoryName } from '../../retention/tags/repositoryName.ts';
import { withAttachments } from '../../retention/plan/withAttachments.ts';
import { inputStep } from '../ui/inputStep.ts';
import { pickRun } from './pickRun.ts';
import { runAccount } from './runAccount.ts';
import type { RunServices } from './runServices.ts';

/** Look-ups of repositories at a time. */
const lookUps = 4;

/** Tags and repositories that a dialog names. */
const mostNamed = 10;

/** Progress is told at most so often (ms). */
const tellEvery = 100;

/** Tags that one list offers: ten times as many freeze the window for seconds. */
const mostListed = 10_000;

/**
 * `Restore Deleted Tags…`: puts tags that a run deleted back under their names, where the registry still keeps what they pointed at. Says
 * beforehand which can be restored, asks before a name is taken from another image, and says afterwards which were.
 */
export async function restoreTags(services: RunServices, argument?: unknown): Promise<void> {
  const entry = await pickRun(
    services,
    argument,
    vscode.l10n.t('Restore Deleted Tags'),
    isRestorable,
    vscode.l10n.t('No ended run has deleted tags.'),
  );
  if (!entry) return;
  const record = await services.runs.journals.read(entry.id);
  const account = await runAccount(services, record);
  if (!account) return;
  const chosen = await pickTags(record);
  if (!chosen || chosen.length === 0) return;
  const found = await lookOrSay(services, account, record, chosen);
  const there = found.filter(({ state }) => state.kind === 'there');
  const absent = await absentRepositories(
    services,
    account,
    found.filter(({ state }) => state.kind === 'ready'),
  );
  const confirmed = await confirmRestore(services, account, found, { place: recordPlaceText(record), absent });
  if (!confirmed) return;
  // Also of those that are back already the journal is to say so, so that no run that is resumed deletes them again.
  const wanted = [...there, ...confirmed];
  if (wanted.length === 0) return;
  const repositories = record.plans
    .map(({ repository }) => repository)
    .filter(({ namespace, name }) =>
      wanted.some(({ repository }) => repository.namespace === namespace && repository.name === name),
    );
  const events: RestoreEvent[] = [];
  try {
    await services.runs.claims.withRepositories(
      account,
      repositories,
      (lost) =>
        carryOutRestore(services, { account, record, tags: wanted, lost, onEvent: (event) => events.push(event) }),
      record.id,
    );
  } finally {
    for (const repository of repositories) {
      const node = services.model.findRepository(account, repository);
      if (node) services.model.refresh(node);
    }
    // Also of what was restored before something went wrong, of which the error tells.
    if (confirmed.length > 0 && events.length > 0) void tellRestored(services, events, found, recordPlaceText(record));
  }
}

interface TagItem extends vscode.QuickPickItem {
  /** The tag, and what is attached to its image. */
  readonly deleted: readonly BatchTag[];
}

/** Which of the deleted tags; all that have a known digest are ticked. Attachments are restored with the tag of their image where that is listed. */
async function pickTags(record: JournalRecord): Promise<readonly BatchTag[] | undefined> {
  const deleted = [...recordedTags(record)].filter(
    ({ outcome, intended, restored }) =>
      !restored && (outcome ? outcome.kind === 'removed' || outcome.kind === 'uncertain' : intended),
  );
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
  const listed = all.length > mostListed ? await narrow(all, nameOf, recordPlaceText(record)) : all;
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
      tagsText(mostListed),
    ),
    placeholder: 'build-*',
    accept: (text) => {
      const found = matching(text);
      if (found.length === 0) throw new Error(vscode.l10n.t('No tags match.'));
      if (found.length > mostListed) {
        throw new Error(vscode.l10n.t('{0} match. Type more of the name.', tagsText(found.length)));
      }
      return found;
    },
    errorText: (error) => errorText(error).message,
  });
  return listed === 'back' ? undefined : listed;
}

function look(
  services: RunServices,
  account: Account,
  record: JournalRecord,
  tags: readonly BatchTag[],
): Thenable<Restorable[]> {
  const title = vscode.l10n.t('Checking what can be restored in {0}', recordPlaceText(record));
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      using cancel = abortSignal(token);
      let toldAt = -Infinity;
      const onLook = (done: number) => {
        if (performance.now() - toldAt < tellEvery) return;
        toldAt = performance.now();
        progress.report({ message: vscode.l10n.t('{0} of {1}', numberText(done), numberText(tags.length)) });
      };
      return lookBeforeRestore(tags, {
        restorer: services.connections.registry(account),
        admission: { lane: 'background', signal: cancel.signal, onWait: waitTeller(progress) },
        onLook,
      });
    },
  );
}

/** As `look`; where the registry refuses what is about a repository that is gone, says that. */
async function lookOrSay(
  services: RunServices,
  account: Account,
  record: JournalRecord,
  tags: readonly BatchTag[],
): Promise<Restorable[]> {
  try {
    return await look(services, account, record, tags);
  } catch (error) {
    const absent = isHubError(error, 'forbidden', 'notFound') ? await absentRepositories(services, account, tags) : [];
    if (absent.length === 0) throw error;
    throw new Error(
      vscode.l10n.t(
        "{0} no longer exists, and {1} doesn't have permission to read what was in it or to create it. {2}",
        namesText(absent),
        plainText(account.name),
        errorText(error).message,
      ),
      { cause: error },
    );
  }
}

/** Which repositories of these tags are not there any more; one that cannot be looked up is none of them. */
async function absentRepositories(
  services: RunServices,
  account: Account,
  tags: readonly BatchTag[],
): Promise<readonly RepositoryName[]> {
  const client = services.connections.client(account);
  const repositories = new Map(tags.map(({ repository }) => [fullName(repository), repository]));
  const found = await pLimit(lookUps).map([...repositories.values()], async (repository) => {
    try {
      await client.repository(repository, { lane: 'foreground' });
      return [];
    } catch (error) {
      return isHubError(error, 'notFound') ? [repository] : [];
    }
  });
  return found.flat();
}

function namesText(repositories: readonly RepositoryName[]): string {
  const names = repositories.slice(0, mostNamed).map(repositoryText);
  return repositories.length > mostNamed
    ? vscode.l10n.t('{0} and {1} more', names.join(', '), numberText(repositories.length - mostNamed))
    : names.join(', ');
}

/**
 * The one modal question before tags are put back.
 * @param about.absent repositories that restoring would make anew
 * @returns those to restore, none where nothing can be; `undefined` when the dialog was left
 */
async function confirmRestore(
  services: RunServices,
  account: Account,
  found: readonly Restorable[],
  { place, absent }: { readonly place: string; readonly absent: readonly RepositoryName[] },
): Promise<readonly Restorable[] | undefined> {
  const of = (kind: RestoreState['kind']) => found.filter(({ state }) => state.kind === kind);
  const [ready, taken] = [of('ready'), of('taken')];
  const images = new Set(
    [...ready, ...taken].map(({ repository, tag }) => `${repositoryText(repository)}@${tag.digest}`),
  ).size;
  const left = services.connections.registry(account).pullsLeft;
  const detail = [
    ...stateFacts(found),
    ...(absent.length > 0
      ? [
          vscode.l10n.t(
            'No longer exists: {0}. Restoring creates it again, if {1} has permission to, with the default visibility of its namespace, which might be public, and without its description and settings.',
            namesText(absent),
            plainText(account.name),
          ),
        ]
      : []),
    vscode.l10n.t(
      'Restoring uses {0} of your Docker Hub pull limit (about 100 per hour on a Personal plan).',
      images === 1 ? vscode.l10n.t('1 pull') : vscode.l10n.t('{0} pulls', numberText(images)),
    ),
    ...(left === undefined ? [] : [vscode.l10n.t('Pulls left, as Docker Hub reports: {0}.', numberText(left))]),
    vscode.l10n.t(
      "Restored tags count as pushed now. Docker Hub doesn't guarantee that it still stores the images of deleted tags.",
    ),
  ].join('\n');
  if (ready.length + taken.length === 0) {
    void vscode.window.showWarningMessage(vscode.l10n.t('Nothing can be restored.'), {
      modal: true,
      detail: stateFacts(found).join('\n'),
    });
    return [];
  }
  const restore = vscode.l10n.t('Restore {0}', tagsAndAttachmentsTitle(ready.length, countAttachments(ready)));
  const replaceAll = vscode.l10n.t('Replace {0}', tagsAndAttachmentsTitle(taken.length, countAttachments(taken)));
  const replace =
    ready.length === 0
      ? replaceAll
      : vscode.l10n.t('Restore {0} and Replace {1}', numberText(ready.length), numberText(taken.length));
  const all = found.filter(({ state }) => state.kind === 'ready' || state.kind === 'taken');
  const question = vscode.l10n.t(
    'Restore {0} in {1}?',
    tagsAndAttachmentsText(all.length, countAttachments(all)),
    place,
  );
  const picked = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail },
    ...(ready.length > 0 ? [restore] : []),
    ...(taken.length > 0 ? [replace] : []),
  );
  if (picked === undefined) return undefined;
  return picked === replace ? all : ready;
}

/** How the chosen tags stand, a line for each state. */
function stateFacts(found: readonly Restorable[]): string[] {
  const groups = Map.groupBy(found, ({ state }) => state.kind);
  const line = (kind: RestoreState['kind'], text: (count: string, names: string) => string) => {
    const tags = groups.get(kind);
    return tags ? [text(tagsAndAttachmentsText(tags.length, countAttachments(tags)), namesOf(tags))] : [];
  };
  return [
    ...line('ready', (count, names) => vscode.l10n.t('Can be restored: {0} ({1}).', count, names)),
    ...line('taken', (count, names) =>
      vscode.l10n.t('Now point to another image: {0} ({1}). Replace moves the tags back.', count, names),
    ),
    ...line('there', (count, names) => vscode.l10n.t('Already there: {0} ({1}).', count, names)),
    ...line('gone', (count, names) =>
      vscode.l10n.t("Can't be restored, because Docker Hub no longer stores the images: {0} ({1}).", count, names),
    ),
    ...line('noDigest', (count, names) =>
      vscode.l10n.t("Can't be restored, because the digests were never known: {0} ({1}).", count, names),
    ),
    ...line('unknown', (count, names) => vscode.l10n.t("Couldn't be checked: {0} ({1}).", count, names)),
  ];
}

function countAttachments(tags: readonly BatchTag[]): number {
  return tags.filter(({ tag }) => attachmentOf(tag) !== undefined).length;
}

function namesOf(tags: readonly BatchTag[]): string {
  const names = tags.slice(0, mostNamed).map(({ tag }) => plainText(tag.name, 80));
  return tags.length > mostNamed
    ? vscode.l10n.t('{0} and {1} more', names.join(', '), numberText(tags.length - mostNamed))
    : names.join(', ');
}

interface Restoring {
  readonly account: Account;
  readonly record: JournalRecord;
  readonly tags: readonly Restorable[];
  /** Aborted when another process has taken the claims away. */
  readonly lost: AbortSignal;
  /** Told how each of them ended. */
  readonly onEvent: (event: RestoreEvent) => void;
}

/** Restores under a progress notification; each restored tag is in the run's journal. @throws StorageError before anything is sent; Error when the journal cannot be written any more */
async function carryOutRestore(
  services: RunServices,
  { account, record, tags, lost, onEvent }: Restoring,
): Promise<void> {
  const { runs, connections, log } = services;
  const file = await openJournal(services, record.id);
  const journal = new Journal(file, connections.clock);
  const place = recordPlaceText(record);
  try {
    await runs.track({ id: record.id, account, place }, (outer) =>
      vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: vscode.l10n.t(
            'Restoring {0} in {1}',
            tagsAndAttachmentsText(tags.length, countAttachments(tags)),
            place,
          ),
          cancellable: true,
        },
        async (progress, token) => {
          using cancel = abortSignal(token);
          const signal = AbortSignal.any([cancel.signal, outer, lost]);
          let done = 0;
          const parts = {
            restorer: connections.registry(account),
            journal: {
              restored: (...back: Parameters<Journal['restored']>) => journal.restored(...back).catch(storageFailed),
            },
            clock: connections.clock,
            admission: { lane: 'background', signal, onWait: waitTeller(progress) } as const,
          };
          for await (const event of restoreAll(tags, parts)) {
            onEvent(event);
            log.info(`${repositoryText(event.repository)}:${plainText(event.tag.name)} ${outcomeText(event)}`);
            progress.report({
              increment: 100 / tags.length,
              message: vscode.l10n.t('{0} of {1}', numberText(++done), numberText(tags.length)),
            });
          }
        },
      ),
    );
  } finally {
    await file.close(false);
  }
}

/** Some tags may be back already, which a StorageError would deny. */
function storageFailed(error: unknown): never {
  throw new Error(failureText({ kind: 'storage', words: error instanceof Error ? error.message : String(error) }), {
    cause: error,
  });
}

async function openJournal({ runs }: RunServices, id: string): Promise<OpenJournal> {
  try {
    return await runs.journals.append(id);
  } catch (error) {
    throw error instanceof JournalError ? error : new StorageError(error);
  }
}

function waitTeller(progress: vscode.Progress<{ message?: string }>): (wait: Wait) => void {
  return (wait) => progress.report({ message: vscode.l10n.t('waiting until {0}', timeText(wait.until)) });
}

async function tellRestored(
  services: RunServices,
  events: readonly RestoreEvent[],
  found: readonly Restorable[],
  place: string,
): Promise<void> {
  const restored = events.filter(({ outcome }) => outcome.kind === 'restored').length;
  const others = Map.groupBy(
    events.filter(({ outcome }) => outcome.kind !== 'restored'),
    ({ outcome }) => outcome.kind,
  );
  const isRefused = events.some(({ outcome }) => outcome.kind === 'failed' && outcome.failure.kind === 'forbidden');
  const right = vscode.l10n.t(
    'Restoring needs an access token with "Read & Write" or more (for an organization access token, the scope "scope-image-push") and permission to push to the repository.',
  );
  const summary = [
    vscode.l10n.t(
      'Restored {0} of {1} in {2}.',
      numberText(restored),
      tagsAndAttachmentsText(found.length, countAttachments(found)),
      place,
    ),
    ...[...others.values()].map(othersText),
    ...(isRefused ? [right] : []),
  ].join(' ');
  services.log.info(summary);
  const tell = restored === found.length ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const details = vscode.l10n.t('Show Details');
  const lines = events.map(
    (event) => `  ${repositoryText(event.repository)}:${plainText(event.tag.name)}  ${outcomeText(event)}`,
  );
  const tried = new Set(events.map(({ tag }) => tag));
  const untried = found.filter(({ tag }) => !tried.has(tag));
  const report = [summary, '', ...lines, ...(untried.length > 0 ? ['', ...stateFacts(untried)] : [])];
  if ((await tell(summary, details)) === details) {
    await services.documents.show(vscode.l10n.t('Restore report.txt'), report);
  }
}

/** How some tags ended that were not restored, all in one way; of failures one stands for the others. */
function othersText(alike: readonly RestoreEvent[]): string {
  const texts = new Set(alike.map(outcomeText));
  const [first = ''] = texts;
  if (texts.size === 1) return vscode.l10n.t('{0} {1}.', numberText(alike.length), first);
  return alike[0]?.outcome.kind === 'uncertain'
    ? vscode.l10n.t('{0} uncertain, one of them {1}.', numberText(alike.length), first)
    : vscode.l10n.t('{0} not restored, one of them {1}.', numberText(alike.length), first);
}

function outcomeText({ outcome }: RestoreEvent): string {
  switch (outcome.kind) {
    case 'restored':
      return vscode.l10n.t('restored');
    case 'there':
      return vscode.l10n.t('already there');
    case 'taken':
      return vscode.l10n.t('skipped, because the tag now points to another image');
    case 'gone':
      return vscode.l10n.t('gone, because Docker Hub no longer stores the image');
    case 'notReached':
      return vscode.l10n.t('not reached');
    case 'failed':
      return vscode.l10n.t('failed: {0}', failureText(outcome.failure));
    case 'uncertain':
      if (outcome.failure.kind === 'interrupted') {
        return vscode.l10n.t("uncertain: the request might have restored it, and it wasn't checked afterwards");
      }
      return vscode.l10n.t(
        "uncertain: the request might have restored it, and it couldn't be checked: {0}",
        failureText(outcome.failure),
      );
  }
}
