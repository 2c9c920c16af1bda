import { readdir } from 'node:fs/promises';

/** A journal as its file name tells of it. */
export interface JournalFile {
  /** Sorts by the instant at which the run was begun. */
  readonly id: string;
  /** Whether the run has not come to an end: it goes on right now, or was interrupted. */
  readonly open: boolean;
}

/** See `newRunId`; any other file in the folder is not ours. */
const fileName = /^([+-]?\d+T\d{9}Z-[0-9a-f]{6})(\.open)?\.jsonl$/;

/** The name of a journal's file. @throws Error for an id that `newRunId` does not give */
export function journalFileName({ id, open }: JournalFile): string {
  const name = `${id}${open ? '.open' : ''}.jsonl`;
  if (!fileName.test(name)) throw new Error(`"${id}" is not the id of a run.`);
  return name;
}

/**
 * The journals in a folder, newest first; one look at the folder, so that it can be done at each start. None where it is not there; files of
 * other names are passed over.
 * @throws Error when it cannot be read
 */
export async function listJournals(path: string): Promise<JournalFile[]> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const files = names.flatMap((name) => {
    const [, id, end] = fileName.exec(name) ?? [];
    return id === undefined ? [] : [{ id, open: end !== undefined }];
  });
  return files.sort((a, b) => (a.id < b.id ? 1 : -1));
}
