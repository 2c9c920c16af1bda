import type { HubNode } from './node.ts';
import type { TreeServices } from './treeServices.ts';

/**
 * What a command of the tree's context menu is about: the rows that VS Code passes, all selected ones when the clicked one is among
 * them, else what is selected in the tree. Everything is looked up in the model by its id (invariant 1).
 */
export function selectedNodes({ model, tree }: TreeServices, argument: unknown, all: unknown): HubNode[] {
  const one = argument === undefined ? tree.selection : [argument];
  const given = Array.isArray(all) && all.length > 0 ? all : one;
  return [...new Set(given.map((item: unknown) => model.find(item)))].filter((node) => node !== undefined);
}
