import assert from 'node:assert/strict';
import { OriginError, parseOrigins, sameOrigins } from '../../../../src/hub/wire/origins.ts';

const api = 'https://hub.docker.com';
const registry = 'https://registry-1.docker.io';

describe('parseOrigins (invariant 9)', () => {
  it("binds Docker's own registry to Docker's own token service", () => {
    assert.deepEqual(parseOrigins(api, registry), { api, registry, token: 'https://auth.docker.io' });
  });

  it("takes the API's origin for the token service of any other registry", () => {
    assert.deepEqual(parseOrigins('https://hub.test:8443', 'https://registry.test'), {
      api: 'https://hub.test:8443',
      registry: 'https://registry.test',
      token: 'https://hub.test:8443',
    });
  });

  it('takes a slash at the end, upper case and the default port for the same origin', () => {
    assert.equal(parseOrigins('HTTPS://Hub.Docker.com:443/', registry).api, api);
  });

  for (const loopback of ['http://localhost:8080', 'http://127.0.0.1:1', 'http://127.255.0.9', 'http://[::1]:5000']) {
    it(`takes ${loopback}, which is loopback`, () => assert.equal(parseOrigins(loopback, registry).api, loopback));
  }

  const refused: Record<OriginError['reason'], string[]> = {
    notHttps: [
      'http://hub.docker.com',
      'http://127.0.0.1.evil.test',
      'http://localhost.evil.test',
      'http://10.0.0.1',
      'http://[::2]',
      'ftp://hub.docker.com',
      'file:///etc/passwd',
      'javascript:alert(1)',
    ],
    notOrigin: [
      'https://user@hub.docker.com',
      'https://user:word@hub.docker.com',
      'https://hub.docker.com/v2',
      'https://hub.docker.com/?a=1',
      'https://hub.docker.com/#x',
      'http://me@localhost',
    ],
    notUrl: ['', 'hub.docker.com', '//hub.docker.com', 'https://', 'https://a b'],
  };
  for (const [reason, values] of Object.entries(refused)) {
    for (const value of values) {
      it(`refuses "${value}" as ${reason}`, () => {
        const isExpected = (error: unknown) =>
          error instanceof OriginError && error.reason === reason && error.value === value;
        assert.throws(() => parseOrigins(value, registry), isExpected);
        assert.throws(() => parseOrigins(api, value), isExpected);
      });
    }
  }
});

describe('sameOrigins', () => {
  it('compares all three', () => {
    const origins = parseOrigins(api, registry);
    assert.ok(sameOrigins(origins, { ...origins }));
    for (const key of ['api', 'registry', 'token']) {
      assert.ok(!sameOrigins(origins, { ...origins, [key]: 'https://other.test' }), key);
    }
  });
});
