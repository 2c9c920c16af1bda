import assert from 'node:assert/strict';
import { foundIn, imagesIn } from './foundIn.ts';

describe('references in a Compose file', () => {
  it('are images of services, also merged and by alias, where they are written', () => {
    const text = `x-app: &app
  image: acme/base:1
x-img: &img acme/aliased:7
services:
  web:
    <<: *app
    ports: ["80:80"]
  api: { image: *img }
  db:
    image: postgres
  other:
    image: "ghcr.io/acme/no:1"
`;
    assert.deepEqual(foundIn('compose.yaml', text), [
      '2:10 acme/base:1',
      '3:13 acme/aliased:7',
      '10:12 library/postgres:latest',
    ]);
  });

  it('are resolved through the .env file where that decides; a default protects, and is told', () => {
    const text =
      'services:\n  a: {image: "acme/a:${TAG}"}\n  b: {image: "acme/b:$OTHER"}\n  c: {image: "acme/c:${OTHER:-1.2}"}\n  d: {image: "acme/d:${TAG:-5}"}\n  e: {image: "${REGISTRY}/acme/e:1"}\n  f: {image: "acme/f:$$x"}\n';
    assert.deepEqual(imagesIn('docker-compose.prod.yml', text, 'TAG=v3\n'), [
      'acme/a:v3',
      'acme/c:1.2',
      'acme/d:v3',
      '? unresolved acme/b:$OTHER (acme/b)',
      '? overridable acme/c:${OTHER:-1.2} (acme/c)',
      '? unresolved ${REGISTRY}/acme/e:1 (*/acme/e)',
      '? unresolved acme/f:$$x (acme/f)',
    ]);
  });

  it('are what it builds from', () => {
    const text = `services:
  a:
    image: acme/a:1
    build:
      context: .
      args: { BASE: acme/base:2, MODE: fast, URL: "http://x/y:1", LATER: "acme/later:\${V}" }
      additional_contexts: [ base=docker-image://acme/context:1, src=../src ]
      cache_from: [ acme/cache:1, "type=registry,ref=acme/cache:2" ]
  b:
    build:
      args:
      - BASE=acme/base:3
      - NONE
      additional_contexts: { tools: docker-image://acme/tools:1 }
  c:
    build:
      dockerfile_inline: |
        FROM acme/inline:4
        COPY --from=acme/copied:5 / /
`;
    assert.deepEqual(
      foundIn('compose.yaml', text).map((line) => line.replace(/:\d+ /, ' ')),
      [
        '3 acme/a:1',
        '6 acme/base:2',
        '7 acme/context:1',
        '8 acme/cache:1',
        '8 acme/cache:2',
        '12 acme/base:3',
        '14 acme/tools:1',
        '18 acme/inline:4',
        '19 acme/copied:5',
        '? 6 unresolved acme/later:${V} (acme/later)',
      ],
    );
  });

  for (const path of [
    'compose.yaml',
    'compose.yml',
    'compose.override.yaml',
    'docker-compose.yml',
    'docker-compose-dev.yml',
    'docker-compose.ci.yaml',
    'docker-stack.yml',
    'prod.compose.yaml',
    'anything.yaml',
  ]) {
    it(`fill in variables in ${path}`, () =>
      assert.deepEqual(imagesIn(path, 'services:\n  a:\n    image: acme/a:$T', 'T=1'), ['acme/a:1']));
  }
});
