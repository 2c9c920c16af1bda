import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { getL10nJson } from '@vscode/l10n-dev';

/** Messages by their keys, as VS Code reads them. */
export type MessageBundle = Awaited<ReturnType<typeof getL10nJson>>;

/** What Microsoft's extractor finds in the sources of the project at `root`, sorted by key. */
export async function englishBundle(root: string): Promise<MessageBundle> {
  const paths = globSync('src/**/*.ts', { cwd: root }).sort();
  const files = await Promise.all(
    paths.map(async (path) => ({ extension: '.ts', contents: await readFile(join(root, path), 'utf8') }) as const),
  );
  const bundle = await getL10nJson(files);
  return Object.fromEntries(Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1)));
}
