import { join } from 'node:path';
import process from 'node:process';

import { runCommand } from './childProcesses.ts';
import { projectRoot } from './projectPaths.ts';

/** Builds the extension into `dist/` as it is published: minified, without source maps. */
export async function buildExtension(): Promise<void> {
  await runCommand(process.execPath, [join(projectRoot, 'esbuild.js'), '--production'], { cwd: projectRoot });
}
