import * as vscode from 'vscode';
import { ageText } from '../../text/ageText.ts';
import { errorText } from '../../text/errorText.ts';
import { repositoryNodeId } from '../tree/node.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { sizeText } from '../../text/sizeText.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import type { Account } from '../../hub/wire/account.ts';
import type { Repository } from '../../hub/listing/repositoryRow.ts';
import type { RunServices } from '../runs/runServices.ts';

interface RepositoryItem extends vscode.QuickPickItem {
  readonly repository?: Repository;
}

/**
 * Lets the user pick repositories out of all that an account reaches. They appear as they are read.
 * @param preselected repositories that are ticked already
 * @returns at least one repository, or `undefined` when the dialog was left
 */
export async function pickRepositories(
  services: RunServices,
  account: Account,
  title: string,
  preselected: readonly Repository[],
): Promise<readonly Repository[] | undefined> {
  const client = services.connections.client(account);
  // Before the picker is there: the first request may ask for a one-time code, whose box would close it.
  const namespaces = await vscode.window.withProgress({ location: { viewId: 'dockerHubPruner.repositories' } }, () =>
    client.namespaces({ lane: 'foreground' }),
  );
  const cancel = new AbortController();
  const picker = vscode.window.createQuickPick<RepositoryItem>();
  picker.title = title;
  picker.placeholder = vscode.l10n.t('Select the repositories to prune');
  picker.canSelectMany = true;
  picker.matchOnDescription = true;
  picker.ignoreFocusOut = true;
  picker.busy = true;
  const ticked = new Set(preselected.map((repository) => repositoryNodeId(account, repository)));
  const listed = new Set<string>();
  void load();
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      const picked = picker.selectedItems.flatMap(({ repository }) => (repository ? [repository] : []));
      if (picked.length === 0) return;
      resolve(picked);
      picker.dispose();
    });
    picker.onDidHide(() => {
      cancel.abort();
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });

  async function load(): Promise<void> {
    for (const namespace of new Set([...namespaces, ...services.namespaces.list(account)])) {
      await loadNamespace(namespace);
    }
    picker.busy = false;
  }

  async function loadNamespace(namespace: string): Promise<void> {
    try {
      for await (const page of client.repositoryPages(namespace, { lane: 'foreground', signal: cancel.signal })) {
        add(page.rows.map((row) => itemOf(row, client.now())));
      }
    } catch (error) {
      add([problemItem(error, namespace)]);
    }
  }

  function add(rows: readonly RepositoryItem[]): void {
    if (cancel.signal.aborted) return;
    // A list that moves while it is read brings a row twice.
    const items = rows.filter((row) => !listed.has(keyOf(row)) && listed.add(keyOf(row)));
    const selected = [...picker.selectedItems, ...items.filter((item) => ticked.has(keyOf(item)))];
    picker.items = [...picker.items, ...items];
    picker.selectedItems = selected;
  }

  /** Not what is shown of a name, which hostile ones may have in common. */
  function keyOf({ repository, label }: RepositoryItem): string {
    return repository ? repositoryNodeId(account, repository) : label;
  }
}

function itemOf(repository: Repository, now: number): RepositoryItem {
  const facts = [
    ...(repository.pushedAt === undefined ? [] : [ageText(repository.pushedAt, now)]),
    ...(repository.size === undefined ? [] : [sizeText(repository.size)]),
    ...(repository.isPrivate ? [vscode.l10n.t('private')] : []),
  ];
  return { label: repositoryText(repository), description: facts.join(' · '), repository };
}

function problemItem(error: unknown, namespace: string): RepositoryItem {
  return {
    label: `$(error) ${vscode.l10n.t("{0} can't be read", plainText(namespace))}`,
    detail: errorText(error).message,
  };
}
