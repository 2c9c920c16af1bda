import { readFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build, type Plugin } from 'esbuild';

import { cacheFolder, projectRoot } from './projectPaths.ts';

/**
 * Bundles every `*.test.ts` below `test/host` with the mocha entry for an extension host.
 * @param folderOfBundle inside the project, since mocha is not bundled
 * @returns the path of the CommonJS module that exports `run()`
 */
export async function buildHostTests(folderOfBundle = join(cacheFolder, 'host-tests')): Promise<string> {
  const folder = join(projectRoot, 'test', 'host');
  const files = globSync('**/*.test.ts', { cwd: folder }).sort();
  const outfile = join(folderOfBundle, 'index.cjs');
  await build({
    entryPoints: [join(folder, 'index.ts')],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'linked',
    define: { HOST_TEST_FILES: JSON.stringify(files.map((file) => file.split(sep).join('/').replace(/\.test\.ts$/, ''))) },
    plugins: [keepModulePaths],
    logLevel: 'warning',
  });
  return outfile;
}

/** A bundle has no `import.meta`; the tests' own modules read files that lie beside them. */
const keepModulePaths: Plugin = {
  name: 'keep-module-paths',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.filename', JSON.stringify(path))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: 'ts' };
    });
  },
};

if (import.meta.main) {
  console.log(await buildHostTests());
}
