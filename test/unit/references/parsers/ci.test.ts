import assert from 'node:assert/strict';
import { foundIn, imagesIn } from './foundIn.ts';

describe('references in GitHub Actions', () => {
  it('are containers, services and actions that are images', () => {
    const text = `on: push
jobs:
  a:
    container: acme/ci:1
    services:
      db: { image: acme/db:2 }
    steps:
    - uses: docker://acme/action:3
    - uses: actions/checkout@v4
    - run: docker run acme/no:1
  b:
    container: { image: "acme/ci:\${{ matrix.v }}", options: x }
`;
    assert.deepEqual(foundIn('.github/workflows/ci.yml', text), [
      '4:16 acme/ci:1',
      '6:20 acme/db:2',
      '8:13 acme/action:3',
      '? 12:25 unresolved acme/ci:${{ matrix.v }} (acme/ci)',
    ]);
  });

  it('are the image of an action', () => {
    assert.deepEqual(imagesIn('action.yml', 'runs:\n  using: docker\n  image: docker://acme/action:1\n'), [
      'acme/action:1',
    ]);
  });
});

describe('references in GitLab CI', () => {
  it('are images and services, with the variables of the job and of the file', () => {
    const text = `image: acme/all:1
variables: { V: "4", W: { value: "5", description: x }, X: "$V" }
services: [ "acme/one:1", { name: "acme/two:$W", alias: db } ]
job:
  variables: { V: "6" }
  image: { name: "acme/job:$V", entrypoint: [""] }
other:
  image: acme/other:\${V}
nested: { image: "acme/nested:$X" }
proxied: { image: "\${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}/acme/proxied:1" }
own: { image: "$CI_REGISTRY_IMAGE/x:$CI_COMMIT_SHA" }
open: { image: "acme/open:$CI_COMMIT_SHA" }
`;
    assert.deepEqual(imagesIn('.gitlab-ci.yml', text).sort(), [
      '? unresolved acme/nested:$X (acme/nested)',
      '? unresolved acme/open:$CI_COMMIT_SHA (acme/open)',
      'acme/all:1',
      'acme/job:6',
      'acme/one:1',
      'acme/other:4',
      'acme/proxied:1',
      'acme/two:5',
    ]);
  });
});

describe('references in a dev container', () => {
  it('are its image and features, in JSON with comments', () => {
    const text =
      '\ufeff{ // why\r\n  "image": "acme/dev:1",\r\n  "features": { "ghcr.io/devcontainers/x:1": {}, "docker.io/acme/feature:2": {}, "./local": {}, "node": {} },\r\n  "build": { "dockerfile": "Dockerfile" },\r\n}\r\n';
    for (const path of [
      '.devcontainer/devcontainer.json',
      '.devcontainer.json',
      '.devcontainer/go/devcontainer.json',
    ]) {
      assert.deepEqual(foundIn(path, text), ['2:12 acme/dev:1', '3:50 acme/feature:2'], path);
    }
  });

  it('are told where they are not understood', () => {
    assert.deepEqual(imagesIn('devcontainer.json', '{"image": "acme/dev:${localEnv:TAG}"}'), [
      '? unresolved acme/dev:${localEnv:TAG} (acme/dev)',
    ]);
    assert.deepEqual(imagesIn('devcontainer.json', '{"image": "acme/dev:1", }}'), [
      'acme/dev:1',
      '? unreadable not JSON ()',
    ]);
  });
});

describe('references in other YAML files', () => {
  it('are what is named image and can be one; what cannot is told where it names a repository or has a part that is filled in elsewhere', () => {
    const text =
      'title: x\nimage: acme/web:1\nlogo: { image: "./logo 1.png", bigImage: images/big.png }\nsteps:\n- image: "acme/ci:{{ tag }}"\n- image: "{{ anything }}"\n';
    assert.deepEqual(imagesIn('.circleci/config.yml', text), [
      'acme/web:1',
      '? unresolved acme/ci:{{ tag }} (acme/ci)',
      '? unresolved {{ anything }} (*)',
    ]);
  });

  it('are none in a file that names no image', () => assert.deepEqual(imagesIn('a.yaml', 'a: b: c: ['), []));
});
