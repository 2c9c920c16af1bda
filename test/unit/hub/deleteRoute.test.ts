import assert from 'node:assert/strict';
import { DeleteRoute } from '../../../src/hub/deleteRoute.ts';
import { HubError, type HubErrorKind } from '../../../src/hub/hubError.ts';

const paths = { namespaces: '/n', legacy: '/l' };
const failing = (status: number, kind: HubErrorKind = status === 404 ? 'notFound' : status === 403 ? 'forbidden' : 'rejected') => new HubError({ kind, status, serverWords: `status ${status}` });
const network = new HubError({ kind: 'network' });

/** A route over scripted answers: what each path answers, and whether the thing is found; a list is used up from its start. */
function routeOver(log?: (line: string) => void) {
  const route = new DeleteRoute(log);
  return async (answers: Partial<Record<string, (HubError | undefined)[]>>, found: (boolean | HubError)[] = []) => {
    const sent: string[] = [];
    const error = await route
      .delete(
        paths,
        async (path) => {
          sent.push(path);
          const answer = answers[path]?.shift();
          if (answer) throw answer;
        },
        async () => {
          sent.push('?');
          const answer = found.shift() ?? false;
          if (answer instanceof Error) throw answer;
          return answer;
        },
      )
      .catch((reason: unknown) => reason as HubError);
    return [sent.join(' '), error instanceof HubError ? `${error.kind} ${error.status ?? ''}`.trim() : error];
  };
}

describe('DeleteRoute', () => {
  it('takes the namespaces form while it works', async () => {
    const remove = routeOver();
    assert.deepEqual(await remove({}), ['/n', undefined]);
    assert.deepEqual(await remove({}), ['/n', undefined]);
  });

  for (const status of [404, 405]) {
    it(`takes the legacy form after a ${status} for what is still there, keeps it, and says so once`, async () => {
      const log: string[] = [];
      const remove = routeOver((line) => log.push(line));
      assert.deepEqual(await remove({ '/n': [failing(status)] }, [true]), ['/n ? /l', undefined]);
      assert.deepEqual(await remove({}), ['/l', undefined]);
      assert.equal(log.length, 1);
    });

    it(`does not take it after a ${status} for what is gone or has moved`, async () => {
      const remove = routeOver();
      assert.deepEqual((await remove({ '/n': [failing(status)] }, [false]))[0], '/n ?');
      assert.deepEqual(await remove({}), ['/n', undefined]);
    });

    it(`gives the ${status} itself where the look-up failed`, async () => {
      for (const trouble of [network, failing(403), failing(500, 'server')]) {
        const [sent, error] = await routeOver()({ '/n': [failing(status)] }, [trouble]);
        assert.deepEqual([sent, error], ['/n ?', `${status === 404 ? 'notFound' : 'rejected'} ${status}`]);
      }
    });
  }

  it('believes a 404 without a look-up once the route has proved itself', async () => {
    const remove = routeOver();
    await remove({});
    assert.deepEqual(await remove({ '/n': [failing(404)] }, [true]), ['/n', 'notFound 404']);
  });

  it('takes the legacy form also later, when the proven one is not served any more', async () => {
    const remove = routeOver();
    await remove({});
    assert.deepEqual(await remove({ '/n': [failing(405)] }, [true]), ['/n ? /l', undefined]);
  });

  it('says `routeGone` when both are refused for what is still there', async () => {
    const [sent, error] = await routeOver()({ '/n': [failing(404)], '/l': [failing(404)] }, [true, true]);
    assert.deepEqual([sent, error], ['/n ? /l ?', 'routeGone 404']);
  });

  it('does not say so when the thing went away meanwhile', async () => {
    const [sent, error] = await routeOver()({ '/n': [failing(404)], '/l': [failing(404)] }, [true, false]);
    assert.deepEqual([sent, error], ['/n ? /l ?', 'notFound 404']);
  });

  it('stays with the namespaces form where the legacy one did not help, as for organisation tokens', async () => {
    const remove = routeOver();
    for (const refusal of [failing(403), failing(404), network]) {
      await remove({ '/n': [failing(404)], '/l': [refusal] }, [true, true]);
      assert.deepEqual(await remove({ '/n': [failing(403)] }), ['/n', 'forbidden 403']);
    }
    assert.deepEqual(await remove({ '/n': [failing(404)], '/l': [failing(403)] }, [true]), ['/n ? /l', 'forbidden 403']);
  });

  for (const error of [failing(401, 'unauthorized'), failing(403), failing(429, 'rateLimited'), failing(500, 'server'), network]) {
    it(`sends one request that is answered ${error.kind}`, async () => {
      assert.equal((await routeOver()({ '/n': [error] }, [true]))[0], '/n');
    });
  }

  it('never sends a second DELETE after one without an answer', async () => {
    assert.deepEqual(await routeOver()({ '/n': [failing(404)], '/l': [network] }, [true, true]), ['/n ? /l', 'network']);
  });
});
