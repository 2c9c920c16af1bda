/** Where a registry wants its tokens from: `WWW-Authenticate: Bearer realm="…",service="…"` (distribution token specification; API-NOTES, 9). */
export interface BearerChallenge {
  /** URL of the token service; to be checked before anything is sent there (invariant 9). */
  readonly realm: string;
  readonly service?: string;
}

/** Reads the header's value; `undefined` where it asks for no bearer token. */
export function parseBearerChallenge(header: string | null): BearerChallenge | undefined {
  const parameters = /^\s*Bearer\s+(.*)$/is.exec(header?.slice(0, 4_000) ?? '')?.[1];
  if (parameters === undefined) return undefined;
  const values = new Map(
    [...parameters.matchAll(/([a-z_]+)="([^"]*)"/gi)].map(([, name, value]) => [name!.toLowerCase(), value!]),
  );
  const [realm, service] = [values.get('realm'), values.get('service')];
  return realm === undefined ? undefined : { realm, ...(service !== undefined && { service }) };
}
