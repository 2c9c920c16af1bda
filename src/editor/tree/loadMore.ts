import type { TreeServices } from './treeServices.ts';

/** The row `Load more…`, and the row of a branch that could not be read: reads on. */
export async function loadMore({ model }: TreeServices, argument?: unknown): Promise<void> {
  const node = model.find(argument);
  if (node) await model.loadMore(node);
}
