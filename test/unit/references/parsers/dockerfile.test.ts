import assert from 'node:assert/strict';
import { digest, foundIn, imagesIn } from './foundIn.ts';

describe('references in a Dockerfile', () => {
  it('are what it is built from, stages left out', () => {
    const text = [
      '# syntax=docker/dockerfile:1.7',
      'FROM --platform=$BUILDPLATFORM acme/go:1.22 AS build',
      'RUN go build',
      'from build as Tested',
      'COPY --from=acme/tools:3 --chown=1 /a /b',
      'COPY --link --from=build /a /b',
      'COPY --from=0 /a /b',
      'COPY --from=tested /a /b',
      'RUN --mount=type=bind,from=acme/mount:9,target=/x --mount=type=cache,target=/y make',
      'RUN --mount=type=bind,from=build make --from=acme/no:1',
      'ONBUILD COPY --from=acme/onbuild:1 /a /b',
      'FROM scratch',
      'FROM ghcr.io/acme/other:1',
      'FROM acme/plain',
    ].join('\n');
    assert.deepEqual(foundIn('Dockerfile', text), [
      '1:10 docker/dockerfile:1.7',
      '2:32 acme/go:1.22',
      '5:6 acme/tools:3',
      '9:5 acme/mount:9',
      '11:14 acme/onbuild:1',
      '14:6 acme/plain:latest',
    ]);
  });

  it('are resolved from the defaults of ARG, those before the first FROM alone in FROM', () => {
    const text = `ARG VERSION=1.2
ARG BASE="acme/base:\${VERSION}-alpine"
ARG NONE
FROM \${BASE} AS one
ARG VERSION
COPY --from=acme/a:$VERSION / /
ARG VERSION=7
COPY --from=acme/b:$VERSION / /
FROM acme/c:\${NONE:-5}
COPY --from=acme/d:$VERSION / /
FROM acme/e:$NONE
FROM acme/f:\${VERSION%.*}
FROM ghcr.io/acme/g:$NONE
FROM $NONE
`;
    assert.deepEqual(imagesIn('Dockerfile', text), [
      'acme/base:1.2-alpine',
      'acme/a:1.2',
      'acme/b:7',
      'acme/c:5',
      'acme/f:1',
      '? unresolved acme/d:$VERSION (acme/d)',
      '? unresolved acme/e:$NONE (acme/e)',
      '? unresolved $NONE (*)',
    ]);
  });

  it('are found with quotes, digests, continued lines, comments between them, CRLF, a BOM and another escape', () => {
    assert.deepEqual(
      imagesIn('Dockerfile', '\ufeffFROM "acme/a:1"\r\nFROM \\\r\n  acme/b:2 \\\r\n# why\r\n  AS x\r\n'),
      ['acme/a:1', 'acme/b:2'],
    );
    assert.deepEqual(imagesIn('Dockerfile', `FROM acme/a:1@${digest}\nFROM acme/b@${digest}`), [
      `acme/a:1@${digest}`,
      `acme/b@${digest}`,
    ]);
    assert.deepEqual(imagesIn('Dockerfile', '# escape=`\nFROM `\n acme/a:1\nRUN dir C:\\\nFROM acme/b:1'), [
      'acme/a:1',
      'acme/b:1',
    ]);
  });

  it('are not taken from what a script says', () => {
    assert.deepEqual(
      imagesIn(
        'Dockerfile',
        'FROM acme/a:1\nRUN <<EOF\nFROM acme/no:1\nEOF\nRUN echo "FROM acme/no:2"\n# FROM acme/no:3\nCMD ["FROM", "acme/no:4"]',
      ),
      ['acme/a:1'],
    );
  });

  for (const path of [
    'Dockerfile',
    'a/dockerfile',
    'Dockerfile.prod',
    'web.Dockerfile',
    'web.dockerfile',
    'Containerfile',
    'Containerfile.arm',
  ]) {
    it(`are looked for in ${path}`, () => assert.deepEqual(imagesIn(path, 'FROM acme/a:1'), ['acme/a:1']));
  }

  for (const path of ['Dockerfile.md', 'Dockerfile.dockerignore', 'Makefile', 'dockerfiles.go']) {
    it(`are not looked for in ${path}`, () => assert.deepEqual(imagesIn(path, 'FROM acme/a:1'), []));
  }
});
