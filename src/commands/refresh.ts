import type { Services } from './services.ts';

/** `Refresh`: reads all of the tree again, and the list of runs. VS Code passes the focused row along from the view title, which does not matter here. */
export function refresh({ model, runs }: Services): void {
  model.refresh();
  runs.changed();
}
