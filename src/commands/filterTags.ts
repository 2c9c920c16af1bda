import * as vscode from 'vscode';
import { errorText } from '../host/errorText.ts';
import type { RepositoryNode } from '../host/node.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { parseTagFilter } from '../host/tagFilter.ts';
import { inputStep } from './inputStep.ts';
import { selectedNodes } from './selectedNodes.ts';
import type { Services } from './services.ts';

/** `Filter Tags…`: shows only the tags of a repository that match a text or a glob; an empty text shows all again. */
export async function filterTags(services: Services, argument?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const node = await repositoryFor(services, argument);
  if (!node) return;
  const text = await inputStep<{ text: string }>({
    title: t('Filter Tags of {0}', repositoryText(node.repository)),
    prompt: t('Part of the tag name, or a glob such as "build-*". Leave it empty to show all tags.'),
    placeholder: 'build-*',
    value: services.model.filter(node)?.text,
    check: (typed) => problemOf(typed),
    accept: (typed) => ({ text: typed.trim() }),
    errorText: String,
  });
  if (text === undefined || text === 'back') return;
  services.model.setFilter(node, text.text === '' ? undefined : parseTagFilter(text.text));
  await services.tree.reveal(node, { expand: true, select: false, focus: false });
}

function problemOf(typed: string): string | undefined {
  try {
    parseTagFilter(typed);
    return undefined;
  } catch (error) {
    return errorText(error).message;
  }
}

async function repositoryFor(services: Services, argument: unknown): Promise<RepositoryNode | undefined> {
  const { model } = services;
  const [selected] = selectedNodes(services, argument, undefined);
  if (selected?.kind === 'repository') return selected;
  if (selected?.kind === 'tag') return model.findRepository(selected.account, selected.repository);
  const known = model.knownRepositories();
  if (known.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a namespace in the tree first, so that there is a repository to filter.'));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    known.map((node) => ({ label: repositoryText(node.repository), node })),
    { title: vscode.l10n.t('Filter Tags'), placeHolder: vscode.l10n.t('Pick a repository') },
  );
  return picked?.node;
}
