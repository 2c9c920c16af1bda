import { selectedNodes } from './selectedNodes.ts';
import type { TreeServices } from './treeServices.ts';

/** `Refresh` of an account, a namespace or a repository: reads that branch again and nothing else. */
export function refreshBranch(services: TreeServices, argument?: unknown): void {
  const [node] = selectedNodes(services, argument, undefined);
  if (node) services.model.refresh(node.kind === 'tag' ? services.model.parent(node) : node);
}
