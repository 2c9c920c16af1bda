import type { ProcessGroup } from './childProcesses.ts';

// In milliseconds.
const startTimeout = 60_000;

/**
 * Waits for the line by which a server says where it listens. It goes on reading what the server writes, which would else stop
 * once the pipes are full.
 * @param server its name in errors
 * @returns what the first group of `line` matched
 * @throws when the server ends or is silent for a minute, with what it wrote
 */
export async function whenListening(server: string, group: ProcessGroup, line: RegExp): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`${server} ${what}:\n${output.trim()}`));
    const timer = setTimeout(() => fail('does not answer'), startTimeout);
    void group.exited.then((code) => fail(`ended with ${code}`)).finally(() => clearTimeout(timer));
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-20_000);
      const found = line.exec(output)?.[1];
      if (found !== undefined) {
        clearTimeout(timer);
        resolve(found);
      }
    };
    group.child.stdout?.on('data', read);
    group.child.stderr?.on('data', read);
  });
}
