import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { listTags, type TagListing } from '../../../../src/hub/listing/tagListing.ts';
import { FakeClock } from '../../fakeClock.ts';
import { hubClientAt } from '../../hubClientAt.ts';
import { json, jwt } from '../../scriptedFetch.ts';

const api = 'https://hub.docker.com';
const repository = { namespace: 'team', name: 'api' };
const size = 200_000;
/** Bytes of an answer beside its tags, which nobody must hold on to. */
const ballast = 'x'.repeat(60_000);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function bytesKept(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** A tag list as Docker Hub gives it, of `size` rows without their platforms. */
function answerOf(url: URL): Response {
  const page = Number(url.searchParams.get('page'));
  const results = Array.from({ length: 100 }, (_, i) => {
    const at = (page - 1) * 100 + i;
    const pushed = new Date(Date.UTC(2026, 0, 1) - at * 60_000).toISOString().replace('Z', '123Z');
    const digest = `sha256:${at.toString(16).padStart(64, '0')}`;
    return {
      name: `build-2026-01-01-${at}`,
      full_size: 3_000_000_000 + at,
      last_updated: pushed,
      tag_last_pushed: pushed,
      tag_last_pulled: pushed,
      digest,
      images: [],
    };
  });
  return json({
    count: size,
    next: page * 100 < size ? `${api}${url.pathname}?page=${page + 1}&page_size=100` : null,
    previous: ballast,
    results,
  });
}

describe('a list of 200,000 tags', () => {
  it('takes 2,000 requests, and keeps at most 400 bytes a tag', async () => {
    let requests = 0;
    const fetchPage: typeof fetch = async (input) => {
      requests++;
      return answerOf(new URL(input));
    };
    const { client, log } = hubClientAt(api, {
      clock: new FakeClock({ hurries: true }),
      fetch: fetchPage,
      token: jwt(undefined),
    });
    // What the first listings leave behind in caches is no part of it.
    await client.tagPage(repository, { lane: 'background' });
    const before = bytesKept();
    const listing: TagListing = await listTags(client, repository, { lane: 'background' });
    log.length = 0;
    const each = (bytesKept() - before) / size;
    assert.deepEqual([listing.tags.length, listing.isSettled, requests], [size, true, 2001]);
    assert.ok(each <= 400, `${Math.round(each)} bytes a tag`);
    if (process.env['PRUNER_SHOW_COST']) console.log(`      ${Math.round(each)} bytes a tag`);
  }).timeout(120_000);
});
