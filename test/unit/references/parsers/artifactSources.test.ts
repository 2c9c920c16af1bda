import assert from 'node:assert/strict';
import { imagesIn } from './foundIn.ts';

describe('charts and artifacts on Docker Hub', () => {
  for (const [path, text, expected] of [
    [
      'Chart.yaml',
      'dependencies: [ { name: a, repository: "oci://docker.io/acmecharts", version: 1.2.3+4 }, { name: b, repository: "https://x.org", version: 1.0.0 } ]\n',
      ['acmecharts/a:1.2.3_4'],
    ],
    [
      'Chart.yaml',
      'dependencies: [ { name: a, repository: "oci://docker.io/acmecharts", version: "^1.2" } ]\n',
      ['? unresolved docker.io/acmecharts/a (docker.io/acmecharts/a)'],
    ],
    [
      'app.yaml',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { sources: [ { repoURL: "oci://registry-1.docker.io/acmecharts", chart: web, targetRevision: 1.2.3 } ] }\n',
      ['acmecharts/web:1.2.3'],
    ],
    [
      'app.yaml',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { source: { repoURL: "oci://docker.io/acme/manifests", path: ., targetRevision: v3 } }\n',
      ['acme/manifests:v3'],
    ],
    [
      'hr.yaml',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: { chart: { spec: { chart: web, version: 1.2.3, sourceRef: { kind: HelmRepository, name: r } } } }\n---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: { name: r }\nspec: { type: oci, url: "oci://docker.io/acmecharts" }\n',
      ['acmecharts/web:1.2.3'],
    ],
    [
      'hr.yaml',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: { chart: { spec: { chart: web, version: 1.2.3, sourceRef: { kind: HelmRepository, name: r } } } }\n',
      ['? unresolved web:1.2.3 (*/web)'],
    ],
    [
      'oci.yaml',
      'apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nspec: { url: "oci://docker.io/acme/m", ref: { semver: ">=1" } }\n',
      ['? unresolved docker.io/acme/m (docker.io/acme/m)'],
    ],
    [
      'helmfile.yaml',
      'repositories: [ { name: acme, url: registry-1.docker.io/acmecharts, oci: true } ]\nreleases: [ { name: web, chart: acme/web, version: 1.2.3 }, { name: b, chart: "oci://docker.io/acmecharts/b", version: 2.0.0 } ]\n',
      ['acmecharts/web:1.2.3', 'acmecharts/b:2.0.0'],
    ],
    [
      'kustomization.yaml',
      'helmCharts: [ { name: web, repo: "oci://docker.io/acmecharts", version: 1.0.0 } ]\n',
      ['acmecharts/web:1.0.0'],
    ],
    [
      'provider.yaml',
      'apiVersion: pkg.crossplane.io/v1\nkind: Provider\nspec: { package: docker.io/acme/p }\n',
      ['acme/p:latest'],
    ],
    [
      'c.yml',
      'image: 123.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/acme/a:1\nb: { image: "harbor.example.com/dockerhub-proxy/acme/b:$T" }\nc: { image: ghcr.io/acme/c:1 }\n',
      ['acme/a:1', '? unresolved harbor.example.com/dockerhub-proxy/acme/b:$T (acme/b)'],
    ],
  ] as const) {
    it(`${JSON.stringify(text).slice(0, 120)} in ${path}`, () => assert.deepEqual(imagesIn(path, text), expected));
  }
});

describe('E10: a JSON patch in one line', () => {
  for (const patch of [
    '\'[{"op": "replace", "path": "/spec/containers/0/image", "value": "acme/p:1"}]\'',
    '|-\n    [{"op": "replace", "path": "/spec/containers/0/image", "value": "acme/p:1"}]',
    '>-\n    [{"op": "replace",\n     "path": "/spec/containers/0/image", "value": "acme/p:1"}]',
    '|\n    - {op: add, path: /spec/baseImage, value: acme/p:1}',
    '|\n    {"spec": {"containers": [{"name": "a", "image": "acme/p:1"}]}}',
  ]) {
    it(`E10: ${patch.replaceAll('\n', ' ')}`, () =>
      assert.deepEqual(imagesIn('kustomization.yaml', `patches:\n- patch: ${patch}\n`), ['acme/p:1']));
  }
});
