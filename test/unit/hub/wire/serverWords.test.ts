import assert from 'node:assert/strict';
import { plainText, serverWords } from '../../../../src/hub/wire/serverWords.ts';

const json = 'application/json';

describe('serverWords', () => {
  const shapes: [string, unknown, string | undefined][] = [
    ['message', { message: 'permission denied', errinfo: {} }, 'permission denied'],
    ['message before detail', { message: 'a', detail: 'b' }, 'a'],
    ['detail', { detail: 'Incorrect authentication credentials' }, 'Incorrect authentication credentials'],
    ['text', { text: 'Invalid value' }, 'Invalid value'],
    [
      'text and fields',
      { text: 'Invalid ordering value', fields: { ordering: ['no'] } },
      'Invalid ordering value: {"ordering":["no"]}',
    ],
    [
      "the registry's errors",
      { errors: [{ code: 'DENIED', message: 'requested access is denied' }, { message: 'second' }] },
      'requested access is denied',
    ],
    ['a string', 'just words', 'just words'],
    ['errors without a message', { errors: [null] }, undefined],
    ['no errors', { errors: [] }, undefined],
    ['numbers', { message: 42, detail: [], text: null }, undefined],
    ['null', null, undefined],
    ['a number', 7, undefined],
    ['an array', [1], undefined],
    ['empty words', { message: '  ' }, undefined],
    ['D11: details, with an s', { details: 'incorrect username or password' }, 'incorrect username or password'],
    [
      'D11: details in a list',
      { details: ['your account must log in with a Personal Access Token (PAT)', 'see the docs'] },
      'your account must log in with a Personal Access Token (PAT); see the docs',
    ],
    ['D11: nested details', { details: { message: 'must use a PAT' } }, 'must use a PAT'],
    ['D11: details in objects of a list', { details: [{ detail: 'one' }, 7, null, { message: 'two' }] }, 'one; two'],
    [
      'D11: details beside a message that only says that it failed',
      { message: 'unauthorized', details: 'must use a PAT' },
      'unauthorized: must use a PAT',
    ],
    ['D11: details that say the same', { message: 'no', details: 'no' }, 'no'],
    ['D11: details without words', { details: { code: 7 } }, undefined],
    ['D11: an error', { error: 'invalid_grant' }, 'invalid_grant'],
    ['D11: a nested error', { error: { message: 'no' } }, 'no'],
  ];
  for (const [name, body, words] of shapes) {
    it(`reads ${name}`, () => assert.equal(serverWords(JSON.stringify(body), json), words));
  }

  it('takes plain text as it is, and broken JSON for nothing', () => {
    assert.equal(serverWords('429 Too Many Requests\n', 'text/plain'), '429 Too Many Requests');
    assert.equal(serverWords('{"message": "cut', json), undefined);
    assert.equal(serverWords('', 'text/plain'), undefined);
  });

  it('reads no words out of a web page, whatever it is called', () => {
    const page = '<!DOCTYPE html><html><body>Just a moment...</body></html>';
    for (const type of ['text/html; charset=utf-8', 'application/xhtml+xml; html', json, '']) {
      assert.equal(serverWords(page, type), undefined);
    }
    assert.equal(serverWords('\n  <html>', ''), undefined);
    assert.equal(serverWords('not found', 'text/html'), undefined);
  });

  it('gives one line of plain text: server text is text (invariant 10)', () => {
    assert.equal(
      serverWords(JSON.stringify({ message: 'a\r\n\tb\u0000\u001b[31mc\u0085d\u2028e\u2029f' }), json),
      'a b [31mc d e f',
    );
    assert.equal(
      plainText('a\u202eb\u2066c\u2069d\u200ee\u200ff\u061cg'),
      'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg',
    );
  });

  it('cuts to 300 characters, also of 1 MB and never through the middle of one', () => {
    const words = serverWords(JSON.stringify({ message: 'x'.repeat(1_000_000) }), json)!;
    assert.equal(words.length, 300);
    assert.ok(words.endsWith('x…'));
    assert.equal(plainText('x'.repeat(300)), 'x'.repeat(300));
    const faces = plainText('😀'.repeat(1000));
    assert.ok(faces.length <= 300 && !/\p{Surrogate}/u.test(faces));
    assert.ok(!/\p{Surrogate}/u.test(plainText(`x${'😀'.repeat(1000)}`)));
    assert.ok(!/\p{Surrogate}/u.test(plainText(`x${'\n'.repeat(1000)}${'😀'.repeat(1000)}`)));
    assert.equal(plainText('abcdef', 4), 'abc…');
  });
});

describe('plainText in messages and rows of VS Code (invariant 10)', () => {
  it('leaves no link and no icon to be made of it', () => {
    const text = plainText(
      'see [this](command:workbench.action.terminal.new) $(trash) and [that](https://example.org)',
    );
    assert.doesNotMatch(text, /\[[^\]]+\]\(/);
    assert.doesNotMatch(text, /\$\(/);
    assert.match(text, /this.*command:workbench.*that/);
  });
});
