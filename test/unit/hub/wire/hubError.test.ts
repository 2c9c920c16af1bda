import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { HubError, isHubError, type HubErrorKind } from '../../../../src/hub/wire/hubError.ts';

describe('HubError', () => {
  it('says kind, status, request and the words of the server', () => {
    assert.equal(
      new HubError({ kind: 'forbidden', status: 403, request: 'DELETE /v2/x', serverWords: 'no' }).message,
      'forbidden 403 DELETE /v2/x "no"',
    );
    assert.equal(
      new HubError({ kind: 'malformed', status: 200, request: 'GET /v2/x', reason: 'unnamedRow', subject: '3' })
        .message,
      'malformed 200 GET /v2/x (unnamedRow 3)',
    );
    assert.equal(new HubError({ kind: 'signedOut' }).message, 'signedOut');
  });

  it('keeps the answer for the caller and from everybody else (invariant 9)', () => {
    const error = new HubError({ kind: 'unauthorized', status: 401, answer: { login_2fa_token: 'top-secret' } });
    assert.deepEqual(error.answer, { login_2fa_token: 'top-secret' });
    for (const shown of [
      JSON.stringify(error),
      String(error),
      error.stack ?? '',
      inspect(error, { depth: 9, showHidden: true }),
      JSON.stringify({ ...error }),
    ]) {
      assert.ok(!shown.includes('top-secret'), shown);
    }
  });

  it('knows which failures may pass, which got no answer, and which leave it open what was done', () => {
    const of = (kind: HubErrorKind, status?: number) => new HubError({ kind, status });
    for (const kind of ['network', 'timeout'] as const) {
      assert.ok(of(kind).passing && of(kind).unanswered && of(kind).inDoubt, kind);
    }
    for (const kind of ['server', 'rateLimited'] as const) {
      assert.ok(of(kind).passing && !of(kind).unanswered && !of(kind).inDoubt, kind);
    }
    for (const kind of [
      'forbidden',
      'notFound',
      'unauthorized',
      'blocked',
      'immutable',
      'rejected',
      'malformed',
    ] as const) {
      assert.ok(!of(kind).passing && !of(kind).unanswered, kind);
    }
    assert.ok(of('malformed', 200).inDoubt && of('server', 502).inDoubt && of('server', 504).inDoubt);
    assert.ok(
      !of('malformed', 301).inDoubt &&
        !of('malformed').inDoubt &&
        !of('server', 500).inDoubt &&
        !of('server', 503).inDoubt &&
        !of('notFound', 404).inDoubt,
    );
  });

  it('is known by its kind', () => {
    const error = new HubError({ kind: 'notFound' });
    assert.ok(isHubError(error) && isHubError(error, 'server', 'notFound') && !isHubError(error, 'server'));
    assert.ok(!isHubError(new Error('notFound')) && !isHubError(undefined));
  });
});
