import assert from 'node:assert/strict';
import { fileKind } from '../../../../src/references/files/fileKind.ts';
import { cutPattern } from '../../../../src/references/images/cutPattern.ts';
import { withoutHeredocs } from '../../../../src/references/parsers/plainDockerfile.ts';
import { foundIn, imagesIn } from './foundIn.ts';

describe('E5: a Dockerfile with <<', () => {
  for (const line of [
    'RUN echo "use <<EOF for a text"',
    "RUN echo 'use <<EOF'",
    'RUN ["sh", "-c", "cat <<EOF"]',
    'RUN echo $((1<<2)) <<<here',
    'RUN a "<<EOF" \\\n  \'b <<X\'',
    '# a <<EOF in a comment',
    'LABEL a=<<EOF',
    'CMD cat <<EOF',
    'RUN echo \\\n# <<EOF\n  x',
  ]) {
    it(`E5: goes on after ${JSON.stringify(line)}`, () =>
      assert.deepEqual(imagesIn('Dockerfile', `FROM acme/a:1\n${line}\nFROM acme/b:2\nCOPY --from=acme/c:3 / /\n`), [
        'acme/a:1',
        'acme/b:2',
        'acme/c:3',
      ]));
  }

  it('E5: leaves out the texts of here-documents, and nothing else moves', () => {
    const text =
      'FROM acme/a:1\nRUN cat <<-\'A\' <<"B" > /x\n\tFROM acme/no:1\n\tA\nFROM acme/no:2\nB\nCOPY --from=acme/d:4 <<X /y\nFROM acme/no:5\nX\nONBUILD RUN <<E\nFROM acme/no:6\nE\nFROM acme/c:3\n';
    assert.deepEqual(foundIn('Dockerfile', text), ['1:6 acme/a:1', '7:6 acme/d:4', '13:6 acme/c:3']);
  });

  it('E5: tells a here-document that nothing ends, and reads on', () => {
    assert.deepEqual(imagesIn('Dockerfile', 'FROM acme/a:1\nRUN <<EOF\nx\n EOF\nFROM acme/b:2\n'), [
      'acme/a:1',
      'acme/b:2',
      '? unreadable nothing ends <<EOF ()',
    ]);
  });

  it('E5: takes a time in proportion to its length', () => {
    const startedAt = performance.now();
    withoutHeredocs('RUN <<A <<B\n'.repeat(50_000), '\\');
    withoutHeredocs(`RUN ${'<<'.repeat(100_000)}`, '\\');
    withoutHeredocs('RUN a \\\n'.repeat(100_000), '\\');
    assert.ok(performance.now() - startedAt < 1500);
  });
});

describe('a Dockerfile that is more than one', () => {
  it('may be a program, whose first line is for the shell', () =>
    assert.deepEqual(
      foundIn('Dockerfile', '#!/usr/bin/env -S docker build -f\n# syntax=acme/frontend:1.7\nFROM acme/a:1\n'),
      ['2:10 acme/frontend:1.7', '3:6 acme/a:1'],
    ));

  it('may be a template', () => {
    assert.deepEqual(
      imagesIn(
        'Dockerfile.j2',
        '{% set x = 1 %}\nFROM acme/a:1\n{% if y %}\nFROM acme/b:{{ v }}\nFROM "{{ reg }}/acme/c:1"\n{% endif %}\nRUN echo ${#x} {{ z }}\n',
      ),
      ['acme/a:1', '? unresolved acme/b:{{ v }} (acme/b)', '? unresolved {{ reg }}/acme/c:1 (*/acme/c)'],
    );
  });

  it('may cut its variables, and quote within them', () => {
    assert.deepEqual(
      imagesIn(
        'Dockerfile',
        'ARG V=v1.2.3\nFROM acme/a:${V#v}\nFROM acme/b:${V%.*}\nFROM acme/c:${V%%.*}\nFROM acme/d:${V//./-}\nFROM ${I:-"acme/e:1"}\n',
      ),
      ['acme/a:1.2.3', 'acme/b:v1.2', 'acme/c:v1', 'acme/d:v1-2-3', 'acme/e:1'],
    );
    const lookup = () => 'aXbXc';
    assert.deepEqual(
      ['V#*X', 'V##*X', 'V%X*', 'V%%X*', 'V/X/-', 'V#?', 'V#none', 'V/*/x', 'V'].map((expression) =>
        cutPattern(expression, lookup),
      ),
      ['bXc', 'c', 'aXb', 'a', 'a-bXc', 'XbXc', 'aXbXc', undefined, undefined],
    );
  });
});

