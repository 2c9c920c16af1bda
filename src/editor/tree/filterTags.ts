import * as vscode from 'vscode';
import { errorText } from '../../text/errorText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { parseTagFilter } from './tagFilter.ts';
import { inputStep } from '../ui/inputStep.ts';
import { pickRepository } from './pickRepository.ts';
import type { TreeServices } from './treeServices.ts';

/** `Filter Tags…`: shows only the tags of a repository that match a text or a glob; an empty text shows all again. */
export async function filterTags(services: TreeServices, argument?: unknown): Promise<void> {
  const node = await pickRepository(
    services,
    argument,
    vscode.l10n.t('Filter Tags'),
    vscode.l10n.t('Expand a namespace in the tree first to choose a repository to filter.'),
  );
  if (!node) return;
  const text = await inputStep<{ text: string }>({
    title: vscode.l10n.t('Filter Tags of {0}', repositoryText(node.repository)),
    prompt: vscode.l10n.t(
      'Type part of the tag name or a glob, for example, "build-*". Leave it empty to show all tags.',
    ),
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
