import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { bundledPackages } from './bundledPackages.ts';
import { licenceProblem } from './licenceRules.ts';
import { projectRoot } from './projectPaths.ts';
import { thirdPartyNotices } from './thirdPartyNotices.ts';

const noticesFile = join(projectRoot, 'THIRD-PARTY-NOTICES');

const { packages } = JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { license?: string }>;
};
// The lock file knows those of other platforms as well, which are not installed here.
const locked = Object.entries(packages).flatMap(([path, { license }]) =>
  path === '' ? [] : [{ name: path.replace(/^.*node_modules\//, ''), license }],
);
const bundled = await bundledPackages();
const problems = [
  ...bundled.map(({ name, licence }) => licenceProblem(name, licence, 'bundled')),
  ...bundled.filter(({ texts }) => texts.length === 0).map(({ name }) => `${name}: brings no licence text`),
  ...locked.map(({ name, license }) => licenceProblem(name, license, 'development')),
].filter((problem) => problem !== undefined);

const notices = thirdPartyNotices(bundled);
if (process.argv.includes('--write')) {
  await writeFile(noticesFile, notices);
} else if ((await readFile(noticesFile, 'utf8').catch(() => '')) !== notices) {
  problems.push('THIRD-PARTY-NOTICES is out of date: npm run licences -- --write');
}

if (problems.length > 0) {
  console.error(`Licences that are not permissive, or not told:\n  ${problems.join('\n  ')}`);
  process.exitCode = 1;
} else {
  console.log(
    `Licences: ${locked.length} packages, ${bundled.length} of them bundled (${bundled.map(({ name }) => name).join(', ')}); all permissive or excepted by name.`,
  );
}
