import { basename } from 'node:path';

import { build, context } from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

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
  logLevel: 'info',
};

if (watch) {
  const ctx = await context(options);
  await ctx.watch();
} else {
  await build(options);
}
