/** Stands, invisibly, in front of each line that the tests write to the console of an extension host. */
export const extensionHostMark = '\u2063';
