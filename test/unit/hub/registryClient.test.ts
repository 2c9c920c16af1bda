import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseBearerChallenge } from '../../../src/hub/signIn/bearerChallenge.ts';
import { isHubError } from '../../../src/hub/wire/hubError.ts';
import { RegistryClient } from '../../../src/hub/registryClient.ts';
import type { RegistryRequest } from '../../../src/hub/registrySession.ts';
import { bounded } from '../hostile/cost.ts';
import { FakeClock } from '../fakeClock.ts';
import { registryClientAt } from '../registryClientAt.ts';
import { empty, json, rejection, scriptedFetch, text, type Script, type SentRequest } from '../scriptedFetch.ts';

const registry = 'https://registry.test';
const tokens = 'https://auth.test';
const repository = { namespace: 'ann', name: 'app' };
const admission = { lane: 'background' } as const;
const manifest = '{"schemaVersion":2}';
const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
const mediaType = 'application/vnd.oci.image.manifest.v1+json';

const challenge = (realm = `${tokens}/token`) =>
  empty(401, { 'www-authenticate': `Bearer realm="${realm}",service="registry.test",scope="repository:ann/app:pull"` });

/** A registry that wants the token `good`, and its token service. */
function setUp(answer: Script, token: () => Response = () => json({ token: 'good' })) {
  const script: Script = (request, nth) => {
    if (request.origin === tokens) return token();
    return request.headers['authorization'] === 'Bearer good' ? answer(request, nth) : challenge();
  };
  const { fetch, sent } = scriptedFetch((request, nth) => script(request, nth));
  const clock = new FakeClock({ hurries: true });
  return { ...registryClientAt(registry, tokens, { clock, fetch, secret: 'the-secret' }), sent, clock };
}

const authorizationOf = ({ headers }: SentRequest) => headers['authorization'];

describe('a read that the registry refused for its allowance', () => {
  it('comes before the others when it is sent again', async () => {
    const told: unknown[] = [];
    const session = {
      send: async (_: unknown, request: RegistryRequest) => {
        told.push(request.again);
        return {
          request: 'HEAD',
          status: told.length === 1 ? 429 : 404,
          headers: new Headers(),
          body: [],
          receivedAt: 0,
          secrets: [],
        };
      },
    };
    await new RegistryClient({ session, clock: new FakeClock({ hurries: true }) }).digestOf(
      repository,
      'v1',
      admission,
    );
    assert.deepEqual(told, [false, true]);
  });
});

describe('parseBearerChallenge', () => {
  it('reads realm and service', () => {
    assert.deepEqual(
      parseBearerChallenge('Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="a"'),
      { realm: 'https://auth.docker.io/token', service: 'registry.docker.io' },
    );
    assert.deepEqual(parseBearerChallenge('bearer Realm="x"'), { realm: 'x' });
  });

  it('takes nothing else for one', () => {
    for (const header of [null, '', 'Basic realm="x"', 'Bearer', 'Bearer service="x"', 'Bearer realm=x']) {
      assert.equal(parseBearerChallenge(header), undefined, String(header));
    }
  });

  it('reads a megabyte in no time', async () => {
    const header = `Bearer ${'a="'.repeat(400_000)}`;
    await bounded('a header of a megabyte', { cpuMs: 200 }, () => parseBearerChallenge(header));
  });
});

