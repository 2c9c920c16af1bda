import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { build, context, transform } from 'esbuild';

const production = process.argv.includes('--production');
const outdir = process.argv.find((argument) => argument.startsWith('--outdir='))?.slice('--outdir='.length) ?? 'dist';

/**
 * What `import()` names is loaded late, from a file of its own; what several files need stands in one that they share, so that every module exists
 * once. Esbuild splits only ES modules, and VS Code requires CommonJS: so each file is turned into CommonJS by itself.
 * @type {import('esbuild').Plugin}
 */
const commonJs = {
  name: 'common-js',
  setup(build) {
    build.onEnd(async ({ errors, outputFiles }) => {
      if (errors.length > 0) return;
      await mkdir(outdir, { recursive: true });
      const files = new Map();
      await Promise.all(outputFiles.map(({ path, text }) => addCommonJs(files, basename(path), text)));
      await Promise.all([...files].map(([name, text]) => writeFile(join(outdir, name), text)));
      // What was built once and is no longer must not be packaged.
      for (const name of await readdir(outdir))
        if (/\.(cjs|map)$/.test(name) && !files.has(name)) await rm(join(outdir, name));
    });
  },
};

async function addCommonJs(files, name, text) {
  // A late part is required as well: the host's `require` knows `vscode`.
  const late = { 'dynamic-import': false };
  // As an import, it would be a copy of all of the API for each of our modules, which takes longer than everything else that is loaded.
  const required = text.replaceAll(/\bimport ?\* ?as ([\w$]+) from ?"vscode"/g, 'const $1=require("vscode")');
  const { code, map } = await transform(required, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: late,
    minify: production,
    sourcemap: production ? false : 'external',
    sourcefile: name,
  });
  files.set(name, production ? code : `${code}//# sourceMappingURL=${name}.map\n`);
  if (!production) files.set(`${name}.map`, map);
}

/** What was built last, of each part. */
const metafiles = new Map();

/**
 * Writes `meta.json`, which tells of all parts together what each file is made of, and what it loads.
 * @param {string} part
 * @returns {import('esbuild').Plugin}
 */
const tell = (part) => ({
  name: 'tell',
  setup(build) {
    build.onEnd(async ({ errors, metafile }) => {
      if (errors.length > 0) return;
      metafiles.set(part, metafile);
      // The last one writes for all.
      if (metafiles.size < 2) return;
      const of = (key) => Object.assign({}, ...[...metafiles.values()].map((built) => built[key]));
      await mkdir(outdir, { recursive: true });
      await writeFile(join(outdir, 'meta.json'), JSON.stringify({ inputs: of('inputs'), outputs: of('outputs') }));
    });
  },
});

/** @type {import('esbuild').BuildOptions} */
const options = {
  entryPoints: { extension: 'src/editor/extension.ts', readerProgram: 'src/references/reader/readerProgram.ts' },
  outdir,
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // Some packages have a CommonJS that cannot be bundled (jsonc-parser).
  mainFields: ['module', 'main'],
  target: 'node20',
  external: ['vscode'],
  plugins: [commonJs, tell('extension')],
  minify: production,
  sourcemap: production ? false : 'inline',
  metafile: true,
  write: false,
  logLevel: 'warning',
};

/**
 * The page of the plan panel, which a browser runs.
 * @type {import('esbuild').BuildOptions}
 */
const page = {
  entryPoints: [
    { in: 'src/editor/planPanel/page/page.ts', out: 'planPanel' },
    { in: 'src/editor/planPanel/page/page.css', out: 'planPanel' },
  ],
  outdir,
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: ['chrome138'],
  plugins: [tell('page')],
  minify: production,
  legalComments: 'none',
  sourcemap: production ? false : 'inline',
  metafile: true,
  logLevel: 'warning',
};

const parts = [options, page];
if (process.argv.includes('--watch'))
  for (const part of parts) await (await context({ ...part, logLevel: 'info' })).watch();
else await Promise.all(parts.map(build));
