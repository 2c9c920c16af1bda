import * as vscode from 'vscode';
import { ageText } from '../../text/ageText.ts';
import { attachmentText } from '../../text/attachmentText.ts';
import { numberText, tagsText } from '../../text/countText.ts';
import { errorLabel } from '../../text/errorLabel.ts';
import { errorText, type Remedy } from '../../text/errorText.ts';
import type {
  AttachmentsNode,
  MoreNode,
  NamespaceNode,
  NoticeNode,
  RepositoryNode,
  TagNode,
  TreeNode,
} from './node.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { sizeText, tagSizeText } from '../../text/sizeText.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { type AttachmentName, attachmentOf } from '../../retention/tags/attachment.ts';
import { ageBand, type AgeBands } from '../../retention/tags/ageBand.ts';
import { ageBandText, ageColor } from './ageColors.ts';
import { ageUri } from './ageDecorations.ts';
import { rowCommands } from './rowCommands.ts';

/** What a row looks like depends on this besides the row itself. */
export interface Surroundings {
  /** Instant (ms) that ages count from. */
  readonly now: number;
  readonly bands: AgeBands;
  readonly tagCount: (node: RepositoryNode) => number | undefined;
  readonly filter: (node: RepositoryNode) => { readonly text: string } | undefined;
  /** Whether something refers to a tag. */
  readonly isUsed: (node: TagNode) => boolean;
}

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** The row of a node as VS Code shows it. Names from the server are cut to one line of plain text (invariant 10). */
export function treeItem(node: TreeNode, surroundings: Surroundings): vscode.TreeItem {
  const item = itemOf(node, surroundings);
  item.id = node.id;
  return item;
}

function itemOf(node: TreeNode, surroundings: Surroundings): vscode.TreeItem {
  switch (node.kind) {
    case 'account': {
      const item = new vscode.TreeItem(plainText(node.account.name), Expanded);
      item.iconPath = new vscode.ThemeIcon('account');
      item.description = node.account.kind === 'organization' ? vscode.l10n.t('organization access token') : undefined;
      item.tooltip = vscode.l10n.t('Signed in as {0} at {1}', plainText(node.account.name), node.account.origins.api);
      item.accessibilityInformation = {
        label: vscode.l10n.t('Account {0}, signed in at {1}', plainText(node.account.name), node.account.origins.api),
      };
      item.contextValue = 'account';
      return item;
    }
    case 'namespace':
      return namespaceItem(node);
    case 'repository':
      return repositoryItem(node, surroundings);
    case 'tag':
      return tagItem(node, surroundings);
    case 'attachments':
      return attachmentsItem(node);
    case 'more':
      return moreItem(node);
    case 'notice':
      return noticeItem(node);
  }
}

function namespaceItem(node: NamespaceNode): vscode.TreeItem {
  const item = new vscode.TreeItem(
    plainText(node.namespace),
    node.namespace === node.account.name ? Expanded : Collapsed,
  );
  item.iconPath = new vscode.ThemeIcon('briefcase');
  item.description = node.added ? vscode.l10n.t('added by hand') : undefined;
  item.tooltip = vscode.l10n.t('Namespace {0}', plainText(node.namespace));
  item.contextValue = node.added ? 'namespace added' : 'namespace';
  return item;
}

function repositoryItem(node: RepositoryNode, { now, tagCount, filter }: Surroundings): vscode.TreeItem {
  const { repository } = node;
  const count = tagCount(node);
  const filtered = filter(node);
  const item = new vscode.TreeItem(plainText(repository.name), Collapsed);
  const named = repository.isPrivate ? vscode.l10n.t('private') : vscode.l10n.t('public');
  const visibility = repository.isPrivate === undefined ? undefined : named;
  const pushed = repository.pushedAt === undefined ? undefined : ageText(repository.pushedAt, now);
  const parts = [
    filtered && vscode.l10n.t('filter: {0}', plainText(filtered.text)),
    count === undefined ? undefined : tagsText(count),
    pushed === undefined ? undefined : ageText(repository.pushedAt, now, 'narrow'),
    repository.size === undefined ? undefined : sizeText(repository.size),
    repository.isPrivate ? vscode.l10n.t('private') : undefined,
  ].filter((part) => part !== undefined);
  item.iconPath = new vscode.ThemeIcon(repository.isPrivate ? 'lock' : 'repo');
  item.description = parts.join(' · ');
  const facts = [
    repositoryText(repository),
    visibility,
    count === undefined ? undefined : tagsText(count),
    pushed && vscode.l10n.t('last push {0}', pushed),
    repository.size === undefined ? undefined : vscode.l10n.t('stores {0}', sizeText(repository.size)),
    repository.pulls === undefined ? undefined : vscode.l10n.t('{0} pulls', numberText(repository.pulls)),
  ].filter((fact) => fact !== undefined);
  item.tooltip = facts.join('\n');
  item.accessibilityInformation = { label: vscode.l10n.t('Repository {0}', facts.join(', ')) };
  item.contextValue = filtered ? 'repository filtered' : 'repository';
  return item;
}

