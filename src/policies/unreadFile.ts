/** Why a file could not be read as a text; a file that is not there is none of them. */
export type UnreadFile = 'notFile' | 'tooLarge' | 'notUtf8' | 'unsettled' | 'unreadable';
