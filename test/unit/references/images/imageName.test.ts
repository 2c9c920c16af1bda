import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isOnDockerHub, parseImageName, spellingsOf } from '../../../../src/references/images/imageName.ts';
import { digest } from '../parsers/foundIn.ts';

function spelled(text: string): string | undefined {
  const image = parseImageName(text);
  return image && `${image.registry} ${image.namespace} ${image.name} ${image.tag ?? ''} ${image.digest ?? ''}`.trim();
}

describe('an image name', () => {
  for (const [text, expected] of [
    ['acme/web', 'docker.io acme web latest'],
    ['acme/web:1.2', 'docker.io acme web 1.2'],
    ['docker.io/acme/web:1.2', 'docker.io acme web 1.2'],
    ['index.docker.io/acme/web:1.2', 'docker.io acme web 1.2'],
    ['registry-1.docker.io/acme/web:1.2', 'docker.io acme web 1.2'],
    ['registry-1.docker.io:443/acme/web:1.2', 'docker.io acme web 1.2'],
    ['registry.hub.docker.com/acme/web:1.2', 'docker.io acme web 1.2'],
    ['hub.docker.com/acme/web:1.2', 'docker.io acme web 1.2'],
    ['mirror.gcr.io/acme/web:1.2', 'docker.io acme web 1.2'],
    ['docker://acme/web:1.2', 'docker.io acme web 1.2'],
    ['docker-image://acme/web:1.2', 'docker.io acme web 1.2'],
    ['  acme/web:1.2\n', 'docker.io acme web 1.2'],
    ['nginx', 'docker.io library nginx latest'],
    ['nginx:1.27', 'docker.io library nginx 1.27'],
    ['library/nginx', 'docker.io library nginx latest'],
    ['docker.io/nginx', 'docker.io library nginx latest'],
    ['docker.io/library/nginx', 'docker.io library nginx latest'],
    ['Acme/Web:RC', 'docker.io acme web RC'],
    [`acme/web@${digest}`, `docker.io acme web  ${digest}`],
    [`acme/web@${digest.toUpperCase().replace('SHA256', 'sha256')}`, `docker.io acme web  ${digest}`],
    [`acme/web:1.2@${digest}`, `docker.io acme web 1.2 ${digest}`],
    ['ghcr.io/acme/web:1', 'ghcr.io acme web 1'],
    ['localhost/web', 'localhost  web latest'],
    ['localhost:5000/acme/web', 'localhost:5000 acme web latest'],
    ['registry:5000/web:1', 'registry:5000  web 1'],
    ['quay.io/a/b/c:1', 'quay.io a/b c 1'],
    ['a/b/c:1', 'docker.io a/b c 1'],
    ['[::1]:5000/web:1', '[::1]:5000  web 1'],
  ] as const) {
    it(`reads ${text.trim()}`, () => assert.equal(spelled(text), expected));
  }

  for (const text of [
    '',
    ' ',
    ':',
    '@',
    '/',
    'acme/',
    '/web',
    'acme//web',
    'acme/web:',
    'acme/web:a b',
    'acme/web@',
    'acme/web@sha256:12',
    'acme/web:$TAG',
    'acme/web:{{ x }}',
    'http://acme/web',
    'acme web',
    '-a/b',
    `a:${'x'.repeat(129)}`,
    'a'.repeat(1001),
  ]) {
    it(`is not ${JSON.stringify(text).slice(0, 40)}`, () => assert.equal(parseImageName(text), undefined));
  }

  it('is on Docker Hub only with two parts', () => {
    assert.deepEqual(
      ['acme/web', 'nginx', 'a/b/c', 'ghcr.io/acme/web', 'localhost/web'].map((text) =>
        isOnDockerHub(parseImageName(text)!),
      ),
      [true, true, false, false, false],
    );
  });

  it('is read the same in each of its spellings', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8})?$/);
    fc.assert(
      fc.property(
        fc.oneof(part, fc.constant('library')),
        part,
        fc.stringMatching(/^[A-Za-z0-9_][\w.-]{0,10}$/),
        (namespace, name, tag) => {
          for (const spelling of spellingsOf({ namespace, name })) {
            assert.deepEqual(
              parseImageName(`${spelling}:${tag}`),
              { registry: 'docker.io', namespace, name, tag },
              spelling,
            );
          }
        },
      ),
    );
  });
});
