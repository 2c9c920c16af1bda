import { readFile, readlink } from 'node:fs/promises';

/**
 * Names the space in which process IDs of this process mean something: one boot of one machine, and one PID namespace in it. Containers may share the
 * name of their host and number their processes anew. Linux tells; `undefined` elsewhere, and where it does not.
 * @param proc where the system tells it
 */
export async function processSpace(proc = '/proc'): Promise<string | undefined> {
  try {
    const [boot, namespace] = await Promise.all([
      readFile(`${proc}/sys/kernel/random/boot_id`, 'utf8'),
      readlink(`${proc}/self/ns/pid`),
    ]);
    const bootId = boot.trim();
    return bootId === '' || namespace === '' ? undefined : `${bootId} ${namespace}`;
  } catch {
    return undefined;
  }
}
