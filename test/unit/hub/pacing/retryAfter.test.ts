import assert from 'node:assert/strict';
import { longestWait, retryAt, serverNow } from '../../../../src/hub/pacing/retryAfter.ts';
import { noon } from '../../fakeClock.ts';

const inSeconds = (seconds: number) => String(noon / 1000 + seconds);

function wait(headers: Record<string, string>, receivedAt = noon): number | undefined {
  const at = retryAt(new Headers(headers), receivedAt);
  return at === undefined ? undefined : at - receivedAt;
}

describe('retryAt', () => {
  const forms: [string, Record<string, string>, number | undefined][] = [
    ['seconds', { 'retry-after': '30' }, 30_000],
    ['seconds with decimals', { 'retry-after': ' 1.5 ' }, 1_500],
    ['an HTTP date', { 'retry-after': new Date(noon + 45_000).toUTCString() }, 45_000],
    ['unix time where seconds are wanted (hub-feedback#2459)', { 'retry-after': inSeconds(20) }, 20_000],
    ['X-Retry-After in unix time', { 'x-retry-after': inSeconds(25) }, 25_000],
    ['X-Retry-After in seconds', { 'x-retry-after': '25' }, 25_000],
    ['X-RateLimit-Reset', { 'x-ratelimit-reset': inSeconds(12) }, 12_000],
    [
      'Retry-After before the others',
      { 'retry-after': '5', 'x-retry-after': inSeconds(25), 'x-ratelimit-reset': inSeconds(12) },
      5_000,
    ],
    ['X-Retry-After before the reset', { 'x-retry-after': inSeconds(25), 'x-ratelimit-reset': inSeconds(12) }, 25_000],
    ['the next header where one is unreadable', { 'retry-after': 'soon', 'x-ratelimit-reset': inSeconds(12) }, 12_000],
    ['nothing', {}, undefined],
    ['nothing out of an empty header', { 'retry-after': '' }, undefined],
    ['an instant in the past as now', { 'retry-after': inSeconds(-100) }, 0],
    ['an HTTP date in the past as now', { 'retry-after': new Date(noon - 1000).toUTCString() }, 0],
    ['a day as one hour', { 'retry-after': '86400' }, longestWait],
    ['a day ahead in unix time as one hour', { 'retry-after': inSeconds(86_400) }, longestWait],
    ['milliseconds as one hour', { 'retry-after': String(noon + 1000) }, longestWait],
  ];
  for (const [name, headers, expected] of forms) {
    it(`reads ${name}`, () => assert.equal(wait(headers), expected));
  }

  it("goes by the server's clock where the local one is wrong", () => {
    const date = new Date(noon).toUTCString();
    for (const wrongBy of [-40 * 86_400_000, -3_000_000, 3_000_000, 40 * 86_400_000]) {
      assert.equal(wait({ date, 'retry-after': inSeconds(30) }, noon + wrongBy), 30_000);
      assert.equal(wait({ date, 'retry-after': new Date(noon + 30_000).toUTCString() }, noon + wrongBy), 30_000);
      assert.equal(wait({ date, 'x-ratelimit-reset': inSeconds(30) }, noon + wrongBy), 30_000);
      assert.equal(wait({ date, 'retry-after': '30' }, noon + wrongBy), 30_000);
    }
  });
});

describe('serverNow', () => {
  it('is the Date of the answer, or the local instant', () => {
    assert.equal(serverNow(new Headers({ date: new Date(noon).toUTCString() }), noon + 5), noon);
    assert.equal(serverNow(new Headers({ date: 'yesterday' }), noon + 5), noon + 5);
    assert.equal(serverNow(new Headers(), noon + 5), noon + 5);
  });
});
