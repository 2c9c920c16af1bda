import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheFolder } from './projectPaths.ts';

/** A folder of its own in the cache that is removed, with all that is in it, when it is disposed. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes a new, empty folder in the cache; `name` says what for. */
export async function temporaryFolder(name: string): Promise<TemporaryFolder> {
  const parent = join(cacheFolder, 'runs');
  await mkdir(parent, { recursive: true });
  const path = await mkdtemp(join(parent, `${name}-`));
  return {
    path,
    // A browser that was just ended may still write a file or two.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}
