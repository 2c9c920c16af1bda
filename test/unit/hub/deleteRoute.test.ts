import assert from 'node:assert/strict';
import { DeleteRoute } from '../../../src/hub/deleteRoute.ts';
import { HubError, type HubErrorKind } from '../../../src/hub/wire/hubError.ts';

const paths = { namespaces: '/n', legacy: '/l' };
const failing = (
  status: number,
  kind: HubErrorKind = status === 404 ? 'notFound' : status === 403 ? 'forbidden' : 'rejected',
) => new HubError({ kind, status, serverWords: `status ${status}` });
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

  for (const status of [404, 405, 410]) {
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
    assert.deepEqual(await remove({ '/n': [failing(404)], '/l': [failing(403)] }, [true]), [
      '/n ? /l',
      'forbidden 403',
    ]);
  });

  for (const error of [
    failing(401, 'unauthorized'),
    failing(403),
    failing(429, 'rateLimited'),
    failing(500, 'server'),
    network,
  ]) {
    it(`sends one request that is answered ${error.kind}`, async () => {
      assert.equal((await routeOver()({ '/n': [error] }, [true]))[0], '/n');
    });
  }

  it('never sends a second DELETE after one without an answer', async () => {
    assert.deepEqual(await routeOver()({ '/n': [failing(404)], '/l': [network] }, [true, true]), [
      '/n ? /l',
      'network',
    ]);
  });

  describe('D2: a 410', () => {
    it('is tried by the other form also when the one in use has proven itself: a brown-out', async () => {
      const remove = routeOver();
      for (let i = 0; i < 3; i++) await remove({});
      assert.deepEqual(await remove({ '/n': [failing(410)] }, [true]), ['/n ? /l', undefined]);
    });

    it('of the legacy form is tried by the other one', async () => {
      const remove = routeOver();
      await remove({ '/n': [failing(404)] }, [true]);
      assert.deepEqual(await remove({ '/l': [failing(410)] }, [true]), ['/l ? /n', undefined]);
      assert.deepEqual(await remove({}), ['/n', undefined]);
    });

    it('is what is told where the other form answers otherwise, or may not be used', async () => {
      for (const [other, found] of [
        [failing(404), [true, true]],
        [failing(405), [true, true]],
        [failing(403), [true]],
      ] as const) {
        const [, error] = await routeOver()({ '/n': [failing(410)], '/l': [other] }, [...found]);
        assert.equal(error, 'routeGone 410');
      }
    });

    it('to many in flight has the other form tried once, and all are told', async () => {
      const sent: string[] = [];
      const route = new DeleteRoute();
      const send = async (path: string) => {
        sent.push(path);
        await new Promise((resolve) => setImmediate(resolve));
        throw failing(410);
      };
      const tried = await Promise.allSettled(
        Array.from({ length: 8 }, () => route.delete(paths, send, async () => (sent.push('?'), true))),
      );
      assert.ok(
        tried.every(
          (one) => one.status === 'rejected' && one.reason instanceof HubError && one.reason.kind === 'routeGone',
        ),
      );
      assert.deepEqual(
        sent.filter((what) => what !== '/n'),
        ['?', '/l', '?'],
      );
      // What is sent later is tried anew: a brown-out passes.
      await assert.rejects(route.delete(paths, send, async () => true));
      assert.equal(sent.filter((what) => what === '/l').length, 2);
    });

    it('to many in flight, after which the other form works, has each looked up before it goes there', async () => {
      const sent: string[] = [];
      const route = new DeleteRoute();
      const send = async (path: string) => {
        sent.push(path);
        if (path === '/n') throw failing(410);
      };
      await Promise.all(Array.from({ length: 3 }, () => route.delete(paths, send, async () => (sent.push('?'), true))));
      assert.equal(sent.join(' '), '/n /n /n ? /l ? /l ? /l');
    });
  });

  it('looks no more than three things up that are gone: somebody emptied the repository (D3)', async () => {
    const remove = routeOver();
    const sent = [];
    for (let i = 0; i < 6; i++) sent.push((await remove({ '/n': [failing(404)] }, [false]))[0]);
    assert.deepEqual(sent, ['/n ?', '/n ?', '/n ?', '/n', '/n', '/n']);
    await remove({});
    assert.equal((await remove({ '/n': [failing(410)] }, [false]))[0], '/n ?');
  });

  it('deletes by the other form when it is told that this one does nothing, and stays with it only where it succeeds (D1, D3)', async () => {
    const route = new DeleteRoute();
    const sent: string[] = [];
    const send = async (path: string) => void sent.push(path);
    await assert.rejects(route.deleteByOther(paths, async (path) => (sent.push(path), Promise.reject(failing(403)))));
    await route.delete(paths, send, async () => true);
    await route.deleteByOther(paths, send);
    await route.delete(paths, send, async () => true);
    assert.equal(sent.join(' '), '/l /n /l /l');
  });
});
