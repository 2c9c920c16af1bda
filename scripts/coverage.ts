import { join } from 'node:path';
import process from 'node:process';

import { runCommand } from './childProcesses.ts';
import { projectRoot } from './projectPaths.ts';

/** Shares (percent) of what the unit tests load of `src` that they must cover; raise them when the figures have risen. */
const floor = { lines: 90, branches: 94, functions: 88 };

/**
 * Reports what the unit tests cover, and holds it to the floor.
 * @param folder what Node wrote there, see `NODE_V8_COVERAGE`
 * @returns whether it is reached
 */
export async function checkCoverage(folder: string): Promise<boolean> {
  const limits = Object.entries(floor).flatMap(([what, share]) => [`--${what}`, String(share)]);
  const c8 = join(projectRoot, 'node_modules', 'c8', 'bin', 'c8.js');
  const filter = ['--temp-directory', folder, '--src', 'src', '--include', 'src/**/*.ts', '--reporter', 'text-summary'];
  try {
    console.log(
      await runCommand(process.execPath, [c8, 'report', ...filter, '--check-coverage', ...limits], {
        cwd: projectRoot,
      }),
    );
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}
