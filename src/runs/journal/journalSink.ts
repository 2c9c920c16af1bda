/** Where the lines of one run's journal go. */
export interface JournalSink {
  /**
   * Appends text at the end.
   * @returns once it would outlast a power cut
   * @throws Error when it cannot be written
   */
  append(text: string): Promise<void>;
}
