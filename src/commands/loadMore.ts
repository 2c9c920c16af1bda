import type { Services } from './services.ts';

/** The row `Load more…`, and the row of a branch that could not be read: reads on. */
export async function loadMore({ model }: Services, argument?: unknown): Promise<void> {
  const parent = typeof argument === 'object' && argument !== null && 'parent' in argument ? argument.parent : argument;
  const node = model.find(parent);
  if (node) await model.loadMore(node);
}
