import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isBinary } from '../../../../src/references/files/isBinary.ts';
import { readBytes } from '../../../../src/references/reader/readBytes.ts';
import { readReferences } from '../../../../src/references/reader/readReferences.ts';
import { digest } from '../parsers/foundIn.ts';
import { linesOf } from '../mentions/literalIn.ts';

const namespaces = ['acme'];
const megabyte = 1024 * 1024;

function linesIn(path: string, bytes: Uint8Array): string[] {
  const found = readBytes({ path, bytes, namespaces });
  return found === 'binary' ? ['binary'] : linesOf(found);
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16le = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf16le'));
const utf16be = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf16le').swap16());

describe('a binary file', () => {
  for (const [title, bytes, expected] of [
    ['no bytes', new Uint8Array(), false],
    ['ASCII', utf8('acme/web:1'), false],
    ['UTF-8', utf8('größe 像 😀'), false],
    ['Latin-1', new Uint8Array([0x67, 0x72, 0xf6, 0xdf, 0x65]), false],
    ['control characters', new Uint8Array([1, 2, 27, 7, 127]), false],
    ['UTF-16 LE with its mark', utf16le('\ufeffacme'), false],
    ['UTF-16 BE with its mark', utf16be('\ufeffacme'), false],
    ['UTF-16 LE without', utf16le('image: acme/web:1'), false],
    ['UTF-16 BE without', utf16be('image: acme/web:1'), false],
    ['UTF-16 LE of another script', utf16le('образ acme/web:1'), false],
    ['a program', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0]), true],
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]), true],
    ['one NUL at the end of the first 8,000 bytes', utf8(`${'x'.repeat(7998)}y\0`), true],
    ['a NUL behind these', utf8(`${'x'.repeat(8000)}\0`), false],
  ] as const) {
    it(`is ${expected ? '' : 'not '}told by ${title}`, () => assert.equal(isBinary(bytes), expected));
  }
});

