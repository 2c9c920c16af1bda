import * as v from 'valibot';

/** The fields of a policy as they stand in the controls of the panel: texts as they are typed. Globs are parted by blanks, the share is in percent. */
export const policyControls = v.strictObject({
  olderThan: v.pipe(v.string(), v.maxLength(200)),
  agedBy: v.picklist(['pushed', 'used']),
  tags: v.pipe(v.string(), v.maxLength(10_000)),
  protect: v.pipe(v.string(), v.maxLength(10_000)),
  keepNewest: v.pipe(v.string(), v.maxLength(20)),
  majors: v.pipe(v.string(), v.maxLength(20)),
  minors: v.pipe(v.string(), v.maxLength(20)),
  patches: v.pipe(v.string(), v.maxLength(20)),
  prereleases: v.pipe(v.string(), v.maxLength(20)),
  keepAliases: v.boolean(),
  keepReferenced: v.boolean(),
  /** Missing in what a panel of an earlier version has kept. */
  orphanedAttachments: v.optional(v.boolean(), false),
  maxDeletions: v.pipe(v.string(), v.maxLength(20)),
  maxShare: v.pipe(v.string(), v.maxLength(20)),
});

/** See `policyControls`. */
export type PolicyControls = v.InferOutput<typeof policyControls>;

/** A control of the panel. */
export type PolicyField = keyof PolicyControls;

/** What the table is sorted by. */
export const sortKeys = ['verdict', 'name', 'reason', 'age', 'size', 'digest', 'pulled', 'repository'] as const;

/** See `sortKeys`. */
export type SortKey = (typeof sortKeys)[number];

/** In which order the table shows which tags. */
export const tableView = v.strictObject({
  by: v.picklist(sortKeys),
  descending: v.boolean(),
  /** All tags, those of one verdict, or signatures and what else is attached to images. */
  verdict: v.picklist(['all', 'keep', 'delete', 'attachments']),
  /** Part of a name. */
  text: v.pipe(v.string(), v.maxLength(200)),
});

/** See `tableView`. */
export type TableView = v.InferOutput<typeof tableView>;

/** What the bars of the picture count. */
export const measures = ['tags', 'size'] as const;

/** See `measures`. */
export type Measure = (typeof measures)[number];

/** Rows of one answer at most: what a page shows of a very tall window. */
const maxRows = 500;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Rows by their numbers, the last one included. */
const range = v.pipe(
  v.tuple([count, count]),
  v.check(([from, to]) => from <= to),
);

/**
 * What the page says. It is not trusted with anything but numbers of rows and values of controls: what they mean is looked up in the draft.
 * `order` is the `order` that the page shows; rows of another one are other tags. `top` is the first row that shows.
 */
export const pageMessage = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('policy'), controls: policyControls }),
  v.strictObject({ type: v.literal('view'), view: tableView }),
  v.strictObject({ type: v.literal('measure'), measure: v.picklist(measures) }),
  v.strictObject({
    type: v.literal('rows'),
    order: count,
    top: count,
    rows: v.pipe(
      range,
      v.check(([from, to]) => to - from < maxRows),
    ),
  }),
  /** `toggle` does to all what is the opposite for the row `first`. */
  v.strictObject({
    type: v.literal('pick'),
    order: count,
    rows: v.pipe(v.array(range), v.minLength(1), v.maxLength(10_000)),
    first: count,
    as: v.picklist(['keep', 'delete', 'rule', 'toggle']),
  }),
  v.strictObject({ type: v.literal('undo') }),
  v.strictObject({ type: v.literal('details'), order: count, row: count }),
  /** `revision` is that of the plan on the screen (invariant 1). */
  v.strictObject({ type: v.literal('delete'), revision: count }),
  v.strictObject({ type: v.literal('export') }),
  v.strictObject({ type: v.literal('save') }),
  v.strictObject({ type: v.literal('readAgain') }),
]);

/** See `pageMessage`. */
export type PageMessage = v.InferOutput<typeof pageMessage>;

/** What the page said, or `undefined` for anything that it cannot have said. */
export function parsePageMessage(value: unknown): PageMessage | undefined {
  const parsed = v.safeParse(pageMessage, value);
  return parsed.success ? parsed.output : undefined;
}

/** One tag as the table shows it: plain text (invariant 10). */
export interface RowView {
  readonly name: string;
  readonly repository: string;
  readonly verdict: 'keep' | 'delete';
  /** The verdict in words. */
  readonly word: string;
  readonly reason: string;
  /** Whether the user decided it by hand. */
  readonly byHand: boolean;
  readonly age: string;
  readonly size: string;
  /** The beginning of the digest. */
  readonly digest: string;
  readonly pulled: string;
}

