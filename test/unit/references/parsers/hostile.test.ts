import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readBytes } from '../../../../src/references/reader/readBytes.ts';
import { readReferences } from '../../../../src/references/reader/readReferences.ts';
import { bounded } from '../../hostile/cost.ts';
import { ReaderError, ReaderThread } from '../../../../src/references/reader/readerThread.ts';
import { imagesIn } from './foundIn.ts';

const paths = [
  'Dockerfile',
  'compose.yaml',
  'a.yaml',
  'values.yaml',
  'kustomization.yaml',
  '.github/workflows/a.yml',
  '.gitlab-ci.yml',
  'devcontainer.json',
];
const program = new URL('../../../../src/references/reader/readerProgram.ts', import.meta.url);
const bytes = (text: string) => new TextEncoder().encode(text);

describe('the reading of references, of any text', () => {
  const words = fc.constantFrom(
    'FROM ',
    'acme/web:1',
    'image: ',
    'services:\n',
    '  ',
    '\n',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&a ',
    '*a',
    '<<: ',
    '|',
    '>',
    '---\n',
    '${',
    '$A',
    '{{ x }}',
    '#',
    ': ',
    '\t',
    '\r\n',
    '\\\n',
    'ARG A=',
    'COPY --from=',
    'RUN --mount=from=',
    'AS x',
    'images:\n',
    'repository: ',
    'tag: ',
    'build:\n',
    'args:\n',
    '!!binary ',
    '? ',
    ',',
    '\u0000',
    '\ufeff',
    '\ud800',
    'apiVersion: v1\nkind: Pod\n',
    'dockerfile_inline: |\n',
    '/*',
    '//',
  );
  const text = fc.oneof(
    fc.array(words, { maxLength: 60 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
  );

  for (const path of [...paths, 'a.sh', 'README.md']) {
    it(`never throws, and gives places that are in the text: ${path}`, () => {
      fc.assert(
        fc.property(text, text, (source, environment) => {
          const { references, doubts } = readReferences({
            path,
            text: source,
            environments: [environment],
            namespaces: ['acme'],
          });
          const lines = source.split('\n').length;
          for (const { line, column } of [...references, ...doubts]) {
            assert.ok(line >= 1 && line <= lines + 1 && column >= 1, `${line}:${column}`);
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  it('is not multiplied by aliases: a bomb costs what it is long', async () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) =>
        `a${level}: &a${level} [${
          level === 0
            ? '{image: acme/web:1}'
            : Array(10)
                .fill(`*a${level - 1}`)
                .join(', ')
        }]`,
    );
    const merges = Array.from(
      { length: 300 },
      (_, level) =>
        `m${level}: &m${level}\n  <<: [${
          level === 0
            ? ''
            : Array(10)
                .fill(`*m${level - 1}`)
                .join(', ')
        }]`,
    );
    await bounded('aliases', { cpuMs: 2000 }, () => {
      assert.deepEqual(imagesIn('compose.yaml', levels.join('\n')), ['acme/web:1']);
      assert.deepEqual(imagesIn('values.yaml', `x: {image: acme/web:1}\n${merges.join('\n')}`), ['acme/web:1']);
    });
  });

  it('comes to an end with aliases that mean themselves', () => {
    assert.deepEqual(
      imagesIn('a.yaml', 'apiVersion: v1\nkind: x\na: &a\n  <<: *a\n  image: *a\n  b: {image: acme/web:1, <<: *a}\n'),
      ['acme/web:1'],
    );
  });

  it('keeps 10,000 references of a file, and says that there are more', () => {
    const found = imagesIn(
      'a.yaml',
      `apiVersion: v1\nkind: x\nl:\n${Array.from({ length: 10_500 }, (_, index) => `- image: acme/web:${index}`).join('\n')}`,
    );
    assert.deepEqual([found.length, found.at(-1)], [10_001, '? unreadable more than 10000 references ()']);
  });

  it('leaves values aside that are too long, and tells them', () => {
    const [doubt] = imagesIn('compose.yaml', `services:\n  a:\n    image: acme/web:${'x'.repeat(100_000)}\n`);
    assert.match(doubt!, /^\? unresolved acme\/web:x+… \(\*\)$/);
    assert.ok(doubt!.length < 250);
  });

  it('tells a file that is nested too deeply', () => {
    const found = imagesIn('a.yaml', `image: ${'['.repeat(20_000)}`);
    assert.ok(found.length >= 1 && found.every((line) => line.startsWith('? unreadable')), found.join('\n'));
  });
});

describe('the search for literal mentions, in hostile text', () => {
  const namespaces = ['acme'];
  const found = (text: string, path = 'a.sh') => {
    const result = readBytes({ path, bytes: bytes(text), namespaces });
    assert.ok(result !== 'binary');
    return result;
  };

  it('takes a line of 20 MB', () => {
    const line = `${'x'.repeat(10_000_000)} acme/web:1 ${'y'.repeat(10_000_000)} acme/web:2`;
    assert.deepEqual(
      found(line).references.map(({ line: at, column, image }) => [at, column, image.tag]),
      [
        [1, 10_000_002, '1'],
        [1, 20_000_014, '2'],
      ],
    );
  });

  it('keeps 10,000 of a million mentions, each image and doubt before its repetitions, and says that there are more', () => {
    const { references, doubts } = found(`${'acme/web:1\n'.repeat(1_000_000)}acme/last:2\nacme/$A:1`);
    assert.deepEqual(
      [references.length, references[0]!.line, references.at(-1)!.image.name, references.at(-1)!.line],
      [9999, 1, 'last', 1_000_001],
    );
    assert.deepEqual(
      doubts.map(({ line, text }) => [line, text]),
      [
        [9999, 'more than 10000 references'],
        [1_000_002, 'acme/$A:1'],
      ],
    );
    const different = found(Array.from({ length: 200_000 }, (_, index) => `acme/web:${index}`).join(' '));
    assert.deepEqual([different.references.length, different.doubts.length], [10_000, 1]);
  }).timeout(20_000);

  for (const [title, text] of [
    ['a million dollars', '$'.repeat(1_000_000)],
    ['a million namespaces', 'acme/'.repeat(200_000)],
    ['a path of namespaces that never ends', '/acme'.repeat(200_000)],
    ['variables without an end', 'acme/${'.repeat(150_000)],
    ['templates without an end', 'acme/{{'.repeat(150_000)],
    ['paths of variables', '$a/acme/'.repeat(125_000)],
    ['brackets that close what nothing opened', '}/acme/a:1'.repeat(100_000)],
    ['quotes and what glues them', '"acme/" + '.repeat(100_000)],
    ['spaces behind a quote', `acme/a"${' '.repeat(1_000_000)}`],
    ['a name without an end', `acme/${'x'.repeat(1_000_000)}`],
    ['a tag without an end', `acme/web:${'x'.repeat(1_000_000)}`],
    ['a word before it without an end', `${'x'.repeat(1_000_000)}acme/web:1 ${'-'.repeat(1_000_000)}acme/web:1`],
  ] as const) {
    it(`takes time in proportion to the text: ${title}`, () => {
      const startedAt = performance.now();
      found(text);
      found(text.slice(0, 1_000_000));
      const took = performance.now() - startedAt;
      assert.ok(took < 4000, `${took} ms`);
    }).timeout(20_000);
  }
});

describe('the thread that reads', () => {
  it('starts for the first file, answers in order and in UTF-16 too, and ends when it is idle', async () => {
    using thread = new ReaderThread(program, { idle: 50 });
    assert.equal(thread.isRunning, false);
    const utf16 = new Uint8Array(Buffer.from('\ufeffFROM acme/web:2', 'utf16le'));
    const found = await Promise.all([
      thread.read({ kind: 'file', path: 'Dockerfile', bytes: bytes('FROM acme/web:1') }),
      thread.read({ kind: 'file', path: 'Dockerfile', bytes: utf16 }),
      thread.read({
        kind: 'file',
        path: 'compose.yaml',
        bytes: bytes('services: {a: {image: "acme/web:$T"}}'),
        environments: [bytes('T=3')],
      }),
    ]);
    assert.deepEqual(
      found.map(({ references }) => references[0]?.image.tag),
      ['1', '2', '3'],
    );
    while (thread.isRunning) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(
      (await thread.read({ kind: 'file', path: 'Dockerfile', bytes: bytes('FROM acme/web:4') })).references.length,
      1,
    );
  });

  it('is ended where a file takes too long, and goes on with the next', async () => {
    using thread = new ReaderThread(program, { job: 400 });
    const [slow, next] = await Promise.allSettled([
      thread.read({ kind: 'file', path: 'a.yaml', bytes: bytes(`image: ${'['.repeat(900_000)}`) }),
      thread.read({ kind: 'file', path: 'Dockerfile', bytes: bytes('FROM acme/web:1') }),
    ]);
    assert.ok(
      slow.status === 'rejected' && slow.reason instanceof ReaderError && slow.reason.reason === 'tooLong',
      String(slow.status),
    );
    assert.ok(next.status === 'fulfilled' && next.value.references.length === 1, String(next.status));
  });

  it('says when there is no such program, and when it is over', async () => {
    using thread = new ReaderThread(new URL('none.ts', program));
    await assert.rejects(
      thread.read({ kind: 'pods', bytes: bytes('{}') }),
      (error) => error instanceof ReaderError && error.reason === 'broken',
    );
    thread[Symbol.dispose]();
    await assert.rejects(
      thread.read({ kind: 'pods', bytes: bytes('{}') }),
      (error) => error instanceof ReaderError && error.reason === 'broken',
    );
  });

  it('reads pods: what they ask for and what they run, and says what is none', async () => {
    using thread = new ReaderThread(program);
    const digest = `sha256:${'ab'.repeat(32)}`;
    const pod = {
      metadata: { namespace: 'prod', name: 'web-1' },
      spec: {
        containers: [{ image: 'acme/web:1.2' }, { image: 'ghcr.io/acme/no:1' }],
        initContainers: [{ image: 'acme/init' }],
      },
      status: {
        containerStatuses: [
          { image: 'docker.io/acme/web:1.2', imageID: `docker.io/acme/web@${digest}` },
          { image: digest, imageID: digest },
          { imageID: `docker-pullable://acme/old@${digest}` },
          null,
        ],
      },
    };
    const pods = await thread.read({ kind: 'pods', bytes: bytes(JSON.stringify({ items: [pod, {}] })) });
    assert.deepEqual(
      pods.map(({ pod: name, found }) => [
        name,
        found.references.map(
          ({ image }) => `${image.namespace}/${image.name}:${image.tag ?? ''}@${image.digest?.slice(0, 9) ?? ''}`,
        ),
        found.doubts.length,
      ]),
      [
        ['prod/web-1', ['acme/web:1.2@', 'acme/init:latest@', 'acme/web:@sha256:ab', 'acme/old:@sha256:ab'], 0],
        ['/', [], 0],
      ],
    );
    for (const text of ['', '{}', '[]', '{"items": 1}']) {
      await assert.rejects(
        thread.read({ kind: 'pods', bytes: bytes(text) }),
        (error) => error instanceof ReaderError && error.reason === 'wrong',
        text,
      );
    }
  });
});
