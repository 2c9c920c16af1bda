import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { HubError, isHubError } from '../../../src/hub/wire/hubError.ts';
import { FakeClock, noon } from '../fakeClock.ts';
import { hubClientAt } from '../hubClientAt.ts';
import { empty, json, jwt, rejection, scriptedFetch, text, type Script } from '../scriptedFetch.ts';

const api = 'https://hub.docker.com';
const repository = { namespace: 'team', name: 'api' };
const tagsPath = '/v2/namespaces/team/repositories/api/tags';
const admission = { lane: 'foreground' } as const;
const pushed = '2020-01-01T00:00:00Z';
const digest = `sha256:${'a'.repeat(64)}`;
const tag = { name: 'v1', pushedAt: Date.parse(pushed), digest };
const row = { name: 'v1', last_updated: pushed, tag_last_pushed: pushed, digest };
const notFound = () => json({ message: 'object not found' }, 404);

function makeClient(script: Script, options: { kind?: 'user' | 'organization'; now?: number } = {}) {
  const clock = new FakeClock({ hurries: true, now: options.now });
  const { fetch, sent } = scriptedFetch(script);
  const { client, log } = hubClientAt(api, { clock, fetch, token: jwt(undefined), kind: options.kind });
  return { client, log, clock, sent, lines: () => sent.map(({ method, path }) => `${method} ${path}`) };
}

async function kindOf(promise: Promise<unknown>): Promise<string> {
  const error = await rejection(promise);
  assert.ok(error instanceof HubError, inspect(error));
  return error.kind;
}