describe('E9: names of files', () => {
  for (const [kind, paths] of [
    [
      'dockerfile',
      [
        'Dockerfile-3.11',
        'Dockerfile_alpine3.19',
        'DOCKERFILE',
        'DockerfileProd',
        'web-Dockerfile',
        'web_dockerfile',
        'Dockerfile.j2',
        'a/Dockerfile.in',
        'CONTAINERFILE-x',
        'my.Dockerfile.prod',
      ],
    ],
    ['compose', ['compose.Yaml', 'docker-compose.yml.j2', 'Docker-Compose.YML', 'compose.yaml.tmpl']],
    ['helmValues', ['values.yaml.tplt', 'values-prod.yaml.gotmpl', 'Values.yaml']],
    ['kustomization', ['Kustomization.yaml', 'kustomization.yml.j2']],
    ['yaml', ['a.yml.j2', 'x.yaml.tpl', 'A.YML']],
    [
      undefined,
      [
        'Dockerfile.md',
        'dockerfile-lint.js',
        'dockerfiles',
        'dockerfiles.go',
        'dockerfile.test.ts',
        'Dockerfile.dockerignore',
        'a.j2',
        'dockerfile_parser.py',
        'mydockerfile',
      ],
    ],
  ] as const) {
    for (const path of paths) it(`E9: ${path} is ${kind ?? 'none'}`, () => assert.equal(fileKind(path), kind));
  }
});

describe('E7: what a Compose file fills in', () => {
  const args = (text: string, ...environments: string[]) =>
    imagesIn('compose.yml', `services:\n  a:\n    build:\n      args: ${text}\n`, ...environments);
  it('E7: arguments out of variables, whole, by default and by name alone', () => {
    assert.deepEqual(args('{ B: "${IMG}" }', 'IMG=acme/b:9'), ['acme/b:9']);
    assert.deepEqual(args('{ B: "${IMG:-acme/b:8}" }'), ['acme/b:8', '? overridable ${IMG:-acme/b:8} (acme/b)']);
    assert.deepEqual(args('[ IMG, MODE ]', 'IMG=acme/b:7\nMODE=fast'), ['acme/b:7']);
    assert.deepEqual(args('{ IMG: }', 'IMG=acme/b:6'), ['acme/b:6']);
    assert.deepEqual(args('{ BASE_IMAGE: "${B}", MODE: "${M}" }'), ['? unresolved ${B} (*)']);
  });

  it('E7: caches with attributes in any order', () => {
    assert.deepEqual(
      imagesIn(
        'compose.yml',
        'services: { a: { build: { cache_from: [ "type=registry,ref=acme/c:1,mode=max", "ref=acme/c:2,type=registry", "type=gha", "acme/c:3" ], cache_to: [ "type=registry,ref=acme/c:4" ] } } }\n',
      ),
      ['acme/c:1', 'acme/c:2', 'acme/c:3', 'acme/c:4'],
    );
  });

  it('E7: what any of several environments says; what one knows is no doubt', () => {
    const text = 'services: { a: { image: "acme/a:$T" }, b: { image: "acme/b:$U" }, c: { image: "acme/c:$N" } }\n';
    assert.deepEqual(imagesIn('nested/compose.yml', text, 'T=nested', 'T=root\nU=1'), [
      'acme/a:nested',
      'acme/a:root',
      'acme/b:1',
      '? unresolved acme/c:$N (acme/c)',
    ]);
  });

  it('E7: a Dockerfile in it, with its arguments; models; a list of variables', () => {
    assert.deepEqual(
      imagesIn(
        'compose.yml',
        'services:\n  a:\n    environment: [ "X_IMAGE=acme/x:1", "Y=$Q" ]\n    build:\n      args: [ "V=9" ]\n      dockerfile_inline: |\n        ARG V=1\n        FROM acme/one:${V}\nmodels: { m: { model: acme/model } }\n',
      ),
      ['acme/x:1', 'acme/one:9', 'acme/model:latest'],
    );
  });
});
