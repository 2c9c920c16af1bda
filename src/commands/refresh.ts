import type { Services } from './services.ts';

/** `Refresh`: reads all of the tree again. VS Code passes the focused row along from the view title, which does not matter here. */
export function refresh({ model }: Services): void {
  model.refresh();
}
