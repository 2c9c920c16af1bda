import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { endGroupsOnSignals } from '../../scripts/childProcesses.ts';
import { resultsFolder } from '../../scripts/projectPaths.ts';
import { packageExtension, testVsix } from '../../scripts/vsixPackage.ts';
import { measureHost } from './measureHost.ts';

const usage = `npm run bench:host [-- options]

Packages the extension, opens it in a real VS Code with the test Hub, and writes what it measured to test-results/hostBench.json:
milliseconds of loading its code and activating it, as VS Code itself counts them, and from the click that expands a repository of
10,000 tags to its first row on the screen, where the Hub takes 100 ms for an answer. Each start of VS Code's extension host gives one of each.

--starts N   so many starts (default 9)
--vsix FILE  measures another build`;

endGroupsOnSignals();
const { values } = parseArgs({
  options: { starts: { type: 'string', default: '9' }, vsix: { type: 'string' }, help: { type: 'boolean' } },
});
const starts = Number(values.starts);
if (values.help) {
  console.log(usage);
} else if (!Number.isInteger(starts) || starts < 1 || starts > 100) {
  throw new Error(`--starts is a whole number from 1 to 100, not ${values.starts}.`);
} else {
  if (values.vsix === undefined) await packageExtension(testVsix);
  const figures = await measureHost({ starts, vsix: values.vsix === undefined ? testVsix : resolve(values.vsix) });
  const line = JSON.stringify(figures);
  await mkdir(resultsFolder, { recursive: true });
  await writeFile(join(resultsFolder, 'hostBench.json'), `${line}\n`);
  console.log(line);
}