describe('E: the bytes of a file', () => {
  it('are nothing to look into where they are binary', () => {
    assert.equal(readBytes({ path: 'a.bin', bytes: utf8('acme/web:1\0'), namespaces }), 'binary');
    assert.equal(readBytes({ path: 'Dockerfile', bytes: utf8('FROM acme/web:1\0') }), 'binary');
  });

  for (const [title, encode] of [
    ['UTF-8', utf8],
    ['UTF-8 with its mark', (text: string) => utf8(`\ufeff${text}`)],
    ['UTF-16 LE', (text: string) => utf16le(`\ufeff${text}`)],
    ['UTF-16 BE', (text: string) => utf16be(`\ufeff${text}`)],
    ['UTF-16 LE without its mark', utf16le],
    ['UTF-16 BE without its mark', utf16be],
  ] as const) {
    it(`are read as ${title}, whether large or not`, () => {
      const text = 'acme/web:1\r\ngröße 😀 "acme/api:2"\n';
      const expected = ['1:1 acme/web:1', '2:11 acme/api:2'];
      assert.deepEqual(linesIn('a.sh', encode(text)), expected);
      assert.deepEqual(linesIn('a.sh', encode(text + 'x 像\n'.repeat(megabyte / 4) + 'acme/end:3')), [
        ...expected,
        `${3 + megabyte / 4}:1 acme/end:3`,
      ]);
      assert.deepEqual(linesIn('Dockerfile', encode('FROM acme/web:1\n')), ['1:6 acme/web:1']);
    });
  }

  it('that are no characters hide nothing', () => {
    const bytes = Buffer.concat([
      new Uint8Array([0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0xe2, 0x82]),
      utf8(' acme/web:1 '),
      new Uint8Array([0xf0, 0x9f]),
      utf8('acme/api:2'),
    ]);
    assert.deepEqual(
      linesIn('a.txt', bytes).map((line) => line.replace(/.* /, '')),
      ['acme/web:1', 'acme/api:2'],
    );
  });

  it('are read with their structure up to 1 MB, and literally above, which is told of kinds that have one', () => {
    const text = (size: number): string =>
      `ARG V=1\nFROM acme/web:$V\nRUN docker pull acme/tool:2\n${'#\n'.repeat(size / 2)}`;
    assert.deepEqual(linesIn('Dockerfile', utf8(text(megabyte - 100))), ['2:6 acme/web:1', '3:17 acme/tool:2']);
    const large = utf8(text(megabyte));
    const note = '? 1:1 unreadable more than 1 MB: only images that are written out were looked for ()';
    assert.deepEqual(linesIn('Dockerfile', large), ['3:17 acme/tool:2', note, '? 2:6 acme/web:$V (acme/web)']);
    assert.deepEqual(linesIn('Makefile', large), ['3:17 acme/tool:2', '? 2:6 acme/web:$V (acme/web)']);
    assert.deepEqual(linesIn('a.yaml', utf8('x\n'.repeat(megabyte))), [note]);
    assert.deepEqual(linesIn('a.txt', utf8('x\n'.repeat(megabyte))), []);
  });

  const image = `nexus.corp/docker-hub/acme/web:1.2@${digest}`;
  for (const [title, encode, fill] of [
    ['one line', utf8, 'x'],
    ['short lines', utf8, 'ab cd\n'],
    ['lines that end with CR LF', utf8, 'ab\r\n'],
    ['lines that end with CR', utf8, 'a\r'],
    ['characters of three bytes', utf8, '像'],
    ['characters of four bytes', utf8, '😀'],
    ['UTF-16', (text: string) => utf16le(`\ufeff${text}`), 'ab\n'],
    ['UTF-16 with pairs', (text: string) => utf16be(`\ufeff${text}`), '😀'],
  ] as const) {
    it(`are searched in pieces of 1 MB: a mention across a border is found once, at its place, in ${title}`, () => {
      const mark = encode('').length;
      const [unit, length] = [encode(fill).length - mark, encode(`${image} `).length - mark];
      // The border of the first pieces falls into an image, at another of its characters each.
      let [text, bytes, line, column] = ['', 0, 1, 1];
      const expected: string[] = [];
      const add = (more: string, size: number): void => {
        text += more;
        bytes += size;
        const lines = more.split(/\r\n?|\n/);
        line += lines.length - 1;
        column = lines.length === 1 ? column + more.length : lines.at(-1)!.length + 1;
      };
      for (let piece = 1; piece <= 6; piece++) {
        const count = Math.floor((piece * megabyte - (length / 5) * (piece - 1) - bytes) / unit);
        add(`${fill.repeat(count)} `, count * unit + length - encode(image).length + mark);
        expected.push(`${line}:${column} acme/web:1.2@${digest}`);
        add(`${image} `, length);
      }
      assert.deepEqual(linesIn('a.txt', encode(text)), expected);
    });
  }

  it('come to the same in pieces as in one', () => {
    const words = fc.constantFrom(
      'acme/web:1',
      'acme/',
      'docker.io/',
      '${R}/',
      '/',
      ':',
      '$TAG',
      '{{ x }}',
      ' ',
      '\n',
      '\r',
      '\r\n',
      '像',
      '😀',
      '"',
      '@sha256:',
      digest,
      'a',
      '.',
      '-',
    );
    const mixed = fc.array(words, { minLength: 1, maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(mixed, mixed, fc.integer({ min: 0, max: 300 }), fc.boolean(), (a, b, back, isWide) => {
        const encode = isWide ? (text: string) => utf16le(`\ufeff${text}`) : utf8;
        const text = `${a}${'\n'.repeat(Math.max(0, (isWide ? megabyte / 2 : megabyte) - a.length - back))}${b}${' \n'.repeat(megabyte / 4)}${a}${isWide ? '' : '\n'.repeat(megabyte)}`;
        const inPieces = linesIn('a.sh', encode(text));
        assert.deepEqual(inPieces, linesOf(readReferences({ path: 'a.sh', text, namespaces })));
      }),
      { numRuns: 20 },
    );
  });

  it('take well under a second for 100 MB that mention no namespace', () => {
    const line =
      'const value = require("../some/module/path").thing(a, b); // of acm, accounts/web, my acme and so on\n';
    const large = utf8(line.repeat(Math.ceil((20 * megabyte) / line.length)).slice(0, 20 * megabyte));
    const small = large.subarray(0, 5000);
    const startedAt = performance.now();
    for (let round = 0; round < 3; round++) assert.deepEqual(linesIn('a.ts', large), []);
    for (let round = 0; round < 8000; round++) assert.deepEqual(linesIn('a.ts', small), []);
    const took = performance.now() - startedAt;
    assert.ok(took < 2000, `${took} ms`);
  });
});
