import * as v from 'valibot';
import type { Account } from '../../hub/wire/account.ts';

/** What SecretStorage holds for one account; nothing of it is kept anywhere else (invariant 9). */
export interface StoredAccount {
  readonly account: Account;
  /** Password, personal or organisation access token. */
  readonly secret: string;
  /** Bearer token of a sign-in that needed a one-time code. */
  readonly token?: string;
}

const shape = v.object({
  account: v.object({
    name: v.string(),
    kind: v.picklist(['user', 'organization']),
    origins: v.object({ api: v.string(), registry: v.string(), token: v.string() }),
  }),
  secret: v.pipe(v.string(), v.nonEmpty()),
});

/** Reads what was stored for an account. @returns `undefined` for what is not ours, or of another version; the text reaches no error message */
export function parseStoredAccount(text: string): Omit<StoredAccount, 'token'> | undefined {
  try {
    return v.parse(shape, JSON.parse(text));
  } catch {
    return undefined;
  }
}
