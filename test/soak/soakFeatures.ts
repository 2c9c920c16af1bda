/** What a soak does beyond killing processes; all of it by default. */
export interface SoakFeatures {
  /** Signatures and the like beside the tags, which share the fate of their images (`AttachmentWatch`). */
  readonly attachments: boolean;
  /** Lists that lack rows and say so by their `count`, and lists that are empty once (`shortenLists`). */
  readonly shortLists: boolean;
  /** Cancel while DELETEs hang, and the process killed then or left to end (`CancelWatch`). */
  readonly cancels: boolean;
  /** With `cancels`: that the cancel is in the journal soon after it, whatever hangs. */
  readonly durableStops: boolean;
  /** That the policy of a run protects more tags between a crash and its resumption: from then on none of these is deleted. */
  readonly stricterPolicies: boolean;
}

/** What a soak does when nothing else is said. */
export const usualFeatures: SoakFeatures = {
  attachments: true,
  shortLists: true,
  cancels: true,
  durableStops: true,
  stricterPolicies: true,
};
