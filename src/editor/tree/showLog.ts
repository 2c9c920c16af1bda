import type { TreeServices } from './treeServices.ts';

/** `Show Log`. */
export function showLog({ log }: TreeServices): void {
  log.show();
}
