import * as vscode from 'vscode';
import { selectedNodes } from './selectedNodes.ts';
import type { Services } from './services.ts';

/** `Open on Docker Hub`: the web page of a repository or of a tag. */
export async function openOnDockerHub(services: Services, argument?: unknown): Promise<void> {
  const [node] = selectedNodes(services, argument, undefined);
  if (node?.kind !== 'repository' && node?.kind !== 'tag') return;
  const { namespace, name } = node.repository;
  const path = namespace === 'library' ? `/_/${encodeURIComponent(name)}` : `/r/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  const page = node.kind === 'tag' ? `${path}/tags?name=${encodeURIComponent(node.tag.name)}` : path;
  await vscode.env.openExternal(vscode.Uri.parse(`https://hub.docker.com${page}`, true));
}
