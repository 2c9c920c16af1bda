import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

const live = new Set<ProcessGroup>();

/** A process with all its descendants, which end together. */
export interface ProcessGroup {
  readonly child: ChildProcess;
  /** Resolves with the exit code once the first process is gone; a signal counts as 1. */
  readonly exited: Promise<number>;
  /** Asks the whole group to end, insists after three seconds, and resolves when its first process is gone. */
  end(): Promise<void>;
}

/**
 * Starts a process as the leader of its own group. Whatever is left of it ends when this process does.
 * @throws when the program cannot be started
 */
export async function startGroup(
  file: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<ProcessGroup> {
  const child = spawn(file, args, { ...options, detached: process.platform !== 'win32' });
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  await once(child, 'spawn');
  const group: ProcessGroup = {
    child,
    exited,
    async end() {
      signal(child, 'SIGTERM');
      const insist = setTimeout(() => signal(child, 'SIGKILL'), 3000);
      await exited;
      clearTimeout(insist);
      // The first process may be gone while one that it started lingers on.
      signal(child, 'SIGKILL');
      live.delete(group);
    },
  };
  live.add(group);
  return group;
}

/**
 * Runs a program to its end.
 * @returns what it wrote to its standard output, unless that is inherited
 * @throws when it cannot be started or its exit code is not 0; what it wrote while `stdio` was not inherited is in the message
 */
export async function runCommand(file: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const group = await startGroup(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const all: Buffer[] = [];
  const standard: Buffer[] = [];
  group.child.stdout?.on('data', (chunk: Buffer) => void [all, standard].map((chunks) => chunks.push(chunk)));
  group.child.stderr?.on('data', (chunk: Buffer) => all.push(chunk));
  // Not 'exit': the end of its output may still be on its way.
  const [code] = (await once(group.child, 'close')) as [number | null];
  live.delete(group);
  if (code !== 0) {
    const tail = Buffer.concat(all).toString().trim().split('\n').slice(-30).join('\n');
    throw new Error(`${file} ${args.join(' ')} ended with ${code}${tail ? `:\n${tail}` : ''}`);
  }
  return Buffer.concat(standard).toString();
}

/** Makes Ctrl-C, a hang-up and a request to end stop everything that `startGroup` started. */
export function endGroupsOnSignals(): void {
  let ending = false;
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    // Not `once`: a signal often comes twice, from the terminal and handed on by npm, and the second must not cut the ending short.
    process.on(name, () => {
      if (!ending) {
        ending = true;
        void Promise.allSettled([...live].map((group) => group.end())).then(() => process.exit(code));
      }
    });
  }
}

/** Whether there is a process with this id. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

process.once('exit', () => {
  for (const group of live) {
    signal(group.child, 'SIGKILL');
  }
});

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}
