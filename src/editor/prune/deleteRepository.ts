import * as vscode from 'vscode';
import { abortSignal } from '../ui/abortSignal.ts';
import { numberText, tagsText } from '../../text/countText.ts';
import { errorText } from '../../text/errorText.ts';
import type { RepositoryNode } from '../tree/node.ts';
import { repositoryOutcomeText } from '../../text/repositoryRunText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { readKeepRuns } from '../settings/settings.ts';
import { sizeText } from '../../text/sizeText.ts';
import { StorageError } from '../../runs/storageError.ts';
import { mayHaveTags } from '../../hub/listing/repositoryRow.ts';
import { inSlices } from '../../async/inSlices.ts';
import { newRunId } from '../../runs/journal/journalFolder.ts';
import { deleteWholeRepository, type RepositoryDeletion } from '../../runs/run/repositoryDeletion.ts';
import { Tally } from '../../runs/outcome/tally.ts';
import { makeBatchSliced } from '../../retention/plan/batch.ts';
import { planPickedSliced } from '../../retention/plan/plan.ts';
import { eachSliced } from '../../async/sliced.ts';
import { beginJournal } from '../../prune/beginJournal.ts';
import { journalPorts, recordOrLog } from '../runs/runPorts.ts';
import { inputStep } from '../ui/inputStep.ts';
import { readListings } from '../lists/readListings.ts';
import { refuseChangedRepository } from './refuseChangedRepository.ts';
import { guardsNow, repositoryFacts } from './repositoryFacts.ts';
import { selectedNodes } from '../tree/selectedNodes.ts';
import { showRepositoryOutcome } from '../runs/showRepositoryOutcome.ts';
import type { PanelServices } from '../planPanel/panelServices.ts';

/**
 * `Delete Repository…`: reads every tag, says what is lost and what speaks against it, and wants the repository's name typed. Then it looks whether
 * all of that still holds, writes down every tag with its digest (invariant 5), and sends one DELETE. The result is a run like any other.
 */
export async function deleteRepository(services: PanelServices, argument?: unknown): Promise<void> {
  const [node] = selectedNodes(services, argument, undefined);
  if (node?.kind !== 'repository') {
    void vscode.window.showInformationMessage(vscode.l10n.t('Select a repository in the tree first.'));
    return;
  }
  // A setting that is wrong is told before anything is asked.
  readKeepRuns();
  const id = newRunId(services.connections.clock.now());
  const ended = await services.runs.claims.withRepositories(
    node.account,
    [node.repository],
    (lost) => askAndDelete(services, node, { id, lost }),
    id,
  );
  if (!ended) return;
  services.model.refresh(services.model.parent(node));
  if (ended.outcome.kind === 'failed' && ended.error) throw ended.error;
  void showRepositoryOutcome(
    id,
    ended.outcome,
    repositoryOutcomeText(ended.outcome, repositoryText(node.repository), ended.facts),
  );
}

interface Claimed {
  readonly id: string;
  /** Aborted when another process has taken the claims away. */
  readonly lost: AbortSignal;
}