function attachmentsItem({ rows }: AttachmentsNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Attachments'), Collapsed);
  item.iconPath = new vscode.ThemeIcon('verified');
  item.description = numberText(rows.length);
  item.tooltip = vscode.l10n.t(
    'Signatures, attestations, and SBOMs. They are kept and deleted with the image that they are attached to.',
  );
  item.accessibilityInformation = {
    label: vscode.l10n.t('Attachments, {0}: signatures, attestations, and SBOMs', numberText(rows.length)),
  };
  item.contextValue = 'attachments';
  return item;
}

/** An attachment has no age of its own that would decide anything, and so no color. */
function attachmentItem(node: TagNode, attachment: AttachmentName, { now, isUsed }: Surroundings): vscode.TreeItem {
  const { tag, attachedTo } = node;
  const what = attachmentText(attachment, attachedTo);
  // Not its name, of which a narrow side bar shows nothing but digits.
  const item = new vscode.TreeItem(what, None);
  item.iconPath = new vscode.ThemeIcon(attachment.suffix === 'sbom' ? 'checklist' : 'verified');
  const used = isUsed(node) ? [vscode.l10n.t('used')] : [];
  item.description = [...used, ageText(tag.pushedAt, now, 'narrow'), plainText(tag.name)].join(' · ');
  item.accessibilityInformation = {
    label: [
      vscode.l10n.t('Tag {0}, {1}, pushed {2}', plainText(tag.name), what, ageText(tag.pushedAt, now)),
      ...used,
    ].join(', '),
  };
  item.contextValue = 'tag';
  return item;
}

function tagItem(node: TagNode, surroundings: Surroundings): vscode.TreeItem {
  const { now, bands, isUsed } = surroundings;
  const { tag } = node;
  const attachment = attachmentOf(tag);
  if (attachment) return attachmentItem(node, attachment, surroundings);
  const band = ageBand(tag.pushedAt, now, bands);
  const age = ageText(tag.pushedAt, now);
  const name = plainText(tag.name);
  const item = new vscode.TreeItem(name, None);
  item.iconPath = new vscode.ThemeIcon('bookmark', ageColor(band));
  item.resourceUri = ageUri(node.id, band);
  const shortAge = ageText(tag.pushedAt, now, 'narrow');
  const used = isUsed(node) ? [vscode.l10n.t('used')] : [];
  // First: what comes last is cut off where the side bar is narrow.
  item.description = [...used, shortAge, ...(tag.size === undefined ? [] : [tagSizeText(tag)])].join(' · ');
  const facts =
    band === 'unknown'
      ? vscode.l10n.t('Tag {0}, unknown age, {1}', name, tagSizeText(tag))
      : vscode.l10n.t('Tag {0}, pushed {1}, {2}, {3}', name, age, ageBandText(band), tagSizeText(tag));
  item.accessibilityInformation = { label: [facts, ...used].join(', ') };
  item.contextValue = 'tag';
  return item;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Load more…'), None);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.description =
    node.count === undefined
      ? vscode.l10n.t('{0} loaded', numberText(node.loaded))
      : vscode.l10n.t('{0} of {1} loaded', numberText(node.loaded), numberText(node.count));
  item.command = { command: rowCommands.loadMore, title: vscode.l10n.t('Load more…'), arguments: [node] };
  return item;
}

