import * as v from 'valibot';
import { measures, policyControls, tableView } from './messages.ts';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(500));

/** Tags decided by hand that a panel keeps over a reload; of more, none is kept, which is said. */
export const maxKeptPicks = 5_000;

const state = v.object({
  version: v.literal(1),
  /** See `accountId`. */
  account: name,
  /** The repositories; with the mark of each list that could be read, see `listMark`. */
  lists: v.pipe(v.array(v.object({ namespace: name, name, mark: v.optional(v.string()) })), v.minLength(1)),
  /** See `policyData`: the last policy that could be read. */
  policy: v.record(v.string(), v.unknown()),
  /** What stands in the controls, which may be no policy. */
  controls: policyControls,
  picks: v.pipe(
    v.array(
      v.object({
        repository: v.object({ namespace: name, name }),
        tag: v.object({ name, digest: v.exactOptional(v.string()), pushedAt: v.exactOptional(v.number()) }),
        pick: v.picklist(['keep', 'delete']),
      }),
    ),
    v.maxLength(maxKeptPicks),
  ),
  /** Whether there were too many picks to keep. */
  picksLost: v.boolean(),
  /** How many tags the plan deleted, and the mark of them, see `goingMark`. Missing in what an earlier version kept, and where there was no plan. */
  going: v.exactOptional(
    v.object({ count: v.pipe(v.number(), v.integer(), v.minValue(0)), mark: v.pipe(v.string(), v.maxLength(100)) }),
  ),
  view: tableView,
  measure: v.picklist(measures),
});

/** What of a panel outlives a reload of the window. Names things only, which are looked up and read again (invariant 1). */
export type PanelState = v.InferOutput<typeof state>;

/** The state that a page kept, or `undefined` where it is none. */
export function parsePanelState(value: unknown): PanelState | undefined {
  const parsed = v.safeParse(state, value);
  return parsed.success ? parsed.output : undefined;
}