/** @returns `undefined` where a dialog was left and nothing was sent */
async function askAndDelete(
  services: PanelServices,
  node: RepositoryNode,
  claimed: Claimed,
): Promise<(RepositoryDeletion & { readonly facts: string }) | undefined> {
  const { account, repository } = node;
  const client = services.connections.client(account);
  const name = repositoryText(repository);
  const [{ read: listed, skipped: unread }, row] = await Promise.all([
    readListings(services, account, [repository], { isClaimed: true, believesEmpty: true }),
    client.repository(repository, { lane: 'foreground' }),
    services.references.ready(undefined, [repository.namespace]),
  ]);
  const [read] = listed;
  if (!read) throw unread[0]?.error;
  const { tags } = read.listing;
  const guards = await guardsNow(services, read);
  const contents = [
    tagsText(tags.length),
    sizeText(row.size),
    ...(row.pulls === undefined ? [] : [vscode.l10n.t('{0} pulls', numberText(row.pulls))]),
  ].join(', ');

  // An input box has room for a line; what speaks against it takes several.
  const button = vscode.l10n.t('Delete the Repository…');
  const unlisted =
    tags.length === 0 && mayHaveTags(row)
      ? [
          vscode.l10n.t(
            'Docker Hub lists no tags, although something was pushed to the repository. Whatever is in it will be deleted.',
          ),
        ]
      : [];
  const detail = [contents, ...unlisted, ...repositoryFacts(guards)].join('\n');
  if (
    (await vscode.window.showWarningMessage(
      vscode.l10n.t('Delete the repository {0} with {1}?', name, tagsText(tags.length)),
      { modal: true, detail },
      button,
    )) !== button
  ) {
    return undefined;
  }
  const typed = await inputStep<true>({
    title: vscode.l10n.t('Delete {0}: {1}', name, contents),
    prompt: vscode.l10n.t('This deletes the whole repository and cannot be undone. Type {0} to delete it.', name),
    placeholder: name,
    check: (text) => (name.startsWith(text) ? undefined : vscode.l10n.t("This isn't {0}.", name)),
    accept: (text): true => {
      if (text !== name) throw new Error(vscode.l10n.t('Type the full name {0}.', name));
      return true;
    },
    errorText: (error) => errorText(error).message,
  });
  if (typed !== true) return undefined;

  const plan = await inSlices(planPickedSliced({ repository, tags, asOf: read.listing.asOf, remaining: tags.length }));
  const batch = await inSlices(makeBatchSliced([plan], { maxDeletions: 0 }));
  const { file, journal } = await beginJournal({ id: claimed.id, account, policy: { kind: 'repository' } }, batch, {
    ...journalPorts(services, name),
    keepRuns: readKeepRuns(),
  });
  let deletion: RepositoryDeletion;
  try {
    // Last of all, since what is pushed after this look is lost with the rest.
    await refuseChangedRepository(services, client, { read, guards });
    if (claimed.lost.aborted) {
      throw new Error(
        vscode.l10n.t(
          "Another window is now working on {0}. Nothing was deleted. Check what's left, then try again.",
          name,
        ),
      );
    }
  } catch (error) {
    await file.discard().catch(() => undefined);
    throw error;
  }
  let ended = false;
  let isClosed = false;
  try {
    deletion = await services.runs.track({ id: claimed.id, account, place: name }, (outer) =>
      vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: vscode.l10n.t('Deleting {0}', name),
          cancellable: true,
        },
        async (_, token) => {
          using cancel = abortSignal(token);
          const signal = AbortSignal.any([cancel.signal, outer, claimed.lost]);
          return await deleteWholeRepository(repository, {
            remover: client,
            journal: {
              intendRepository: (of) =>
                journal.intendRepository(of).catch((error: unknown) => Promise.reject(new StorageError(error))),
            },
            clock: services.connections.clock,
            admission: { lane: 'foreground', signal },
          });
        },
      ),
    );
    const { outcome } = deletion;
    services.log.info(`repository ${name}: ${repositoryOutcomeText(outcome, name, contents)}`);
    if (!claimed.lost.aborted) {
      await recordOrLog(services, async () => {
        journal.repositoryOutcome(repository, outcome);
        const tally = new Tally();
        await inSlices(eachSliced(tags, (tag) => tally.add({ type: 'outcome', repository, tag, outcome })));
        await journal.end(tally.counts, false, outcome.kind);
        ended = true;
      });
    }
  } catch (error) {
    // Without its intent nothing was sent.
    if (error instanceof StorageError) {
      isClosed = true;
      await file.discard().catch(() => undefined);
    }
    throw error;
  } finally {
    if (!isClosed) await recordOrLog(services, () => file.close(ended));
  }
  return { ...deletion, facts: contents };
}
