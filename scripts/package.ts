import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { projectRoot } from './projectPaths.ts';
import { packageExtension } from './vsixPackage.ts';

const { name, version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};
const vsix = join(projectRoot, `${name}-${version}.vsix`);
const { files, size, activation } = await packageExtension(vsix);
const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} KB`;
console.log(
  `${files.join('\n')}\n${vsix}: ${kilobytes(size)}; ${kilobytes(activation.bytes)} in ${activation.files} files are loaded at activation.`,
);
