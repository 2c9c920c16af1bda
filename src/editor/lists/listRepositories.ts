import * as vscode from 'vscode';
import { abortSignal } from '../ui/abortSignal.ts';
import { repositoriesText } from '../../text/countText.ts';
import type { Account } from '../../hub/wire/account.ts';
import type { Repository } from '../../hub/listing/repositoryRow.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import type { RunServices } from '../runs/runServices.ts';

/** All repositories of a namespace, read under a cancellable progress notification. @throws HubError; CancellationError */
export function listRepositories(
  services: RunServices,
  account: Account,
  namespace: string,
): Thenable<readonly Repository[]> {
  const title = vscode.l10n.t('Reading the repositories of {0}', plainText(namespace));
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      using cancel = abortSignal(token);
      const repositories: Repository[] = [];
      for await (const page of services.connections
        .client(account)
        .repositoryPages(namespace, { lane: 'foreground', signal: cancel.signal })) {
        repositories.push(...page.rows);
        progress.report({ message: repositoriesText(repositories.length) });
      }
      return repositories;
    },
  );
}