describe('RegistryClient', () => {
  it('gets one short-lived token for a repository, with the secret, and uses it until it ends', async () => {
    const { client, sent, clock } = setUp(
      () => empty(200, { 'docker-content-digest': digest }),
      () => json({ token: 'good', expires_in: 300 }),
    );
    assert.equal(await client.digestOf(repository, 'v1', admission), digest);
    assert.equal(await client.digestOf(repository, digest, admission), digest);
    assert.deepEqual(
      sent.map(({ method, origin, path }) => `${method} ${origin}${path}`),
      [
        `HEAD ${registry}/v2/ann/app/manifests/v1`,
        `GET ${tokens}/token?service=registry.test&scope=repository%3Aann%2Fapp%3Apull%2Cpush`,
        `HEAD ${registry}/v2/ann/app/manifests/v1`,
        `HEAD ${registry}/v2/ann/app/manifests/${digest}`,
      ],
    );
    assert.deepEqual(sent.map(authorizationOf), [
      undefined,
      `Basic ${Buffer.from('ann:the-secret').toString('base64')}`,
      'Bearer good',
      'Bearer good',
    ]);
    await clock.sleep(300_000);
    await client.digestOf(repository, 'v1', admission);
    assert.equal(sent.filter(({ origin }) => origin === tokens).length, 2);
  });

  it('sends credentials to no realm that the sign-in is not bound to (invariant 9)', async () => {
    for (const realm of [
      'https://evil.test/token',
      'http://auth.test/token',
      'https://auth.test:444/token',
      '//evil.test',
      'nothing',
      'https://auth.test.evil.test/',
      'https://auth.test@evil.test/',
    ]) {
      const { fetch, sent } = scriptedFetch(() => challenge(realm));
      const { client } = registryClientAt(registry, tokens, { clock: new FakeClock(), fetch, secret: 'the-secret' });
      const error = await rejection(client.digestOf(repository, 'v1', admission));
      assert.ok(isHubError(error, 'foreignOrigin'), `${realm}: ${String(error)}`);
      assert.deepEqual(
        sent.map(({ origin }) => origin),
        [registry],
      );
      assert.deepEqual(sent.map(authorizationOf), [undefined]);
    }
  });

  it('takes no token that is none', async () => {
    for (const answer of [{}, { token: 7 }, { token: 'a\nb' }, { token: '' }, [], 'token', { access_token: null }]) {
      const { client } = setUp(
        () => empty(200),
        () => json(answer),
      );
      const error = await rejection(client.digestOf(repository, 'v1', admission));
      assert.ok(isHubError(error, 'malformed'), JSON.stringify(answer));
    }
    const { client } = setUp(
      () => empty(200, { 'docker-content-digest': digest }),
      () => json({ access_token: 'good', expires_in: 'soon' }),
    );
    assert.equal(await client.digestOf(repository, 'v1', admission), digest);
  });

  it('takes a token that is refused at once for a right that is missing, and does not go on asking', async () => {
    const { client, sent } = setUp(() =>
      json({ errors: [{ code: 'DENIED', message: 'requested access to the resource is denied' }] }, 401),
    );
    const error = await rejection(client.digestOf(repository, 'v1', admission));
    assert.ok(
      isHubError(error, 'forbidden') && error.serverWords === 'requested access to the resource is denied',
      String(error),
    );
    assert.equal(sent.length, 3);
  });

  it("D11: shows the token service's `details`, and says when it is that the account must use a token", async () => {
    const refused = async (status: number, body: object) => {
      const error = await rejection(
        setUp(
          () => empty(200),
          () => json(body, status),
        ).client.digestOf(repository, 'v1', admission),
      );
      assert.ok(isHubError(error), String(error));
      return [error.kind, error.reason, error.serverWords];
    };
    const words = 'your account must log in with a Personal Access Token (PAT)';
    assert.deepEqual(await refused(401, { details: words }), ['wrongSecret', 'tokenRequired', words]);
    assert.deepEqual(await refused(403, { details: [words] }), ['wrongSecret', 'tokenRequired', words]);
    assert.deepEqual(await refused(401, { details: 'incorrect username or password' }), [
      'wrongSecret',
      undefined,
      'incorrect username or password',
    ]);
    assert.deepEqual(await refused(403, { details: { message: 'suspended' } }), ['forbidden', undefined, 'suspended']);
  });

  it('leaves secrets out of what it throws, also where a server repeats them', async () => {
    const basic = Buffer.from('ann:the-secret').toString('base64');
    const { client, log } = setUp(
      () => empty(200),
      () => json({ message: `the-secret ${basic}` }, 500),
    );
    const error = await rejection(client.digestOf(repository, 'v1', admission));
    assert.ok(isHubError(error, 'server'));
    for (const written of [error.message, String(error.serverWords), log.join()]) {
      assert.ok(!written.includes('the-secret') && !written.includes(basic), written);
    }
  });

  it('leaves its tokens out of what it throws, also where the registry repeats them (invariant 9)', async () => {
    for (const status of [400, 403, 404, 500]) {
      const { client } = setUp(
        ({ headers }) => json({ errors: [{ message: `not with ${headers['authorization']}` }] }, status),
        () => json({ token: 'good' }),
      );
      for (const ask of [
        () => client.manifest(repository, digest, admission),
        () => client.putTag(repository, 'v1', { digest, mediaType, bytes: Buffer.from(manifest) }, admission),
      ]) {
        const error = await rejection(ask());
        assert.ok(isHubError(error) && !error.message.includes('good'), String(error));
        assert.match(error.serverWords!, /^not with Bearer /);
      }
    }
    const fickle = setUp(({ headers }, nth) =>
      nth > 3
        ? json({ message: `not with ${headers['authorization']}` }, 401)
        : empty(200, { 'docker-content-digest': digest }),
    );
    await fickle.client.digestOf(repository, 'v1', admission);
    const error = await rejection(fickle.client.manifest(repository, digest, admission));
    assert.ok(
      isHubError(error, 'unauthorized') && error.serverWords !== undefined && !error.message.includes('good'),
      String(error),
    );
  });

  it('sends nothing more once the account is signed out, although its token is good for a while', async () => {
    const { client, session, sent } = setUp(
      () => empty(200, { 'docker-content-digest': digest }),
      () => json({ token: 'good', expires_in: 3600 }),
    );
    await client.digestOf(repository, 'v1', admission);
    session.close();
    const { length } = sent;
    assert.ok(isHubError(await rejection(client.digestOf(repository, 'v1', admission)), 'signedOut'));
    assert.equal(sent.length, length);
  });

  it('takes no manifest whose bytes are not those of its digest', async () => {
    const good = setUp(() => text(manifest, 200, mediaType));
    assert.deepEqual(await good.client.manifest(repository, digest, admission), {
      digest,
      mediaType,
      bytes: new Uint8Array(Buffer.from(manifest)),
    });
    for (const answer of [
      () => text(`${manifest} `, 200, mediaType),
      () => text(manifest, 200, 'text/html'),
      () => text(manifest, 200, 'application/'),
      () => text('', 200, mediaType),
    ]) {
      const error = await rejection(setUp(answer).client.manifest(repository, digest, admission));
      assert.ok(isHubError(error, 'malformed'));
    }
  });

  it('puts the same bytes under the same type, and sends it once', async () => {
    const { client, sent } = setUp(({ method }) =>
      method === 'PUT' ? empty(201, { 'docker-content-digest': digest }) : text(manifest, 200, mediaType),
    );
    await client.putTag(repository, 'v1', await client.manifest(repository, digest, admission), admission);
    const put = sent.at(-1)!;
    assert.deepEqual(
      [put.method, put.path, put.headers['content-type']],
      ['PUT', '/v2/ann/app/manifests/v1', mediaType],
    );
    const other = setUp(({ method }) =>
      method === 'PUT'
        ? empty(201, { 'docker-content-digest': `sha256:${'1'.repeat(64)}` })
        : text(manifest, 200, mediaType),
    );
    assert.ok(
      isHubError(
        await rejection(
          other.client.putTag(repository, 'v1', { digest, mediaType, bytes: Buffer.from(manifest) }, admission),
        ),
        'malformed',
      ),
    );
    const broken = setUp(() => json({ errors: [{ message: 'blob unknown to registry' }] }, 400));
    const error = await rejection(
      broken.client.putTag(repository, 'v1', { digest, mediaType, bytes: Buffer.from(manifest) }, admission),
    );
    assert.ok(isHubError(error, 'rejected') && error.serverWords === 'blob unknown to registry');
    assert.equal(broken.sent.filter(({ method }) => method === 'PUT').length, 2, 'once without and once with a token');
  });

  it('tells how many pulls are left where the registry says', async () => {
    const { client } = setUp((_, nth) =>
      empty(200, { 'docker-content-digest': digest, ...(nth > 3 && { 'ratelimit-remaining': '76;w=3600' }) }),
    );
    await client.digestOf(repository, 'v1', admission);
    assert.equal(client.pullsLeft, undefined);
    await client.digestOf(repository, 'v1', admission);
    assert.equal(client.pullsLeft, 76);
  });

  it('puts no odd name into a path', async () => {
    const { client, sent } = setUp(() => empty(200));
    for (const name of ['..', '', 'a/b', '-x', 'sha256:abc']) {
      assert.ok(isHubError(await rejection(client.digestOf(repository, name, admission)), 'unsafeName'), name);
    }
    assert.equal(sent.length, 0);
  });
});
