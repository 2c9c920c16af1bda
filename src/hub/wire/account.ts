import type { Origins } from './origins.ts';

/** A user or an organisation signed in at one set of origins. Holds no secret. */
export interface Account {
  /** User name, or organisation name for an organisation access token; lower case. It is a namespace as well. */
  readonly name: string;
  /** `organization` for an organisation access token, which reaches only that organisation. */
  readonly kind: 'user' | 'organization';
  /** The only servers that may ever see this account's secret (invariant 9). */
  readonly origins: Origins;
}

/** A key that tells accounts apart: same name at the same API origin is the same account. */
export function accountId(account: Account): string {
  return `${account.name}@${account.origins.api}`;
}

/** What kind of secret a text looks like, by the prefixes that Docker gives its tokens (API-NOTES, 1). */
export function secretKind(secret: string): 'personalToken' | 'organizationToken' | 'password' {
  if (secret.startsWith('dckr_pat_')) return 'personalToken';
  if (secret.startsWith('dckr_oat_')) return 'organizationToken';
  return 'password';
}
