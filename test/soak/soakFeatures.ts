/** What a soak does beyond killing processes. Each is on by itself where the core stands it already. */
export interface SoakFeatures {
  /** Signatures and the like beside the tags, which share the fate of their images (`AttachmentWatch`); default false. */
  readonly attachments: boolean;
  /** Lists that lack rows and say so by their `count`, and lists that are empty once (`shortenLists`); default false. */
  readonly shortLists: boolean;
  /** Cancel while DELETEs hang, and the process killed then or left to end (`CancelWatch`); default true. */
  readonly cancels: boolean;
  /** With `cancels`: that the cancel is in the journal soon after it, whatever hangs; default false. */
  readonly durableStops: boolean;
}

/** What a soak does when nothing else is said. */
export const usualFeatures: SoakFeatures = { attachments: false, shortLists: false, cancels: true, durableStops: false };
