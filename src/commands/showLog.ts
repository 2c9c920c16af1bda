import type { Services } from './services.ts';

/** `Show Log`. */
export function showLog({ log }: Services): void {
  log.show();
}
