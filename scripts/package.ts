import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { projectRoot } from './projectPaths.ts';
import { packageExtension } from './vsixPackage.ts';

const { name, version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as { name: string; version: string };
const vsix = join(projectRoot, `${name}-${version}.vsix`);
const files = await packageExtension(vsix);
console.log(`${vsix} (${Math.ceil((await stat(vsix)).size / 1024)} KB):\n  ${files.join('\n  ')}`);
