import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import { findProgram, isExecutable } from '../../scripts/findProgram.ts';
import { startGroup } from '../../scripts/childProcesses.ts';
import { benchAccount } from './hubTask.ts';

/** The program that the extension grew out of and is measured against, or in a word why it cannot run. */
export type Origin = { readonly python: string; readonly file: string } | { readonly absent: string };

const lookLimit = 30_000;

/** Looks for the program, and for a Python that has what it imports: `python3` on PATH, then Debian's. */
export async function findOrigin(file: string): Promise<Origin> {
  if (!existsSync(file)) return { absent: 'no program' };
  const pythons = new Set(
    [findProgram('python3'), '/usr/bin/python3'].filter((path) => path !== undefined && isExecutable(path)),
  );
  if (pythons.size === 0) return { absent: 'no Python' };
  for (const python of pythons) {
    try {
      await promisify(execFile)(python!, ['-c', 'import aiohttp, rich, tqdm'], { timeout: lookLimit });
      return { python: python!, file };
    } catch {
      // Another one may have them.
    }
  }
  return { absent: 'no modules' };
}

/** What the origin program is to do. */
export interface OriginTask {
  /** Origin of the test Hub. */
  readonly hub: string;
  /** In the namespace of `benchAccount`. */
  readonly repository: string;
  /** What is older goes, in days. */
  readonly olderThan: number;
  /** Seconds that it waits after a 429, at least 1. */
  readonly cooldown: number;
  /** Milliseconds after which it is ended. */
  readonly limit: number;
}

/** Runs the program to its end. @returns `undefined`, or in a word why it has not come there */
export async function runOrigin(
  { python, file }: Extract<Origin, { python: string }>,
  { hub, repository, olderThan, cooldown, limit }: OriginTask,
): Promise<string | undefined> {
  const { name, secret } = benchAccount;
  const group = await startGroup(python, [file, `${name}/${repository}`, name, secret, String(olderThan), '0'], {
    env: { ...process.env, DOCKERHUB_API: `${hub}/v2`, COOLDOWN_S: String(cooldown) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  group.child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void group.end();
  }, limit);
  const code = await group.exited;
  clearTimeout(timer);
  await group.end();
  if (late) return 'no end';
  if (code === 0) return undefined;
  process.stderr.write(`${said}\n`);
  return 'failed';
}
