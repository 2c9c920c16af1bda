/** Where references are found. */
export interface ReferenceSource {
  /** Unique; of a file its address, whose parts between slashes are folders. */
  readonly id: string;
  /** As it is shown. */
  readonly label: string;
  /** Whether lines mean something in it. */
  readonly hasLines: boolean;
}
