import type { TreeServices } from './treeServices.ts';
import { selectedNodes } from './selectedNodes.ts';

/** `Remove Namespace`: takes a namespace that was added by hand out of the tree; nothing on Docker Hub changes. */
export async function removeNamespace(services: TreeServices, argument?: unknown): Promise<void> {
  const [node] = selectedNodes(services, argument, undefined);
  if (node?.kind !== 'namespace' || !node.added) return;
  await services.namespaces.remove(node.account, node.namespace);
  services.model.refresh(node);
  services.model.redraw(services.model.parent(node));
}
