import assert from 'node:assert/strict';
import { readReferences } from '../../../../src/references/reader/readReferences.ts';
import { imagesIn } from './foundIn.ts';

describe('E2: name and tag in two scalars', () => {
  for (const [written, expected] of [
    ['image: acme/web\ntag: v3', 'acme/web:v3'],
    ['imageName: acme/web\nimageTag: v3', 'acme/web:v3'],
    ['dockerImage: acme/web\ndockerTag: v3', 'acme/web:v3'],
    ['web_image: acme/web\nweb_image_tag: v3', 'acme/web:v3'],
    ['web_image: acme/web\nweb_version: "1.4"', 'acme/web:1.4'],
    ['web_image_name: acme/web\nweb_image_version: v3', 'acme/web:v3'],
    ['web_image_repo: docker.io/acme/web\nweb_image_tag: v3', 'acme/web:v3'],
    ['webImage: acme/web\nwebImageTag: v3', 'acme/web:v3'],
    ['container-image: acme/web\ncontainer-image-tag: v3', 'acme/web:v3'],
    ['image: { repo: acme/web, tag: v3 }', 'acme/web:v3'],
    ['image: { registry: docker.io, repository: acme/web, version: v3 }', 'acme/web:v3'],
    ['image: { registry: docker.io/acme, name: web, tag: v3 }', 'acme/web:v3'],
    ['image: { repository: acme, name: web, tag: v3 }', 'acme/web:v3'],
    ['image: { repository: acme/web }\ntag: v3', 'acme/web:v3'],
    ['image: { repository: acme/web, tag_major: 3, tag_minor: 1 }', 'acme/web:3.1'],
    ['baseImage: acme/web\nversion: v3', 'acme/web:v3'],
    ['images: { web: { name: acme/web, tag: v3 } }', 'acme/web:v3'],
    ['images: { web: acme/web, tag: v3 }', 'acme/web:v3'],
    ['list: [ { name: acme/web, tag: v3 } ]\nimage: x', 'acme/web:v3'],
    ['env: [ { name: WEB_IMAGE, value: acme/web }, { name: WEB_TAG, value: v3 } ]', 'acme/web:v3'],
    ['literals: [ WEB_IMAGE=acme/web, WEB_VERSION=v3 ]', 'acme/web:v3'],
    ['setValues: { web.image.repository: acme/web, web.image.tag: v3 }', 'acme/web:v3'],
    ['set: [ { name: web.image, value: acme/web }, { name: web.tag, value: v3 } ]', 'acme/web:v3'],
  ] as const) {
    for (const [path, text] of [
      ['values.yaml', written],
      ['group_vars/all.yml', written],
      ['cr.yaml', `apiVersion: x/v1\nkind: Y\nspec:\n${written.replace(/^/gm, '  ')}`],
    ] as const) {
      it(`E2: ${written.replace('\n', ' ')} in ${path}`, () =>
        assert.ok(imagesIn(path, `${text}\n`).includes(expected), imagesIn(path, `${text}\n`).join('\n')));
    }
  }

  it('E2: a tag protects instead of latest; a version, which may be that of something else, beside it', () => {
    assert.deepEqual(imagesIn('cr.yaml', 'apiVersion: x/v1\nkind: Y\nspec: { image: acme/web, tag: v3 }\n'), [
      'acme/web:v3',
    ]);
    assert.deepEqual(imagesIn('cr.yaml', 'apiVersion: x/v1\nkind: Y\nspec: { image: acme/web, version: v3 }\n'), [
      'acme/web:latest',
      'acme/web:v3',
    ]);
  });

  it('E2: what has another word in front stays apart', () => {
    assert.deepEqual(
      imagesIn(
        'group_vars/all.yml',
        'web_image: acme/web\nweb_tag: v1\napi_image: acme/api\napi_tag: v2\nnode_version: "20"\n',
      ),
      ['acme/web:v1', 'acme/api:v2'],
    );
  });
});

describe('E1: a tag without its repository', () => {
  const lone = (path: string, text: string): string[] =>
    (readReferences({ path, text }).loneTags ?? []).map(
      ({ keys, tag, digest, line }) => `${line} [${keys}] ${tag ?? digest}`,
    );

  for (const [path, text, expected] of [
    ['values-prod.yaml', 'image:\n  tag: v8\n', ['2 [image] v8']],
    ['envs/prod.yaml', 'web:\n  image: { tag: 1.10 }\n', ['2 [web.image] 1.10', '2 [web.image] 1.1']],
    ['values-prod.yaml', 'imageTag: "1.8.2"\n', ['1 [image] 1.8.2']],
    ['values-prod.yaml', 'web: { tag: v3, gitTag: v4, version: 5 }\n', ['1 [web] v3']],
    ['values-prod.yaml', `image: { digest: "sha256:${'a'.repeat(64)}" }\n`, [`1 [image] sha256:${'a'.repeat(64)}`]],
    [
      'r.yaml',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    web: { image: { tag: v3 } }\n',
      ['5 [web.image] v3'],
    ],
    [
      'a.yaml',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { source: { helm: { parameters: [ { name: web.image.tag, value: v7 } ] } } }\n',
      ['3 [web.image] v7'],
    ],
    [
      'a.yaml',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      values: |\n        image:\n          tag: v7\n',
      ['8 [image] v7'],
    ],
    [
      'a.yaml',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { source: { helm: { valuesObject: { image: { tag: v7 } } } } }\n',
      ['3 [image] v7'],
    ],
    ['kustomization.yaml', 'helmCharts:\n- { name: x, valuesInline: { image: { tag: v4 } } }\n', ['2 [image] v4']],
    ['p.yaml', '- { op: replace, path: /spec/values/image/tag, value: v3 }\n', ['1 [image] v3']],
    ['group_vars/all.yml', 'web_image_tag: v3\nnode_version: 20\n', ['1 [webimage] v3']],
  ] as const) {
    it(`E1: ${JSON.stringify(text).slice(0, 90)} in ${path}`, () => {
      assert.deepEqual(lone(path, text), expected);
      assert.deepEqual(readReferences({ path, text }).doubts, []);
    });
  }

  it('E1: an unknown one is told', () =>
    assert.deepEqual(imagesIn('values-prod.yaml', 'image:\n  tag: ${TAG}\n'), ['? unresolved ${TAG} (*)']));

  it('E1: is none where a name stands beside it, nor where a placeholder of the file uses it', () => {
    assert.deepEqual(
      lone(
        'values.yaml',
        'image: { repository: acme/web, tag: v1 }\napi: { image: { repository: acme/api }, tag: v2 }\n',
      ),
      [],
    );
    assert.deepEqual(lone('group_vars/all.yml', 'image_tag: v1\nimage: "acme/web:{{ image_tag }}"\n'), []);
    assert.deepEqual(lone('.github/workflows/a.yml', 'env: { IMAGE_TAG: v1 }\njobs: {}\n'), []);
  });

  it('E1: belongs to the repositories that values files name, by the same keys', () => {
    const { repositories } = readReferences({
      path: 'chart/values.yaml',
      text: 'image:\n  repository: acme/web\n  tag: ""\napi:\n  image: acme/api:1\nworker_image: acme/worker\nother: { image: ghcr.io/acme/no }\n',
    });
    assert.deepEqual(repositories?.map(({ keys, namespace, name }) => `${keys} ${namespace}/${name}`).sort(), [
      'api acme/api',
      'api.image acme/api',
      'image acme/web',
      'workerimage acme/worker',
    ]);
  });
});

