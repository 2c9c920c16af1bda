import type { TreeServices } from '../tree/treeServices.ts';
import type { RunStore } from './runStore.ts';

/** What commands about runs work with. */
export interface RunServices extends TreeServices {
  readonly runs: RunStore;
}