/** Rows of the table from a number on. */
export interface RowWindow {
  readonly order: number;
  readonly from: number;
  readonly rows: readonly RowView[];
}

/** One bar of the picture: what was pushed in one span of time. */
export interface BarView {
  /** Below the bar, such as "2024-03". */
  readonly label: string;
  /** The bar in words: its span, how many stay, and how many go. */
  readonly text: string;
  readonly keep: number;
  readonly delete: number;
  /** The two numbers in words. */
  readonly keepText: string;
  readonly deleteText: string;
}

/** The picture. */
export interface ChartView {
  readonly measure: Measure;
  readonly bars: readonly BarView[];
  /** Whether the first bar is that of the tags of unknown age, which stands apart. */
  readonly unknownFirst: boolean;
  /** The whole picture in words. */
  readonly summary: string;
  /** Numbers at the side of the picture, from 0 up, with their words. */
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** What is wrong with a control. */
export interface FieldProblem {
  readonly field: PolicyField;
  readonly message: string;
}

/** All of the plan that is on the screen but its rows. */
export interface PlanView {
  /** Which state of the draft this is. */
  readonly revision: number;
  /** Which numbering of rows holds; a change of verdicts alone keeps it. */
  readonly order: number;
  readonly rowCount: number;
  readonly totals: readonly { readonly label: string; readonly value: string }[];
  /** "412 of 1,903 tags go." */
  readonly summary: string;
  readonly deleteLabel: string;
  readonly canDelete: boolean;
  readonly canUndo: boolean;
  readonly chart: ChartView;
  readonly warnings: readonly string[];
  readonly problems: readonly FieldProblem[];
  /** "Lists as of 14:03." */
  readonly asOf: string;
  /** Whether the tags may have changed since. */
  readonly isStale: boolean;
}

/** Words of the page, see `pageStrings`. */
export type PageStrings = Readonly<Record<PageString, string>>;

/** A word of the page. */
export type PageString =
  | 'title'
  | 'honest'
  | 'rules'
  | 'olderThan'
  | 'olderThanHint'
  | 'agedBy'
  | 'agedByPushed'
  | 'agedByUsed'
  | 'tags'
  | 'protect'
  | 'globsHint'
  | 'keepNewest'
  | 'keepVersions'
  | 'majors'
  | 'minors'
  | 'patches'
  | 'prereleases'
  | 'keepAliases'
  | 'keepReferenced'
  | 'orphanedAttachments'
  | 'caps'
  | 'maxDeletions'
  | 'maxDeletionsHint'
  | 'maxShare'
  | 'all'
  | 'export'
  | 'save'
  | 'undo'
  | 'readAgain'
  | 'invalid'
  | 'picture'
  | 'measure'
  | 'measureTags'
  | 'measureSize'
  | 'stay'
  | 'go'
  | 'numbers'
  | 'span'
  | 'table'
  | 'search'
  | 'show'
  | 'showAll'
  | 'showKeep'
  | 'showDelete'
  | 'showAttachments'
  | 'pickKeep'
  | 'pickDelete'
  | 'pickRule'
  | 'pickHint'
  | 'noRows'
  | 'verdict'
  | 'name'
  | 'reason'
  | 'age'
  | 'size'
  | 'digest'
  | 'pulled'
  | 'repository'
  | 'byHand'
  | 'selected'
  | 'reading'
  | 'details'
  | 'close'
  | 'totals'
  | 'warnings'
  | 'stale'
  | 'actions';

/** What is known of one tag, asked for. */
export interface DetailsView {
  readonly row: number;
  readonly title: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
}

/** What the host says to the page. */
export type HostMessage =
  /** The first, and again after the page was hidden; `top` is the first row to show. */
  | {
      readonly type: 'start';
      readonly strings: PageStrings;
      readonly title: string;
      readonly several: boolean;
      readonly controls: PolicyControls;
      readonly view: TableView;
      readonly top: number;
    }
  /** There is no plan yet, or none any more, and why. */
  | { readonly type: 'notice'; readonly text: string; readonly canReadAgain: boolean }
  | { readonly type: 'plan'; readonly plan: PlanView; readonly window: RowWindow; readonly told: string | undefined }
  | { readonly type: 'rows'; readonly window: RowWindow }
  | { readonly type: 'details'; readonly details: DetailsView }
  /** The answer to a message that changed nothing. */
  | { readonly type: 'said'; readonly text: string }
  /**
   * What the page is to keep with `setState` for the time after a reload, see `PanelState`: the properties that differ from what it keeps; the first message to
   * a page has all. The lists of thousands of repositories do not come along with every change of a rule.
   */
  | { readonly type: 'keep'; readonly state: Readonly<Record<string, unknown>> };
