import type { RegistryFixture } from '../../registry/registryFixture.ts';
import { registryService } from '../../registry/registryFixture.ts';

/** What the token service answered. */
export interface TokenAnswer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test knows what it asked for
  body: any;
}

/** Asks the Hub's token service for a scope such as `repository:ann/app:pull,push`, signed out without credentials. */
export async function askForToken(
  { hub }: Pick<RegistryFixture, 'hub'>,
  scope: string,
  credentials?: string,
): Promise<TokenAnswer> {
  const query = new URLSearchParams({ service: registryService, scope });
  const authorization =
    credentials === undefined ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const response = await fetch(`${hub.origin}/token?${query.toString()}`, { headers: authorization });
  return { status: response.status, body: await response.json() };
}
