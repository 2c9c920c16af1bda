import assert from 'node:assert/strict';
import { imagesIn } from './foundIn.ts';

describe('E3: an image in a map with its name', () => {
  for (const path of ['bitbucket-pipelines.yml', 'values.yaml', 'ci/x.yml', 'a.yaml']) {
    it(`E3: in ${path}`, () =>
      assert.deepEqual(
        imagesIn(
          path,
          'image:\n  name: acme/build:1.4\n  username: $U\nweb:\n  image: { name: "docker.io/acme/web:2", pullPolicy: Always }\n',
        ),
        ['acme/build:1.4', 'acme/web:2'],
      ));
  }

  it('E3: without a tag is the latest of a job, and in doubt in the values of a chart', () => {
    assert.deepEqual(imagesIn('bitbucket-pipelines.yml', 'image: { name: acme/build }\npipelines: { default: [] }\n'), [
      'acme/build:latest',
    ]);
    assert.deepEqual(imagesIn('values.yaml', 'image: { name: acme/build }\n'), [
      '? unresolved acme/build (acme/build)',
    ]);
  });
});

describe('E4: files that GitLab includes', () => {
  it('E4: have services, as texts and as maps', () => {
    assert.deepEqual(
      imagesIn(
        'ci/jobs.yml',
        '.db:\n  services: [ acme/pg:14, acme/plain, { name: "acme/redis:7" } ]\njob:\n  image: { name: acme/job, entrypoint: [""] }\n  script: [ x ]\n',
      ),
      ['acme/pg:14', 'acme/plain:latest', 'acme/redis:7', 'acme/job:latest'],
    );
  });

  it('E4: take variables of what extends a job, of its rules and of its matrix', () => {
    const text = `variables: { V: "0" }
.base: { image: "acme/base:$V" }
a: { extends: .base, variables: { V: "1" }, script: [ x ] }
b: { extends: [ .other, .base ], rules: [ { if: x, variables: { V: "2" } } ], script: [ x ] }
c: { extends: a, script: [ x ] }
d: { image: "acme/d:$V", parallel: { matrix: [ { V: [ "3", "4" ], W: x } ] }, script: [ x ] }
workflow: { rules: [ { if: x, variables: { V: "5" } } ] }
`;
    for (const path of ['.gitlab-ci.yml', 'ci/any.yml']) {
      assert.deepEqual(
        [...new Set(imagesIn(path, text))].sort(),
        ['acme/base:0', 'acme/base:1', 'acme/base:2', 'acme/base:5', 'acme/d:0', 'acme/d:3', 'acme/d:4', 'acme/d:5'],
        path,
      );
    }
  });

  it('E4: take the variables of every job for the image of all', () => {
    assert.deepEqual(
      imagesIn(
        '.gitlab-ci.yml',
        'default: { image: "acme/all:$V" }\nvariables: { V: "1" }\nj: { variables: { V: "2" }, script: [ x ] }\n',
      ),
      ['acme/all:1', 'acme/all:2'],
    );
  });

  it('E4: have inputs with defaults, which whoever includes them may replace', () => {
    assert.deepEqual(
      imagesIn(
        'templates/c.yml',
        'spec:\n  inputs:\n    version: { default: "1.2" }\n---\njob:\n  image: acme/c:$[[ inputs.version ]]\n  script: [ x ]\n',
      ),
      ['acme/c:1.2', '? overridable acme/c:$[[ inputs.version ]] (acme/c)'],
    );
  });
});

