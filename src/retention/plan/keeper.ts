import type { KeepReason } from './plan.ts';

/** Why the tag at an index (see `PreparedTags`) is kept, if for this reason. */
export type Keeper = (index: number) => KeepReason | undefined;
