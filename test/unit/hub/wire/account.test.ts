import assert from 'node:assert/strict';
import { accountId, secretKind } from '../../../../src/hub/wire/account.ts';
import { parseOrigins } from '../../../../src/hub/wire/origins.ts';

describe('secretKind', () => {
  for (const [secret, kind] of [
    ['dckr_pat_abc', 'personalToken'],
    ['dckr_oat_abc', 'organizationToken'],
    ['hunter2', 'password'],
    ['DCKR_PAT_abc', 'password'],
    [' dckr_pat_abc', 'password'],
    ['36b9f1d2-0000-4000-8000-000000000000', 'password'],
  ] as const) {
    it(`takes "${secret}" for ${kind}`, () => assert.equal(secretKind(secret), kind));
  }
});

describe('accountId', () => {
  it('tells the same name at two servers apart', () => {
    const registry = 'https://registry-1.docker.io';
    const at = (api: string) => accountId({ name: 'team', kind: 'user', origins: parseOrigins(api, registry) });
    assert.equal(at('https://hub.docker.com'), 'team@https://hub.docker.com');
    assert.notEqual(at('https://hub.docker.com'), at('https://hub.test'));
  });
});
