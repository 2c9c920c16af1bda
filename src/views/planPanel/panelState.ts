import * as v from 'valibot';
import { measures, policyControls, tableView } from './messages.ts';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(500));
const names = v.array(v.pipe(v.string(), v.maxLength(500)));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Tags decided by hand that a panel keeps over a reload; of more, none is kept, which is said. */
export const mostKeptPicks = 20_000;

const state = v.object({
  version: v.literal(1),
  /** See `accountId`. */
  account: name,
  /** What the lists were when the panel was left: how many tags, and a mark that changes with any of them. */
  lists: v.pipe(v.array(v.object({ namespace: name, name, tags: count, mark: v.string() })), v.minLength(1)),
  /** Repositories whose lists could not be read. */
  unread: v.array(v.object({ namespace: name, name })),
  /** See `policyData`: the last policy that could be read. */
  policy: v.record(v.string(), v.unknown()),
  /** What stands in the controls, which may be no policy. */
  controls: policyControls,
  picks: v.array(v.object({ namespace: name, name, keep: names, delete: names })),
  /** Whether there were too many picks to keep. */
  picksLost: v.boolean(),
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
