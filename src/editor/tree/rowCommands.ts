/** The commands behind rows that are clicked; not for the palette. */
export const rowCommands = { loadMore: '_dockerHubPruner.loadMore' } as const;