function noticeItem({ notice, parent }: NoticeNode): vscode.TreeItem {
  switch (notice.type) {
    case 'empty': {
      const item = new vscode.TreeItem(
        parent?.kind === 'repository' ? vscode.l10n.t('No tags') : vscode.l10n.t('No repositories'),
        None,
      );
      item.description =
        parent?.kind === 'repository'
          ? vscode.l10n.t('nothing pushed yet')
          : vscode.l10n.t('none that this account can access');
      item.accessibilityInformation = { label: `${item.label as string}, ${item.description}` };
      item.iconPath = new vscode.ThemeIcon('info');
      return item;
    }
    case 'doubtful':
      return doubtfulItem(notice, parent);
    case 'filtered': {
      const loaded = numberText(notice.loaded);
      const item = new vscode.TreeItem(
        notice.shown === 0
          ? vscode.l10n.t('No tags match "{0}"', plainText(notice.filter))
          : vscode.l10n.t('{0} match "{1}"', tagsText(notice.shown), plainText(notice.filter)),
        None,
      );
      const found = notice.complete
        ? vscode.l10n.t('of all {0} found', loaded)
        : vscode.l10n.t('of the first {0} found', loaded);
      item.description = notice.loaded === 0 ? vscode.l10n.t('nothing found') : found;
      item.iconPath = new vscode.ThemeIcon('filter');
      item.command = {
        command: 'dockerHubPruner.filterTags',
        title: vscode.l10n.t('Filter Tags…'),
        arguments: [parent],
      };
      item.tooltip = vscode.l10n.t('Click to change the filter or to clear it');
      return item;
    }
    case 'failed': {
      const { message, remedies } = errorText(notice.error);
      const item = new vscode.TreeItem(errorLabel(notice.error), None);
      item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
      item.command = remedyCommand(remedies, parent);
      item.description = vscode.l10n.t('click: {0}', item.command.title);
      item.tooltip = `${message}\n\n${vscode.l10n.t('Click: {0}', item.command.title)}`;
      item.accessibilityInformation = { label: `${message} ${vscode.l10n.t('Press Enter: {0}', item.command.title)}` };
      return item;
    }
  }
}

/** What a click on the row of a failure does. */
function remedyCommand(remedies: readonly Remedy[], parent: NoticeNode['parent']): vscode.Command {
  if (remedies.includes('signIn')) return { command: 'dockerHubPruner.signIn', title: vscode.l10n.t('Sign In…') };
  if (remedies.includes('openSettings')) {
    return {
      command: 'workbench.action.openSettings',
      title: vscode.l10n.t('Open Settings'),
      arguments: ['dockerHubPruner'],
    };
  }
  return {
    command: parent ? rowCommands.loadMore : 'dockerHubPruner.refresh',
    title: vscode.l10n.t('Retry'),
    arguments: [parent],
  };
}

/** The row of a list that may have more than it shows. What is known of it is said, and what is not. */
function doubtfulItem(
  { loaded, count }: Extract<NoticeNode['notice'], { type: 'doubtful' }>,
  parent: NoticeNode['parent'],
): vscode.TreeItem {
  const isOfTags = parent?.kind === 'repository';
  const empty = isOfTags ? vscode.l10n.t('No tags are listed') : vscode.l10n.t('No repositories are listed');
  const item = new vscode.TreeItem(loaded > 0 ? vscode.l10n.t('Incomplete list') : empty, None);
  const isShort = count !== undefined && loaded < count;
  item.description = isShort
    ? vscode.l10n.t('{0} of {1}', numberText(loaded), numberText(count))
    : vscode.l10n.t('doubtful; click to refresh');
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.command = { command: rowCommands.loadMore, title: vscode.l10n.t('Refresh'), arguments: [parent] };
  const message = isShort
    ? vscode.l10n.t(
        'Docker Hub lists {0} of {1}. Nothing is planned from an incomplete list.',
        numberText(loaded),
        numberText(count),
      )
    : vscode.l10n.t(
        'Docker Hub lists no tags, but this repository stores something or was pushed to. Either all its tags were deleted, or the answer is wrong. Nothing is planned from it.',
      );
  item.tooltip = `${message}\n\n${vscode.l10n.t('Click: {0}', item.command.title)}`;
  item.accessibilityInformation = { label: `${message} ${vscode.l10n.t('Press Enter: {0}', item.command.title)}` };
  return item;
}
