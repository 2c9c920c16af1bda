import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { isRunning } from './childProcesses.ts';
import { cacheFolder } from './projectPaths.ts';

/** A folder of its own in the cache that is removed, with all that is in it, when it is disposed. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes a new, empty folder in the cache; `name` says what for. */
export async function temporaryFolder(name: string): Promise<TemporaryFolder> {
  const parent = join(cacheFolder, 'runs');
  await mkdir(parent, { recursive: true });
  await removeLeftOvers(parent);
  const path = await mkdtemp(join(parent, `${name}-${process.pid}-`));
  return {
    path,
    // A browser that was just ended may still write a file or two.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}

/** What a run that was killed could not remove itself. */
async function removeLeftOvers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = /^\w+-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
}
