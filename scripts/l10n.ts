import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { getL10nPseudoLocalized } from '@vscode/l10n-dev';

import { englishBundle } from './englishBundle.ts';
import { projectRoot } from './projectPaths.ts';

// Writes `l10n/bundle.l10n.json`, what translators start from; with `--pseudo` also the pseudo locale `qps-ploc`, which is not committed.
const folder = join(projectRoot, 'l10n');
await mkdir(folder, { recursive: true });
const bundle = await englishBundle(projectRoot);
await writeFile(join(folder, 'bundle.l10n.json'), `${JSON.stringify(bundle, null, 2)}\n`);
console.log(`${Object.keys(bundle).length} messages in l10n/bundle.l10n.json`);
if (process.argv.includes('--pseudo')) {
  const manifest = JSON.parse(await readFile(join(projectRoot, 'package.nls.json'), 'utf8')) as typeof bundle;
  await write('l10n/bundle.l10n.qps-ploc.json', getL10nPseudoLocalized(bundle));
  await write('package.nls.qps-ploc.json', getL10nPseudoLocalized(manifest));
}

async function write(path: string, messages: object): Promise<void> {
  await writeFile(join(projectRoot, path), `${JSON.stringify(messages, null, 2)}\n`);
}
