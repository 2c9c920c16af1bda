import type { Context } from 'mocha';
import { Test } from 'mocha';
import { registryUnavailable } from './registryFixture.ts';

/** Above what a download, the reading of the lists and a second download may take (ms), so that the reason is known in any case. */
const downloadTime = 6 * 60_000;

/**
 * A `before` hook: where there is no registry, no test of the suite is run and one more stands among them, pending, that says why.
 * With a registry it does nothing.
 */
export async function skipWithoutRegistry(this: Context): Promise<void> {
  this.timeout(downloadTime);
  const reason = await registryUnavailable();
  if (reason === undefined) return;
  this.test?.parent?.addTest(new Test(`is not tested against a real registry: ${reason}`));
  this.skip();
}