describe('E8: what is filled in elsewhere', () => {
  for (const [path, text] of [
    ['roles/x/tasks/main.yml', '- docker_container: { image: "{{ x_image }}" }\n'],
    ['roles/x/tasks/main.yml', '- docker_container: { image: "{{ x_name }}:{{ x_version }}" }\n'],
    ['a.yaml', 'image: $BUILD_IMAGE\n'],
    ['a.yaml', 'web: { image: "${REGISTRY}/web:${TAG}" }\n'],
    ['a.yaml', 'image: { name: "$IMAGE" }\n'],
    ['a.yaml', 'image: { repository: "$IMAGE", tag: "$TAG" }\n'],
    ['a.yaml', 'matrix: { image: [ "$FOO" ] }\n'],
    ['ci/build.yml', 'build:\n  image: $BUILD_IMAGE\n  script: [ x ]\n'],
    ['broken.yaml', 'a: [\nimage: $FOO\n'],
    ['t/deploy.yaml', 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image:\n      {{ include "x" . }}\n'],
    ['app.yml.j2', '{% if x %}\nimage: {{ x }}\n{% endif %}\n'],
  ] as const) {
    it(`E8: is told: ${JSON.stringify(text)} in ${path}`, () =>
      assert.ok(
        readReferences({ path, text }).doubts.some(({ pattern }) => pattern === undefined || pattern.includes('*')),
      ));
  }
});

describe('files that name no image', () => {
  for (const [path, text] of [
    [
      'openapi.yaml',
      'openapi: 3.0.0\npaths: { "/images/{id}": { get: { parameters: [ { name: tag, in: query, schema: { type: string, default: latest } } ] } } }\ncomponents: { schemas: { Image: { properties: { image: { type: string, format: uri }, version: { type: string } } } } }\n',
    ],
    ['.travis.yml', 'language: node_js\nnode_js: [ "20" ]\nservices: [ docker ]\nscript: npm test\n'],
    [
      '.github/workflows/ci.yml',
      'on: push\nenv: { VERSION: "1.2" }\njobs: { a: { runs-on: "${{ matrix.os }}", strategy: { matrix: { os: [ubuntu-latest], node: [20] } }, steps: [ { uses: actions/checkout@v4, with: { ref: "${{ github.sha }}" } }, { run: "echo $X" } ] } }\n',
    ],
    [
      '.gitlab-ci.yml',
      'stages: [ test ]\nvariables: { V: "1", PATHS: "$CI_PROJECT_DIR/x" }\nt: { stage: test, script: [ "make $V", "IMAGE=$V make" ], rules: [ { if: "$CI_COMMIT_TAG" } ], tags: [ docker, linux/x ] }\n',
    ],
    [
      'svc.yaml',
      'apiVersion: v1\nkind: Service\nmetadata: { name: web, labels: { app.kubernetes.io/version: "1.2", tag: x } }\nspec: { ports: [ { port: 80, targetPort: http } ] }\n',
    ],
    [
      'cm.yaml',
      'apiVersion: v1\nkind: ConfigMap\ndata: { URL: "http://a/b:80", PATH: "/a/b:/c/d", ratio: "1/2", run.sh: "docker build -t $X ." }\n',
    ],
    [
      'mkdocs.yml',
      'site_name: x\ntheme: { logo: assets/logo.png, image: assets/og.png }\nrepo_url: https://github.com/acme/web\nrepo_name: acme/web\n',
    ],
    ['docs/post.yml', 'version: 1\ncover_image: /img/a.png\nimages: { logo: "img/a.png" }\ntags: [ a, b ]\n'],
    [
      'values-empty.yaml',
      'replicas: 3\nservice: { type: ClusterIP, port: 80 }\nimagePullSecrets: []\nimage: { pullPolicy: Always }\n',
    ],
  ] as const) {
    it(`are silent: ${path}`, () => {
      const { doubts, loneTags } = readReferences({ path, text });
      assert.deepEqual([doubts, loneTags], [[], undefined]);
    });
  }
});