describe('HubClient', () => {
  describe('reads', () => {
    it('by the namespaces routes, without a slash at the end', async () => {
      const { client, lines } = makeClient(({ path }) =>
        path.includes('tags/v1')
          ? json(row)
          : path.endsWith('/api')
            ? json({ name: 'api' })
            : json({ results: [], next: null }),
      );
      await client.repositoryPage('team', admission);
      await client.repository(repository, admission);
      await client.tagPage(repository, admission);
      await client.tag(repository, 'v1', admission);
      await client.namespaces(admission);
      assert.deepEqual(lines(), [
        'GET /v2/namespaces/team/repositories?page=1&page_size=100',
        'GET /v2/namespaces/team/repositories/api',
        `GET ${tagsPath}?page=1&page_size=100`,
        `GET ${tagsPath}/v1`,
        'GET /v2/user/orgs?page=1&page_size=100',
      ]);
    });

    it('each one again after trouble, and says at last what the trouble was', async () => {
      const { client, lines } = makeClient((_, nth) => (nth < 3 ? json({}, 503) : json(row)));
      assert.equal((await client.tag(repository, 'v1', admission)).digest, digest);
      assert.equal(lines().length, 3);
      assert.equal(await kindOf(makeClient(() => json({}, 500)).client.tag(repository, 'v1', admission)), 'server');
    });

    it('hands the names on that are looked for, as text of a query', async () => {
      const { client, sent } = makeClient(() => json({ results: [] }));
      await client.tagPage(repository, admission, undefined, { nameContains: 'a&b=c/../#?', ordering: '-name' });
      const { searchParams, pathname } = new URL(sent[0]!.path, api);
      assert.deepEqual(
        [pathname, searchParams.get('name'), searchParams.get('ordering')],
        [tagsPath, 'a&b=c/../#?', '-name'],
      );
    });

    it('without an order that the server refuses', async () => {
      const { client, lines } = makeClient(({ path }) =>
        path.includes('ordering')
          ? json({ text: 'Invalid ordering value', fields: {} }, 400)
          : json({ results: [row] }),
      );
      assert.equal(
        (await client.tagPage(repository, admission, undefined, { nameContains: 'v', ordering: 'name' })).rows.length,
        1,
      );
      assert.deepEqual(lines().at(-1), `GET ${tagsPath}?page=1&page_size=100&name=v`);
      assert.equal(await kindOf(makeClient(() => json({}, 400)).client.tagPage(repository, admission)), 'rejected');
    });

    it('the oldest first, whichever sign the server takes for it', async () => {
      const [older, newer] = [
        { ...row, name: 'a', last_updated: '2024-01-01T00:00:00Z' },
        { ...row, name: 'b', last_updated: '2025-01-01T00:00:00Z' },
      ];
      for (const sign of ['-last_updated', 'last_updated']) {
        const { client, sent } = makeClient(({ path }) => {
          const results = new URL(path, api).searchParams.get('ordering') === sign ? [older, newer] : [newer, older];
          return json({ results, next: `${api}${tagsPath}?page=2` });
        });
        const page = await client.tagPage(repository, admission, undefined, { ordering: 'oldest' });
        assert.deepEqual(
          page.rows.map(({ name }) => name),
          ['a', 'b'],
          sign,
        );
        assert.equal(sent.length, sign === '-last_updated' ? 1 : 2);
      }
    });

    it('no tag or repository but the one that was asked for', async () => {
      for (const answer of [{ ...row, name: 'v2' }, {}, [], null]) {
        assert.equal(await kindOf(makeClient(() => json(answer)).client.tag(repository, 'v1', admission)), 'malformed');
      }
      for (const answer of [{}, { name: 'other' }]) {
        assert.equal(
          await kindOf(makeClient(() => json(answer)).client.repository(repository, admission)),
          'malformed',
        );
      }
    });

    it('which tags are immutable: none, all, or those that a pattern of RE2 matches anywhere', async () => {
      const names = ['v1', 'v1.2-RELEASE', 'build-7', 'xv1'];
      const immutable = async (settings: unknown) => {
        const { isImmutable } = await makeClient(() =>
          json({ name: 'api', immutable_tags_settings: settings }),
        ).client.deletionRules(repository, admission);
        return names.filter((name) => isImmutable?.(name));
      };
      for (const none of [undefined, null, { enabled: false, rules: ['.*'] }, { enabled: false, rules: null }]) {
        assert.deepEqual(await immutable(none), []);
      }
      assert.deepEqual(await immutable({ enabled: true, rules: [] }), names);
      assert.deepEqual(await immutable({ enabled: true, rules: ['^v[0-9]+$', '-RELEASE'] }), ['v1', 'v1.2-RELEASE']);
      assert.deepEqual(
        await immutable({ enabled: true, rules: ['\\Av\\d'] }),
        ['v1', 'v1.2-RELEASE'],
        'what only RE2 knows',
      );
    });

    it('what a repository stores, in the same answer; 0 of one that has tags says nothing', async () => {
      const stored = async (storage_size: unknown) =>
        (await makeClient(() => json({ name: 'api', storage_size })).client.deletionRules(repository, admission))
          .storageSize;
      assert.equal(await stored(3_200_000_000), 3_200_000_000);
      for (const unknown of [undefined, null, 0, -1, 1.5, '7']) {
        assert.equal(await stored(unknown), undefined, String(unknown));
      }
    });

    it('rules of immutable tags that cannot be read as an error, never as none', async () => {
      const evil = [
        { enabled: true },
        { enabled: true, rules: null },
        { enabled: true, rules: 'v.*' },
        { enabled: true, rules: ['('] },
        { enabled: true, rules: [1] },
        { enabled: 'yes', rules: [] },
        'v.*',
        { enabled: true, rules: ['a'.repeat(6000)] },
      ];
      for (const settings of evil) {
        assert.equal(
          await kindOf(
            makeClient(() => json({ name: 'api', immutable_tags_settings: settings })).client.deletionRules(
              repository,
              admission,
            ),
          ),
          'malformed',
          JSON.stringify(settings),
        );
      }
      for (const answer of [{ name: 'other' }, [], null, {}]) {
        assert.equal(
          await kindOf(makeClient(() => json(answer)).client.deletionRules(repository, admission)),
          'malformed',
        );
      }
      assert.equal(await kindOf(makeClient(notFound).client.deletionRules(repository, admission)), 'notFound');
    });

    it('no rules of immutable tags where this account may not see them, since the server then refuses', async () => {
      assert.deepEqual(
        await makeClient(() => json({ message: 'forbidden' }, 403)).client.deletionRules(repository, admission),
        {},
      );
    });

    it('no page at another origin: credentials stay (invariant 9)', async () => {
      const { client, sent } = makeClient(() => json({ results: [], next: 'https://evil.test/v2/x' }));
      const reading = async () => {
        for await (const page of client.tagPages(repository, admission)) assert.equal(page.rows.length, 0);
      };
      assert.equal(await kindOf(reading()), 'incomplete');
      assert.equal(sent.length, 1);
    });

    it('nothing under a name that would lead elsewhere', async () => {
      const { client, sent } = makeClient(() => json({}));
      for (const name of ['..', '.', '', 'a/b', '%2e%2e']) {
        assert.equal(await kindOf(client.tag(repository, name, admission)), 'unsafeName');
        assert.equal(await kindOf((async () => client.deleteTag(repository, { name }, admission))()), 'unsafeName');
        assert.equal(
          await kindOf((async () => client.deleteTag({ namespace: name, name: 'api' }, tag, admission))()),
          'unsafeName',
        );
        assert.equal(
          await kindOf((async () => client.deleteRepository({ namespace: 'team', name }, admission))()),
          'unsafeName',
        );
        assert.equal(await kindOf((async () => client.repositoryPage(name, admission))()), 'unsafeName');
      }
      assert.equal(sent.length, 0);
    });
  });

  describe('namespaces', () => {
    it("gives the own one first, then the organisations' of all pages, each once", async () => {
      const { client } = makeClient(({ path }) =>
        path.includes('page=1&')
          ? json({ results: [{ orgname: 'acme' }, { orgname: 'team' }], next: `${api}/v2/user/orgs?page=2` })
          : json({ results: [{ orgname: 'zeta' }] }),
      );
      assert.deepEqual(await client.namespaces(admission), ['team', 'acme', 'zeta']);
    });

    it('is the organisation itself for its token, without a request', async () => {
      const { client, sent } = makeClient(() => json({}), { kind: 'organization' });
      assert.deepEqual(await client.namespaces(admission), ['team']);
      assert.equal(sent.length, 0);
    });

    for (const status of [403, 404, 405]) {
      it(`is the own one where the undocumented route answers ${status} (API-NOTES, 2)`, async () => {
        assert.deepEqual(await makeClient(() => json({ message: 'no' }, status)).client.namespaces(admission), [
          'team',
        ]);
      });
    }

    it('fails where the server has trouble', async () => {
      assert.equal(await kindOf(makeClient(() => json({}, 500)).client.namespaces(admission)), 'server');
      assert.equal(
        await kindOf(makeClient(() => text('error code: 1010', 403, 'text/plain')).client.namespaces(admission)),
        'blocked',
      );
    });
  });

  describe('deleteTag', () => {
    it('sends one DELETE by the namespaces route', async () => {
      const { client, lines } = makeClient(() => empty());
      await client.deleteTag(repository, tag, admission);
      assert.deepEqual(lines(), [`DELETE ${tagsPath}/v1`]);
    });

    for (const [kind, script] of [
      ['server', () => json({ message: 'x' }, 500)],
      [
        'network',
        () => {
          throw new TypeError('fetch failed');
        },
      ],
      ['rateLimited', () => json({}, 429)],
      ['forbidden', () => json({}, 403)],
      ['malformed', () => text('<html>', 200, 'text/html')],
      // Docker Hub answers with nothing: this is somebody else's 200.
      ['malformed', () => json({ ok: true })],
    ] as [string, Script][]) {
      it(`sends no second one after ${kind}`, async () => {
        const { client, lines } = makeClient(script);
        assert.equal(await kindOf(client.deleteTag(repository, tag, admission)), kind);
        assert.equal(lines().length, 1);
      });
    }

    for (const status of [200, 201, 202, 203, 205, 206]) {
      it(`D1: takes a ${status} for no success, whatever it says`, async () => {
        for (const answer of [
          () => empty(status),
          ...(status === 205 ? [] : [() => json({}, status), () => text('<html>moved</html>', status, 'text/html')]),
        ]) {
          const { client, lines } = makeClient(answer);
          const error = await client.deleteTag(repository, tag, admission).catch((reason: unknown) => reason);
          assert.ok(isHubError(error, 'malformed') && error.inDoubt && error.status === status);
          assert.equal(error.serverWords, undefined, 'words that nobody said');
          assert.equal(lines().length, 1);
        }
      });
    }

    it('D1: passes on what a success that is none says', async () => {
      const { client } = makeClient(() => json({ message: 'this API was retired' }, 200));
      await assert.rejects(
        client.deleteTag(repository, tag, admission),
        (error) => isHubError(error, 'malformed') && error.serverWords === 'this API was retired',
      );
    });

    it('D1: tells by which route a 204 came', async () => {
      const { client } = makeClient(() => empty());
      assert.equal(await client.deleteTag(repository, tag, admission), 'namespaces');
      assert.equal(await client.deleteTagByOtherRoute(repository, tag, admission), 'legacy');
      assert.equal(await client.deleteTag(repository, tag, admission), 'legacy');
      const other = makeClient(({ method, path }) =>
        method === 'GET' ? json(row) : path.startsWith('/v2/repositories/') ? empty() : json({}, 410),
      );
      assert.equal(await other.client.deleteTag(repository, tag, admission), 'legacy');
    });

    for (const body of [undefined, { message: 'gone' }]) {
      it(`D2: says \`routeGone\` when both routes answer 410 ${body ? 'with' : 'without'} a body`, async () => {
        const { client, lines } = makeClient(({ method }) =>
          method === 'GET' ? json(row) : body ? json(body, 410) : empty(410),
        );
        await assert.rejects(
          client.deleteTag(repository, tag, admission),
          (error) => isHubError(error, 'routeGone') && error.status === 410 && error.serverWords === body?.message,
        );
        assert.equal(lines().filter((line) => line.startsWith('DELETE')).length, 2);
      });
    }

    it('takes the legacy route, with its slash, where the other is not served and the tag is there and unchanged', async () => {
      const { client, lines, log } = makeClient(({ method, path }) =>
        method === 'GET'
          ? json(row)
          : path.startsWith('/v2/repositories/')
            ? empty()
            : text('404: Page Not Found', 404, 'text/plain'),
      );
      await client.deleteTag(repository, tag, admission);
      await client.deleteTag(repository, { ...tag, name: 'v2' }, admission);
      assert.deepEqual(lines(), [
        `DELETE ${tagsPath}/v1`,
        `GET ${tagsPath}/v1`,
        'DELETE /v2/repositories/team/api/tags/v1/',
        'DELETE /v2/repositories/team/api/tags/v2/',
      ]);
      assert.ok(log.some((line) => line.includes('legacy')));
    });

    it('leaves a tag alone that was pushed again before the legacy route was tried (invariant 3)', async () => {
      for (const change of [{ tag_last_pushed: '2026-01-14T00:00:00Z' }, { digest: `sha256:${'b'.repeat(64)}` }]) {
        const { client, lines } = makeClient(({ method }) =>
          method === 'GET' ? json({ ...row, ...change }) : notFound(),
        );
        assert.equal(await kindOf(client.deleteTag(repository, tag, admission)), 'notFound');
        assert.equal(lines().filter((line) => line.startsWith('DELETE')).length, 1);
      }
    });

    it('says `routeGone` when neither is served', async () => {
      assert.equal(
        await kindOf(
          makeClient(({ method }) => (method === 'GET' ? json(row) : notFound())).client.deleteTag(
            repository,
            tag,
            admission,
          ),
        ),
        'routeGone',
      );
    });

    it('sends an organisation token to the legacy route only as that fallback, and not again where it is refused', async () => {
      const { client, lines } = makeClient(
        ({ method, path }) =>
          method === 'GET'
            ? json(row)
            : path.startsWith('/v2/repositories/')
              ? json({ message: 'token issued from organization access token is not allowed' }, 403)
              : json({}, 405),
        { kind: 'organization' },
      );
      assert.equal(await kindOf(client.deleteTag(repository, tag, admission)), 'forbidden');
      assert.ok(lines().filter((line) => line.includes('/v2/repositories/')).length === 1);
      const fine = makeClient(() => empty(), { kind: 'organization' });
      await fine.client.deleteTag(repository, tag, admission);
      assert.ok(!fine.lines().some((line) => line.includes('/v2/repositories/')));
    });
  });

  describe('deleteRepository', () => {
    it('sends one DELETE by the namespaces route', async () => {
      const { client, lines } = makeClient(() => empty(202));
      await client.deleteRepository(repository, admission);
      assert.deepEqual(lines(), ['DELETE /v2/namespaces/team/repositories/api']);
    });

    it('takes the legacy route where the other is not served and the repository is there', async () => {
      const { client, lines } = makeClient(({ method, path }) =>
        method === 'GET' ? json({ name: 'api' }) : path.startsWith('/v2/repositories/') ? empty(202) : json({}, 405),
      );
      await client.deleteRepository(repository, admission);
      assert.equal(lines().at(-1), 'DELETE /v2/repositories/team/api/');
    });

    it('D2: takes the legacy route after a 410, and says `routeGone` where that answers so, too', async () => {
      const { client, lines } = makeClient(({ method, path }) =>
        method === 'GET' ? json({ name: 'api' }) : path.startsWith('/v2/repositories/') ? empty(202) : empty(410),
      );
      await client.deleteRepository(repository, admission);
      assert.equal(lines().at(-1), 'DELETE /v2/repositories/team/api/');
      const gone = makeClient(({ method }) => (method === 'GET' ? json({ name: 'api' }) : empty(410)));
      assert.equal(await kindOf(gone.client.deleteRepository(repository, admission)), 'routeGone');
      assert.equal(gone.lines().filter((line) => line.startsWith('DELETE')).length, 2);
    });

    it('says `notFound` for one that is not there, and learns nothing about the route of tags', async () => {
      const { client, lines } = makeClient(({ path }) => (path.includes('/tags/') ? empty() : notFound()));
      assert.equal(await kindOf(client.deleteRepository(repository, admission)), 'notFound');
      await client.deleteTag(repository, tag, admission);
      assert.equal(lines().at(-1), `DELETE ${tagsPath}/v1`);
    });
  });

  it('counts ages from the earlier of both clocks (invariant 2)', async () => {
    for (const [serverAhead, expected] of [
      [-60_000, noon - 60_000],
      [60_000, noon],
      [-40 * 86_400_000, noon - 40 * 86_400_000],
    ] as const) {
      const { client } = makeClient(() => json(row, 200, { date: new Date(noon + serverAhead).toUTCString() }));
      assert.equal(client.now(), noon);
      await client.tag(repository, 'v1', admission);
      assert.equal(client.clockSkew, serverAhead);
      assert.equal(client.now(), expected);
    }
  });
});
