import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheFolder } from './projectPaths.ts';
import { writeUserSettings } from './vscodeServer.ts';

/** The folders of the VS Code that `npm start` opens, apart from those of a VS Code that is installed. */
export interface DemoFolder {
  /** For `--user-data-dir`. */
  readonly userData: string;
  /** For `--extensions-dir`. */
  readonly extensions: string;
  /** The sample folder that is opened. */
  readonly workspace: string;
}

const dockerfile = `# A folder to open; what counts is the view Pruner for Docker Hub in the activity bar.
FROM acme/web:latest
`;

/**
 * Makes these folders and points the extension at the demonstration. Other settings that were made there in an earlier
 * start stay.
 * @param build which VS Code they are for; each has its own
 */
export async function prepareDemoFolder(
  build: string,
  { origin, registry = origin }: { readonly origin: string; readonly registry?: string },
): Promise<DemoFolder> {
  const folder = join(cacheFolder, 'demo', build);
  const workspace = join(cacheFolder, 'demo', 'workspace');
  const userData = join(folder, 'user-data');
  await mkdir(workspace, { recursive: true });
  await writeFile(join(workspace, 'Dockerfile'), dockerfile);
  const user = join(userData, 'User');
  const earlier = await readFile(join(user, 'settings.json'), 'utf8').then(parseSettings, () => ({}));
  await writeUserSettings(user, {
    ...earlier,
    'dockerHubPruner.apiUrl': origin,
    'dockerHubPruner.registryUrl': registry,
  });
  return { userData, extensions: join(folder, 'extensions'), workspace };
}

/** A file with comments, which VS Code allows, is written anew. */
function parseSettings(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
