import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** A signal that SIGTERM aborts, as Cancel in the interface does; the instant (ms) is left in the folder for the soak, which cannot see it otherwise. */
export function cancelSignal(folder: string, now: () => number): AbortSignal {
  const controller = new AbortController();
  process.once('SIGTERM', () => {
    controller.abort();
    writeFileSync(noteIn(folder), String(now()));
  });
  return controller.signal;
}

/** When (ms) the process that wrote into this folder was cancelled, once; undefined where it was not. */
export function takeCancelNote(folder: string): number | undefined {
  try {
    const text = readFileSync(noteIn(folder), 'utf8');
    rmSync(noteIn(folder));
    // A process that was killed as it wrote has written nothing.
    return text === '' ? undefined : Number(text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function noteIn(folder: string): string {
  return join(folder, 'cancelled');
}
