import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { build, context } from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');
// `--metafile=FILE` builds nothing, but writes down what the build is made of.
const metafile = process.argv.find((argument) => argument.startsWith('--metafile='))?.slice('--metafile='.length);

/** Parts that are loaded when they are needed: what `import()` names stands in a file of its own. */
const late = { csvText: 'src/host/csvText.ts' };

/** @type {import('esbuild').Plugin} */
const lateParts = {
  name: 'late-parts',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ path, kind }) => {
      if (kind !== 'dynamic-import') return undefined;
      const name = basename(path, '.ts');
      if (!(name in late)) return { errors: [{ text: `${path} is loaded late and has no entry of its own in esbuild.js` }] };
      return { path: `./${name}.cjs`, external: true };
    });
  },
};

/** @type {import('esbuild').BuildOptions} */
const options = {
  entryPoints: { extension: 'src/extension.ts', ...late },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  external: ['vscode'],
  plugins: [lateParts],
  minify: production,
  sourcemap: !production,
  metafile: metafile !== undefined,
  write: metafile === undefined,
  logLevel: metafile === undefined ? 'info' : 'warning',
};

if (watch) {
  const ctx = await context(options);
  await ctx.watch();
} else {
  const result = await build(options);
  if (metafile !== undefined) await writeFile(metafile, JSON.stringify(result.metafile));
}
