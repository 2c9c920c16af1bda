import { HubError } from '../wire/hubError.ts';

const attempts = 3;

/**
 * Reads a stored secret. A storage that fails says nothing about the account: it is asked up to three times.
 * @throws HubError `signInFailed` for the reason `secretStorage`
 */
export async function readSecret<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (cause) {
      if (attempt === attempts) throw new HubError({ kind: 'signInFailed', reason: 'secretStorage', cause });
    }
  }
}