describe('E6: what the jobs of CI systems run', () => {
  it('E6: services of GitHub that are texts, with and without a tag, and variables of the file', () => {
    assert.deepEqual(
      imagesIn(
        '.github/workflows/a.yml',
        'env: { T: "9" }\njobs: { a: { services: { db: acme/pg:10, cache: acme/redis, e: "acme/e:${{ env.T }}" } } }\n',
      ),
      ['acme/pg:10', 'acme/redis:latest', 'acme/e:9'],
    );
  });

  it('E6: every value of a matrix', () => {
    assert.deepEqual(
      imagesIn(
        '.github/workflows/a.yml',
        'jobs: { a: { strategy: { matrix: { v: [1, 2], include: [ { v: 3 } ] } }, container: "acme/ci:${{ matrix.v }}" } }\n',
      ),
      ['acme/ci:1', 'acme/ci:2', 'acme/ci:3'],
    );
  });

  for (const [path, text, expected] of [
    [
      'azure-pipelines.yml',
      'variables: { img: acme/v }\njobs: [ { job: a, container: "acme/a:1" }, { job: b, container: { image: "$(img):2" } }, { job: c, container: alias } ]\n',
      ['acme/a:1', 'acme/v:2'],
    ],
    [
      'azure-pipelines.yml',
      'steps: [ { task: Docker@2, inputs: { repository: acme/web, tags: "v1\\nv2" } } ]\n',
      ['acme/web:v1', 'acme/web:v2'],
    ],
    [
      '.circleci/config.yml',
      'version: 2.1\njobs: { b: { parameters: { v: { default: "7", type: string } }, docker: [ { image: acme/x }, { image: "acme/y:<< parameters.v >>" } ] } }\n',
      ['acme/x:latest', 'acme/y:7', '? overridable acme/y:<< parameters.v >> (acme/y)'],
    ],
    [
      'cloudbuild.yaml',
      'steps: [ { name: acme/c, entrypoint: bash }, { name: gcr.io/x/y, args: [ a ] } ]\nimages: [ "acme/z:$_T" ]\nsubstitutions: { _T: v1 }\n',
      ['acme/c:latest', 'acme/z:v1'],
    ],
    [
      '.drone.yml',
      'steps: [ { name: p, settings: { repo: acme/out, tags: [ "1", latest ] } } ]\n',
      ['acme/out:1', 'acme/out:latest'],
    ],
    [
      'bitbucket-pipelines.yml',
      'pipelines: { default: [ { step: { script: [ { pipe: "docker://acme/p" }, { pipe: "docker://acme/q:2" } ] } } ] }\n',
      ['acme/p:latest', 'acme/q:2'],
    ],
    [
      'task.yaml',
      'apiVersion: tekton.dev/v1\nkind: Task\nspec: { params: [ { name: V, default: "3" } ], steps: [ { image: "acme/t:$(params.V)" } ] }\n',
      ['acme/t:3', '? overridable acme/t:$(params.V) (acme/t)'],
    ],
    [
      'op.yaml',
      'apiVersion: v1\nkind: Pod\nspec: { containers: [ { args: [ --default-image, acme/d, --x-image=acme/x, "-i=acme/i:1" ] } ] }\n',
      ['acme/d:latest', 'acme/x:latest', 'acme/i:1'],
    ],
    [
      'any.yml',
      'a: acme/whole:1\nb: [ "docker.io/acme/listed:2" ]\nc: no:1\nd: ghcr.io/acme/no:1\ne: "acme/open:${T}"\n',
      ['acme/whole:1', 'acme/listed:2', '? unresolved acme/open:${T} (acme/open)'],
    ],
  ] as const) {
    it(`E6: ${JSON.stringify(text).slice(0, 100)} in ${path}`, () => assert.deepEqual(imagesIn(path, text), expected));
  }
});

describe('Ansible', () => {
  it('names images in modules, also in one line, with the variables of the file', () => {
    const text = `- hosts: all
  vars: { v: "1.2", n: acme/web, tag: "{{ v }}-a" }
  tasks:
  - docker_container: { name: x, image: "{{ n }}:{{ tag }}" }
  - community.docker.docker_container: name=y image=acme/y:{{ v }} state=started
  - containers.podman.podman_image: { name: docker.io/acme/pod, tag: v3 }
  - docker_image: name=acme/q tag={{ v }} source=pull
  - docker_image_pull: { name: acme/pull, tag: v4 }
  - docker_container: { image: "acme/d:{{ zz | default('5') }}" }
`;
    assert.deepEqual(imagesIn('site.yml', text), [
      'acme/web:1.2-a',
      'acme/y:1.2',
      'acme/pod:v3',
      'acme/q:1.2',
      'acme/pull:v4',
      'acme/d:5',
      "? overridable acme/d:{{ zz | default('5') }} (acme/d)",
    ]);
  });
});
