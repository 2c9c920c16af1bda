import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { endGroupsOnSignals } from '../../scripts/childProcesses.ts';
import { projectRoot } from '../../scripts/projectPaths.ts';
import { temporaryFolder } from '../../scripts/temporaryFolder.ts';
import type { BenchCase, CaseResult } from './benchCase.ts';
import { cases, shortCases } from './cases.ts';
import { machineText, thisMachine } from './machine.ts';
import { findOrigin } from './originProgram.ts';
import { markdownTable, missed, missText } from './table.ts';

const usage = `Measures the extension's core against a Docker Hub on this computer, beside the ideal and the program that it grew out of.

npm run bench -- [options]

  --case NAME      only this one; may be given several times
  --short          small numbers: a few seconds, whose counts mean something and whose times do not
  --origin FILE    the origin program (default ../shared/origin/clean_dockerhub.py beside the project's folder);
                   needs a Python with aiohttp, rich and tqdm
  --json FILE      writes everything that was measured
  --markdown FILE  writes the table
  --list           names the cases
  --help           print this

All of it takes about twelve minutes. Ends with 1 when a count is not what it has to be; times are only reported.`;

/** Runs the benchmark as the command line says. @returns the exit code */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      case: { type: 'string', multiple: true, default: [] },
      short: { type: 'boolean', default: false },
      origin: { type: 'string', default: join(projectRoot, '..', 'shared', 'origin', 'clean_dockerhub.py') },
      json: { type: 'string' },
      markdown: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const known = values.short ? shortCases : cases;
  if (values.list) {
    for (const { name, title } of known) console.log(`${name}: ${title}`);
    return 0;
  }
  const chosen = choose(known, values.case);
  endGroupsOnSignals();
  const machine = thisMachine();
  const say = (line: string) => console.error(line);
  const origin = await findOrigin(values.origin);
  if ('absent' in origin) say(`The origin program does not run here: ${origin.absent}.`);
  await using scratch = await temporaryFolder('bench');
  const results: CaseResult[] = [];
  const failures: string[] = [];
  for (const one of chosen) {
    const { name } = one;
    say(`${name}: ${one.title} …`);
    try {
      const result = await one.run({ origin, folder: scratch.path, say });
      results.push(result);
      failures.push(
        ...missed(result)
          .filter(({ kind }) => kind === 'count')
          .map((mark) => `${name}: ${missText(mark)}`),
      );
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const text = `${markdownTable(results)}\n\n${machineText(machine)}\n`;
  console.log(text);
  if (values.markdown !== undefined) await writeFile(values.markdown, text);
  if (values.json !== undefined) {
    await writeFile(
      values.json,
      `${JSON.stringify({ machine, at: new Date().toISOString(), short: values.short, results, failures }, undefined, 2)}\n`,
    );
  }
  for (const failure of failures) console.error(failure);
  return failures.length > 0 ? 1 : 0;
}

/** @throws Error for a name that no case has */
function choose(known: readonly BenchCase[], names: readonly string[]): readonly BenchCase[] {
  for (const name of names) {
    if (!known.some((one) => one.name === name)) throw new Error(`There is no case "${name}"; --list names them all.`);
  }
  return names.length === 0 ? known : known.filter(({ name }) => names.includes(name));
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(`${error instanceof Error ? error.message : String(error)}\nSee --help.`);
    process.exitCode = 1;
  },
);
