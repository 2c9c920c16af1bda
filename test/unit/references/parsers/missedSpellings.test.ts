import assert from 'node:assert/strict';
import { fileKind } from '../../../../src/references/files/fileKind.ts';
import { mayMean } from '../../../../src/references/images/namePattern.ts';
import { readReferences } from '../../../../src/references/reader/readReferences.ts';
import { digest, foundIn, imagesIn } from './foundIn.ts';

const pod = 'apiVersion: v1\nkind: Pod\nspec:\n';

describe('references that are written in less common ways', () => {
  it('are found in a Dockerfile whose name has a dash or an underscore', () => {
    assert.deepEqual(imagesIn('Dockerfile-dev', 'FROM acme/web:1.2\n'), ['acme/web:1.2']);
    assert.deepEqual(imagesIn('ci/dockerfile_prod', 'FROM acme/web:1.2\n'), ['acme/web:1.2']);
    assert.deepEqual(['dockerfile-lint.js', 'Dockerfile_notes.md', 'dockerfiles'].map(fileKind), [
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are found in a volume that is an image', () => {
    assert.deepEqual(
      foundIn(
        'a.yaml',
        `${pod}  volumes:\n  - name: model\n    image:\n      reference: acme/model:1\n      pullPolicy: Always\n`,
      ),
      ['7:18 acme/model:1'],
    );
  });

  it('are found in variables of operators, whatever their names, as far as they are images', () => {
    assert.deepEqual(
      imagesIn(
        'a.yaml',
        `${pod}  env:\n  - {name: RELATED_IMAGE_WEB, value: "acme/web:1"}\n  - {name: IMAGE_COUNT, value: "3"}\n  - {name: OTHER, value: "acme/other:1"}\n  - {name: BARE, value: "acme/no"}\n  - {name: PAIR, value: "no:1"}\n`,
      ),
      ['acme/web:1', 'acme/other:1'],
    );
  });

  it('are found where Argo CD renames images', () => {
    const text = `apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {source: {kustomize: {images: ["acme/a:1", "old=acme/b:2", "acme/old=acme/c@${digest}"]}}}\n`;
    assert.deepEqual(imagesIn('app.yaml', text), ['acme/a:1', 'acme/b:2', `acme/c@${digest}`]);
  });

  it('are found in patches, written into a kustomization or not', () => {
    const text =
      'patches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: replace\n      path: /spec/template/spec/containers/0/image\n      value: acme/web:1.2\n- patch: |\n    spec:\n      containers:\n      - image: acme/api:3\n';
    assert.deepEqual(
      foundIn('kustomization.yaml', text).map((line) => line.replace(/:\d+ /, ' ')),
      ['6 acme/web:1.2', '10 acme/api:3'],
    );
    assert.deepEqual(
      imagesIn('patch.yaml', '- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: acme/web:1.2\n'),
      ['acme/web:1.2'],
    );
  });

  it('are found in a manifest that is a file of a ConfigMap', () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\ndata:\n  pod.yaml: |\n    kind: Pod\n    spec:\n      containers:\n      - image: acme/agent:4\n  run.sh: |\n    image: acme/tool:5\n    if [ x ]; then { }\n';
    assert.deepEqual(
      foundIn('a.yaml', text)
        .filter((line) => !line.startsWith('?'))
        .map((line) => line.replace(/:\d+ /, ' ')),
      ['8 acme/agent:4', '10 acme/tool:5'],
    );
  });

  it('are found on an axis of a matrix, and in the build of a devcontainer', () => {
    assert.deepEqual(
      imagesIn('.github/workflows/a.yml', 'jobs: {a: {strategy: {matrix: {image: ["acme/a:1", "acme/b:2"]}}}}\n'),
      ['acme/a:1', 'acme/b:2'],
    );
    assert.deepEqual(
      imagesIn('devcontainer.json', '{"build": {"args": {"BASE": "acme/base:1", "VERSION": "1:2", "N": 3}}}'),
      ['acme/base:1'],
    );
  });

  it('stop at one text within another, however deep they go', () => {
    const nested = (depth: number): string =>
      depth === 0 ? 'image: acme/web:1\n' : `a: |\n${nested(depth - 1).replace(/^/gm, '  ')}`;
    assert.deepEqual(imagesIn('kustomization.yaml', nested(1)), ['acme/web:1']);
    assert.deepEqual(imagesIn('kustomization.yaml', nested(5)), []);
  });

  for (const [written, means] of [
    ['$(IMAGE)', true],
    ['$(REGISTRY)/web:1', true],
    ['$(REGISTRY)/api:1', false],
    ['$[[ inputs.image ]]', true],
    ['$IMAGE[0]', true],
    ['docker.io/$(NAME)', true],
    ['ghcr.io/$(NAME)', false],
  ] as const) {
    it(`are told to ${means ? '' : 'not '}mean acme/web perhaps, as "${written}"`, () => {
      const { references, doubts } = readReferences({
        path: 'a.yaml',
        text: `${pod}  containers:\n  - image: "${written}"\n`,
      });
      assert.deepEqual(references, []);
      assert.equal(
        doubts.some(({ pattern }) => pattern === undefined || mayMean(pattern, { namespace: 'acme', name: 'web' })),
        means,
      );
    });
  }
});
