import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HubError } from '../../../src/hub/wire/hubError.ts';
import { plainText, serverWords } from '../../../src/hub/wire/serverWords.ts';
import { bounded } from './cost.ts';
import { assertPlain } from './plain.ts';

const escape = '\u001b';
const pieces = fc.constantFrom(
  '](',
  '](command:workbench.action.quit)',
  '[x](command:y)',
  '$(',
  '$(trash)',
  '$',
  '(',
  ']',
  '[',
  '<img src=x onerror=alert(1)>',
  '<script>',
  '&lt;',
  '../',
  '..\\',
  `${escape}[31m`,
  `${escape}]8;;https://evil.test\u0007`,
  '\u0007',
  '\u009b31m',
  '\r',
  '\n',
  '\t',
  '\u0000',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u00a0',
  '\u3000',
  '\u202e',
  '\u2066',
  '\u2069',
  '\u200e',
  '\u061c',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u00ad',
  '\u2060',
  '\u180e',
  '\u3164',
  '\u115f',
  '\uffa0',
  '\u2800',
  '\ue000',
  '\ud83d\ude00',
  '\ud83d',
  '\ude00',
  '\u{e0041}',
  '\u{1d173}',
  '\u{f0000}',
  'e\u0301',
  '\u0301'.repeat(50),
  'latest',
  '\ufe0f',
  '\u034f',
  '\ufff9',
);
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 2000 }),
  fc
    .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 400 })
    .map((parts) => parts.join('')),
);

describe('plainText of hostile text (invariant 10)', () => {
  it('is one line without anything invisible, no link and no icon, of no more than the limit', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 400 }), (text, limit) => assertPlain(plainText(text, limit), limit)),
      { numRuns: 3000 },
    );
  });

  it('is the same when it is taken twice, so that no surface need know whether it was', () => {
    fc.assert(
      fc.property(texts, (text) => assert.equal(plainText(plainText(text)), plainText(text))),
      { numRuns: 2000 },
    );
  });

  it('leaves names by the grammar of tags, and words of people, as they are', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/), (name) =>
        assert.equal(plainText(name), name),
      ),
    );
    for (const words of [
      'Ungültiger Name „x“',
      '名前が無効です',
      'שם לא חוקי',
      'Tên không hợp lệ',
      'ชื่อไม่ถูกต้อง',
      'price: $5 (net)',
      '[1] (see log)',
      '😀',
      'e\u0301',
    ]) {
      assert.equal(plainText(words), words);
    }
  });

  it('makes no two names look alike of which one can be deleted', () => {
    for (const other of [
      'lat\u200best',
      'lat\u00adest',
      '\ufefflatest',
      'latest\u2060',
      '\u202etsetal',
      'lat\u3164est',
      'latest\ufe0f',
      'latest\u{e0041}',
      'lat\u2800est',
      'lat\ud800est',
    ]) {
      assert.match(plainText(other), /\ufffd/);
    }
  });

  it('says that it was cut, also where what is left is short', () => {
    assert.equal(plainText(`x${'\n'.repeat(5000)}evil`), 'x…');
    assert.equal(plainText('\u0000'.repeat(5000)), '…');
    assert.equal(plainText('\u0000'.repeat(50)), '');
  });

  it('takes a bounded time, also for megabytes', async () => {
    const megabytes = ['x', '\n', '\u202e', '\u0301', '](', '$(', ' ', '\ud800', '😀', '<', `${escape}[`].map((piece) =>
      piece.repeat(1_000_000 / piece.length),
    );
    await bounded('megabytes', { cpuMs: 500 }, () => {
      for (const text of megabytes) for (let i = 0; i < 100; i++) assertPlain(plainText(text), 300);
    });
    await bounded('words', { cpuMs: 4000 }, () => {
      for (const text of megabytes) {
        for (const body of [
          text,
          JSON.stringify({ message: text }),
          JSON.stringify({ text: 'no', fields: { a: text } }),
          JSON.stringify({ errors: [{ message: text }] }),
        ]) {
          for (const type of ['application/json', 'text/plain', 'text/html', text.slice(0, 8000)]) {
            assertPlain(serverWords(body, type, ['secret', text.slice(0, 1000)]) ?? '', 300);
          }
        }
      }
    });
  }).timeout(20_000);

  it('stands in every error', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { serverWords: words = '', message } = new HubError({
          kind: 'server',
          request: 'GET /v2/x',
          status: 500,
          serverWords: text,
        });
        assertPlain(words, 300);
        assertPlain(message, 400);
      }),
    );
  });
});
