import assert from 'node:assert/strict';
import { digest, foundIn, imagesIn } from './foundIn.ts';

describe('references in Kubernetes manifests', () => {
  it("are every image of every document: containers, init containers, lists, other people's kinds", () => {
    const text = `apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      initContainers: [{name: i, image: acme/init:1}]
      containers:
      - name: web
        image: index.docker.io/acme/web:1.2@${digest}
        env: [{name: IMAGE, value: x}]
---
apiVersion: example.com/v1
kind: Database
spec: { baseImage: "acme/db:3", imagePullPolicy: Always }
--- # none
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, spec: {containers: [{image: localhost:5000/acme/no:1}, {image: acme/listed}]}}
`;
    assert.deepEqual(foundIn('deploy/all.yaml', text), [
      '6:41 acme/init:1',
      `9:16 acme/web:1.2@${digest}`,
      '14:20 acme/db:3',
      '20:94 acme/listed:latest',
    ]);
  });

  it('are told where a template leaves a tag open', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: acme/a:${TAG}\n  - image: acme/b:__TAG__\n  - image: acme/c:<tag>\n  - image: acme/d:%TAG%\n  - image: $(IMAGE)\n  - image: acme/e:${TAG:=1}\n';
    assert.deepEqual(imagesIn('a.yaml', text), [
      '? unresolved acme/a:${TAG} (acme/a)',
      '? unresolved acme/b:__TAG__ (acme/b)',
      '? unresolved acme/c:<tag> (acme/c)',
      '? unresolved acme/d:%TAG% (acme/d)',
      '? unresolved $(IMAGE) (*)',
      '? unresolved acme/e:${TAG:=1} (acme/e)',
    ]);
  });

  it('are found with CRLF, a BOM and tabs in the text', () => {
    assert.deepEqual(
      foundIn(
        'a.yaml',
        "\ufeffapiVersion: v1\r\nkind: Pod\r\nspec:\r\n  containers:\r\n  - image: acme/a:1\t# why\r\n  - image: 'acme/b:2'\r\n",
      ),
      ['5:12 acme/a:1', '6:12 acme/b:2'],
    );
  });

  it('are found in a file with a mistake as far as it can be read, and the mistake is told', () => {
    const found = imagesIn(
      'a.yaml',
      'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: acme/a:1\n    x: [\n  - image: acme/b:2\n',
    );
    assert.ok(found.includes('acme/a:1') && found.includes('acme/b:2'), found.join('\n'));
    assert.equal(found.filter((line) => line.startsWith('? unreadable')).length, 1);
  });

  it("are read line by line in a chart's template, which need be no YAML", () => {
    const text = `apiVersion: apps/v1
kind: Deployment
spec:
  containers:
  {{- range .Values.workers }}
  - image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
  - image: acme/fixed:1 # because
  - image: "acme/web:{{ .Chart.AppVersion }}"
  - image: {{ include "chart.image" . }}
  # image: acme/no:1
  {{- end }}
`;
    assert.deepEqual(foundIn('chart/templates/web.yaml', text), [
      '7:12 acme/fixed:1',
      '? 6:12 unresolved {{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }} (*)',
      '? 8:12 unresolved acme/web:{{ .Chart.AppVersion }} (acme/web)',
      '? 9:12 unresolved {{ include "chart.image" . }} (*)',
    ]);
  });
});

describe('references in a kustomization', () => {
  it('are its images, with the names and tags that they get', () => {
    const text = `images:
- name: acme/web
  newTag: 1.10
- {name: acme/a, newName: acme/b, newTag: v2}
- name: postgres
  newName: acme/pg
- name: acme/c
  digest: ${digest}
- name: acme/d
  newName: ghcr.io/acme/d
  newTag: v1
- name: acme/unused
`;
    for (const path of ['kustomization.yaml', 'kustomization.yml', 'overlays/prod/Kustomization']) {
      assert.deepEqual(
        foundIn(path, text),
        ['3:11 acme/web:1.10', '4:43 acme/b:v2', `8:11 acme/c@${digest}`, '? 6:12 unresolved acme/pg (acme/pg)'],
        path,
      );
    }
  });
});

describe('references in the values of a Helm chart', () => {
  it('are repository and tag, at any depth, with their registry', () => {
    const text = `image:
  repository: acme/web
  tag: "1.2"
  pullPolicy: Always
sidecar:
  image: {registry: docker.io, repository: acme/side, tag: v1, digest: ""}
  other: {image: {registry: ghcr.io, repository: acme/no, tag: 1}}
controller: { repository: acme/ctl, tag: v2 }
pinned: { image: { repository: acme/pin, digest: "${digest}" } }
plain: { image: "acme/plain:1" }
old: { image: acme/old, imageTag: "9" }
name: { image: { name: acme/named, tag: "3" } }
`;
    for (const path of ['values.yaml', 'chart/values-prod.yaml', 'prod.values.yml', 'values.prod.yaml']) {
      assert.deepEqual(
        imagesIn(path, text),
        [
          'acme/web:1.2',
          'acme/side:v1',
          'acme/ctl:v2',
          `acme/pin@${digest}`,
          'acme/plain:1',
          'acme/old:9',
          'acme/named:3',
        ],
        path,
      );
    }
  });

  it('without a tag are told, since the chart says it elsewhere', () => {
    assert.deepEqual(
      foundIn(
        'values.yaml',
        'image:\n  repository: acme/web\n  tag: ""\nside:\n  image: {repository: acme/side, pullPolicy: Always}\n',
      ),
      ['? 2:15 unresolved acme/web (acme/web)', '? 5:23 unresolved acme/side (acme/side)'],
    );
  });

  it('with a tag that is a number are both what is written and what Helm makes of it', () => {
    assert.deepEqual(imagesIn('values.yaml', 'image:\n  repository: acme/web\n  tag: 1.10\n'), [
      'acme/web:1.10',
      'acme/web:1.1',
    ]);
  });

  it('are merged', () => {
    assert.deepEqual(
      foundIn(
        'values.yaml',
        'd: &d {repository: acme/web, tag: v1}\nimage:\n  <<: *d\n  tag: v2\nother:\n  image: {<<: [*d]}\n',
      ),
      ['1:35 acme/web:v1', '4:8 acme/web:v2'],
    );
  });
});
