import type { RunServices } from './runs/runServices.ts';

/** `Refresh`: reads all of the tree again, and the list of runs. VS Code passes the focused row along from the view title, which does not matter here. */
export function refresh({ model, runs }: RunServices): void {
  model.refresh();
  runs.changed();
}
