import * as vscode from 'vscode';
import { numberText, tagsText } from '../host/countText.ts';
import { errorText } from '../host/errorText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { sizeText } from '../host/sizeText.ts';
import { inputStep } from './inputStep.ts';
import { selectedNodes } from './selectedNodes.ts';
import type { Services } from './services.ts';

/** `Delete Repository…`: shows what dies and wants the repository's name typed. */
export async function deleteRepository(services: Services, argument?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const [node] = selectedNodes(services, argument, undefined);
  if (node?.kind !== 'repository') {
    void vscode.window.showInformationMessage(t('Select a repository in the tree first.'));
    return;
  }
  const { account } = node;
  const client = services.connections.client(account);
  const name = repositoryText(node.repository);
  // Read now, so that what is shown is what dies.
  const [repository, page] = await vscode.window.withProgress({ location: { viewId: 'dockerHubPruner.repositories' } }, () =>
    Promise.all([client.repository(node.repository, { lane: 'foreground' }), client.tagPage(node.repository, { lane: 'foreground' })]),
  );
  const facts = [
    page.next === undefined ? tagsText(page.rows.length) : page.count === undefined ? t('more than {0}', tagsText(page.rows.length)) : tagsText(page.count),
    sizeText(repository.size),
    ...(repository.pulls === undefined ? [] : [t('{0} pulls', numberText(repository.pulls))]),
  ];
  await services.runs.withRepositories(account, [node.repository], async (lost) => {
    let sent: Promise<void> | undefined;
    const deleted = await inputStep<true>({
      title: t('Delete {0}: {1}', name, facts.join(', ')),
      prompt: t('This deletes the whole repository and cannot be undone. Type {0} to delete it.', name),
      placeholder: name,
      check: (text) => (name.startsWith(text) ? undefined : t('This is not {0}.', name)),
      accept: async (text): Promise<true> => {
        if (text !== name) throw new Error(t('Type the whole name {0}.', name));
        if (lost.aborted) throw new Error(t('Another window works on {0} by now. Leave this, look what is there, then try again.', name));
        sent = client.deleteRepository(node.repository, { lane: 'foreground' });
        try {
          await sent;
        } catch (error) {
          sent = undefined;
          throw error;
        }
        return true;
      },
      errorText: (error) => errorText(error).message,
    });
    if (deleted !== true && !sent) return;
    // Leaving the dialog does not take back what was sent: its end is awaited and told.
    await sent;
    services.log.info(`deleted repository ${name}`);
    services.model.refresh(services.model.parent(node));
    void vscode.window.showInformationMessage(
      t('Deleted {0} ({1}). Docker Hub works it off in the background and may list the repository for a while.', name, facts.join(', ')),
    );
  });
}
