import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build, type Plugin } from 'esbuild';

import { cacheFolder, projectRoot } from './projectPaths.ts';

/** An extension to be tested, and the module that tests it. */
export interface HostTests {
  /** The folder of the extension. */
  readonly extensionPath: string;
  /** The CommonJS module that exports `run()`; below the extension's folder, so that VS Code gives both the same instance of its API. */
  readonly testsPath: string;
}

/**
 * Copies the extension as it was last built, and bundles every `*.test.ts` below `test/host` with the mocha entry for an extension host. The
 * copy is not activated at startup, so that the tests can watch how it is; that it is stands in the activation and the ui tests.
 * @param folder inside the project, since mocha is not bundled
 */
export async function buildHostTests(folder = join(cacheFolder, 'host-tests')): Promise<HostTests> {
  const extensionPath = join(folder, 'extension');
  await mkdir(extensionPath, { recursive: true });
  // Its files are named after what is in them: those of another build would stay.
  await rm(join(extensionPath, 'dist'), { recursive: true, force: true });
  for (const part of ['dist', 'media', 'package.nls.json']) {
    await cp(join(projectRoot, part), join(extensionPath, part), { recursive: true });
  }
  const manifest = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as Record<string, unknown>;
  await writeFile(
    join(extensionPath, 'package.json'),
    JSON.stringify({ ...manifest, activationEvents: [] }, undefined, 2),
  );
  const testsPath = join(extensionPath, 'tests', 'index.cjs');
  await bundle(testsPath);
  return { extensionPath, testsPath };
}

async function bundle(outfile: string): Promise<void> {
  const folder = join(projectRoot, 'test', 'host');
  const files = globSync('**/*.test.ts', { cwd: folder }).sort();
  await build({
    entryPoints: [join(folder, 'index.ts')],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha'],
    // As in `esbuild.js`.
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    define: {
      HOST_TEST_FILES: JSON.stringify(
        files.map((file) =>
          file
            .split(sep)
            .join('/')
            .replace(/\.test\.ts$/, ''),
        ),
      ),
    },
    plugins: [keepModulePaths],
    logLevel: 'warning',
  });
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
  console.log((await buildHostTests()).testsPath);
}
