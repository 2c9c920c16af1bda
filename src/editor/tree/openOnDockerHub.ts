import * as vscode from 'vscode';
import { pathSegment } from '../../hub/wire/pathSegment.ts';
import { selectedNodes } from './selectedNodes.ts';
import type { TreeServices } from './treeServices.ts';

/** `Open on Docker Hub`: the web page of a repository or of a tag. @throws HubError `unsafeName` for a name that would lead to another page */
export async function openOnDockerHub(services: TreeServices, argument?: unknown): Promise<void> {
  const [node] = selectedNodes(services, argument, undefined);
  if (node?.kind !== 'repository' && node?.kind !== 'tag') return;
  const { namespace, name } = node.repository;
  const path =
    namespace === 'library' ? `/_/${pathSegment(name)}` : `/r/${pathSegment(namespace)}/${pathSegment(name)}`;
  const page = node.kind === 'tag' ? `${path}/tags?name=${pathSegment(node.tag.name)}` : path;
  await vscode.env.openExternal(vscode.Uri.parse(`https://hub.docker.com${page}`, true));
}
