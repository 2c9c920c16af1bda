import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import * as vscode from 'vscode';

import { WorkspaceReferences } from '../../src/editor/references/workspaceReferences.ts';
import { ReaderThread } from '../../src/references/reader/readerThread.ts';

/** A digest that begins like this. */
const digest = `sha256:${'ab'.repeat(32)}`;

/** Of each kind of file its text, and the tag or digest of `acme/web` that it names. */
type Files = Readonly<Record<string, readonly [text: string, names: string]>>;

const structured: Files = {
  Dockerfile: ['FROM acme/web:dockerfile\n', 'dockerfile'],
  'compose.yaml': ['services: {web: {image: "acme/web:compose"}}\n', 'compose'],
  'chart/values.yaml': ['image: {repository: acme/web, tag: values}\n', 'values'],
};

const literal: Files = {
  'scripts/deploy.sh': ['#!/bin/sh\ndocker run --rm acme/web:script\n', 'script'],
  Makefile: ['run:\n\tdocker run acme/web:make\n', 'make'],
  Jenkinsfile: ["pipeline { agent { docker { image 'acme/web:jenkins' } } }\n", 'jenkins'],
  '.github/workflows/ci.yml': [
    'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: docker run acme/web:run-step\n',
    'run-step',
  ],
  'task-definition.json': ['{"containerDefinitions": [{"name": "web", "image": "acme/web:ecs"}]}\n', 'ecs'],
  'patch.json': ['[{"op":"replace","path":"/spec/image","value":"acme/web:json-patch"}]', 'json-patch'],
  'main.tf': ['resource "docker_image" "web" {\n  name = "acme/web:terraform"\n}\n', 'terraform'],
  'web.nomad': ['task "web" {\n  config {\n    image = "docker.io/acme/web:nomad"\n  }\n}\n', 'nomad'],
  'docker-bake.hcl': ['target "web" {\n  tags = ["acme/web:bake"]\n}\n', 'bake'],
  'fly.toml': ['[build]\nimage = "acme/web:toml"\n', 'toml'],
  Earthfile: ['VERSION 0.8\nFROM acme/web:earth\n', 'earth'],
  'default.nix': ['{ image = "acme/web:nix"; }\n', 'nix'],
  'BUILD.bazel': ['oci_pull(name = "web", image = "docker.io/acme/web:bazel")\n', 'bazel'],
  'web.container': ['[Container]\nImage=docker.io/acme/web:quadlet\n', 'quadlet'],
  'deployment.yaml.j2': ['image: acme/web:jinja\nname: {{ name }}\n', 'jinja'],
  'pod.tpl': ['containers: [{image: "acme/web:tpl"}]\n', 'tpl'],
  '.env': ['IMAGE=acme/web:environment\n', 'environment'],
  'src/app.ts': ["export const image = 'acme/web:source';\n", 'source'],
  'README.md': ['Run `docker run acme/web:documentation`.\n', 'documentation'],
  'no-ending': [`--image=acme/web@${digest}\n`, digest],
};

describe('any file of the workspace', () => {
  const folder = (): string => join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'any');
  let reader: ReaderThread;
  let references: WorkspaceReferences | undefined;

  beforeEach(() => {
    const { extensionPath } = vscode.extensions.getExtension('pruner-for-docker-hub.docker-hub-pruner')!;
    reader = new ReaderThread(join(extensionPath, 'dist', 'readerProgram.cjs'));
  });
  afterEach(async () => {
    references?.dispose();
    reader[Symbol.dispose]();
    await rm(folder(), { recursive: true, force: true });
  });

  for (const [what, files] of [
    ['has a structure', structured],
    ['only writes it out', literal],
  ] as const) {
    it(`protects what it names, where it ${what}; not where it is binary`, async () => {
      for (const [path, [text]] of Object.entries(files)) {
        await mkdir(dirname(join(folder(), path)), { recursive: true });
        await writeFile(join(folder(), path), text);
      }
      await writeFile(join(folder(), 'program'), new Uint8Array(Buffer.from('\u0000ELF acme/web:binary')));
      references = new WorkspaceReferences(reader, (line) => assert.fail(line));
      await references.ready(undefined, ['acme']);
      const { tags, digests } = references.usesOf({ namespace: 'acme', name: 'web' });
      const found = new Map([...tags, ...digests].map(([name, place]) => [name, place.replace(/:\d+$/, '')]));
      assert.deepEqual(
        [...found].sort(),
        Object.entries(files)
          .map(([path, [, name]]) => [name, `any/${path}`])
          .sort(),
      );
    });
  }
});
