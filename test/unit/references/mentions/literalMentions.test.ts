import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readReferences } from '../../../../src/references/reader/readReferences.ts';
import { digest } from '../parsers/foundIn.ts';
import { literalImagesIn, literalIn } from './literalIn.ts';

describe('E: images that are written out, in any text', () => {
  describe('in each kind of file', () => {
    for (const [path, text, expected] of [
      ['taskdef.json', '{"containerDefinitions": [{"name": "a", "image": "acme/a:1"}]}\n', ['1:51 acme/a:1']],
      [
        'ecs/taskdef.min.json',
        '{"image":"acme\\/a:1","x":"docker.io\\/acme\\/b:2"}',
        ['1:11 acme/a:1', '1:27 acme/b:2'],
      ],
      [
        'k8s/deployment.json',
        '{\n  "kind": "Deployment",\n  "image": "docker.io/acme/web:1.2"\n}\n',
        ['3:13 acme/web:1.2'],
      ],
      [
        'main.tf',
        'resource "docker_image" "a" {\n  name = "acme/web:1"\n}\ncontainer { image = "acme/api:${var.tag}" }\n',
        ['2:11 acme/web:1', '? 4:22 acme/api:${var.tag} (acme/api)'],
      ],
      [
        'templates/docker-compose.yml.j2',
        'services:\n  web:\n    image: acme/web:1\n    # {{ x }}\n  api: {image: "acme/api:{{ tag }}"}\n',
        ['3:12 acme/web:1', '? 5:16 acme/api:{{ tag }} (acme/api)'],
      ],
      ['templates/_helpers.tpl', '{{- define "img" -}}\nacme/web:1.2\n{{- end -}}\n', ['2:1 acme/web:1.2']],
      ['fly.toml', 'app = "a"\n[build]\n  image = "acme/web:1"\n', ['3:12 acme/web:1']],
      [
        'docker-bake.hcl',
        'target "a" {\n  contexts = { base = "docker-image://acme/base:3" }\n  tags = ["acme/a:${TAG}"]\n}\n',
        ['2:39 acme/base:3', '? 3:12 acme/a:${TAG} (acme/a)'],
      ],
      [
        'Jenkinsfile',
        "pipeline { agent { docker { image 'acme/ci:4' } } }\ndocker.image('acme/db:' + tag).inside {}\n",
        ['1:36 acme/ci:4', "? 2:15 acme/db:' (acme/db)"],
      ],
      ['web.container', '[Container]\nImage=docker.io/acme/web:1\n', ['2:7 acme/web:1']],
      ['web.nomad', 'config { image = "acme/web:1" }\n', ['1:19 acme/web:1']],
      [
        'Earthfile',
        'VERSION 0.8\nFROM acme/base:1\nbuild:\n  FROM acme/go:$V\n',
        ['2:6 acme/base:1', '? 4:8 acme/go:$V (acme/go)'],
      ],
      [
        'image.nix',
        'dockerTools.pullImage { imageName = "acme/web"; finalImageTag = "1"; }\nx = "acme/api:2";\n',
        ['2:6 acme/api:2', '? 1:38 acme/web (acme/web)'],
      ],
      [
        'MODULE.bazel',
        `oci.pull(name = "b", image = "index.docker.io/acme/base", tag = "1")\nx = "acme/web@${digest}"\n`,
        [`2:6 acme/web@${digest}`, '? 1:31 index.docker.io/acme/base (acme/base)'],
      ],
      [
        'deploy.sh',
        '#!/bin/sh\nIMAGE=${IMAGE:-acme/web:1.2}\ndocker run --rm acme/tool:4 make\nkubectl set image deploy/web web=acme/web:$TAG\ndocker pull acme/bare\n',
        ['2:16 acme/web:1.2', '3:17 acme/tool:4', '? 4:34 acme/web:$TAG (acme/web)', '? 5:13 acme/bare (acme/bare)'],
      ],
      [
        'Makefile',
        'IMAGE := acme/tool:1\nrun:\n\tdocker run acme/run:$(TAG) $(IMAGE)\n',
        ['1:10 acme/tool:1', '? 3:13 acme/run:$(TAG) (acme/run)'],
      ],
      [
        '.github/workflows/ci.yml',
        'jobs:\n  t:\n    steps:\n    - run: docker run --rm acme/tool:4 make\n    - run: |\n        docker run acme/two:5\n        docker run acme/two:${{ inputs.tag }}\n',
        ['4:28 acme/tool:4', '6:20 acme/two:5', '? 7:20 acme/two:${{ inputs.tag }} (acme/two)'],
      ],
      ['config.toml', 'sandbox_image = "acme/pause:3.9"\n', ['1:18 acme/pause:3.9']],
      [
        'cmd/main.go',
        'package main\nconst image = "acme/web:1"\nvar s = fmt.Sprintf("acme/web:%s", tag)\nimport "acme/web"\n',
        ['2:16 acme/web:1', '? 3:22 acme/web:%s (acme/web)'],
      ],
      [
        'run.py',
        'IMAGE = f"acme/web:{tag}"\nclient.containers.run("acme/web:1.2", "ls")\n',
        ['2:24 acme/web:1.2', '? 1:11 acme/web:{tag} (acme/web)'],
      ],
      [
        'Main.java',
        'new GenericContainer<>(DockerImageName.parse("acme/db:16"));\nString image = "acme/web:" + tag;\n',
        ['1:47 acme/db:16', '? 2:17 acme/web:" (acme/web)'],
      ],
      [
        'README.md',
        'Run `docker run acme/web:1.2`, see [acme/web](https://hub.docker.com/r/acme/web).\n',
        ['1:17 acme/web:1.2'],
      ],
      ['.env.production', 'WEB=acme/web:1\nAPI=acme/api\n', ['1:5 acme/web:1', '? 2:5 acme/api (acme/api)']],
      ['.drone.star', 'def main(ctx):\n  return {"image": "acme/b:1"}\n', ['2:21 acme/b:1']],
      ['feat/devcontainer-feature.json', '{ "dependsOn": { "docker.io/acme/feat:2": {} } }\n', ['1:18 acme/feat:2']],
      ['.travis.yml', 'services: docker\ninstall: docker pull acme/t:1\n', ['2:22 acme/t:1']],
    ] as const) {
      it(path, () => assert.deepEqual(literalIn(path, text), expected));
    }
  });

  describe('whatever stands before them', () => {
    for (const before of [
      '',
      ' ',
      '\t',
      '"',
      "'",
      '`',
      '=',
      '(',
      '[',
      '{',
      ',',
      '<',
      '>',
      '|',
      '&',
      ';',
      ':',
      '*',
      '“',
      '像',
      '--image=',
      'image=',
      'image:',
      'x=y,image=',
      '{"image":"',
      '${IMAGE:-',
      '${IMAGE-',
      '${X:=',
      '<code>',
      '${PREFIX}',
      '{{ prefix }}',
      'docker://',
      'docker-image://',
      'oci://',
      'docker-pullable://',
      'containerd://',
      'docker-daemon:',
      'docker run -t',
      '-',
      '_',
      '__',
      '"a\\n',
      '"a\\t',
      '\\"',
      '\\u0022',
      '\\x27',
      '%20',
      '&quot;',
      's|a|',
      '# ',
      '// ',
      '//',
      '/* ',
      '-- ',
      '^',
      '\r',
      '\n- ',
      '\ufeff',
    ]) {
      it(JSON.stringify(before), () =>
        assert.deepEqual(literalImagesIn('a.txt', `${before}acme/web:1.2`), ['acme/web:1.2']),
      );
    }
    for (const [before, column] of [
      ['docker.io/', 1],
      ['index.docker.io/', 1],
      ['registry-1.docker.io/', 1],
      ['registry-1.docker.io:443/', 1],
      ['registry.hub.docker.com/', 1],
      ['hub.docker.com/', 1],
      ['mirror.gcr.io/', 1],
      ['DOCKER.IO/', 1],
      ['docker://docker.io/', 10],
      ['https://registry-1.docker.io/', 9],
      ['"docker.io/', 2],
      ['image:docker.io/', 7],
      ['${IMAGE:-docker.io/', 10],
      ['${IMAGE-docker.io/', 9],
      ['"\\ndocker.io/', 4],
      ['\\docker.io/', 2],
      ['docker.io\\/', 1],
      ['<code>docker.io/', 7],
      ['nexus.corp/docker.io/', 12],
      ['https://hub.docker.com/r/', 9],
      ['${X}docker.io/', 5],
      ['$X}docker.io/', 4],
      ['@a@docker.io/', 4],
    ] as const) {
      it(JSON.stringify(before), () =>
        assert.deepEqual(literalIn('a.txt', `${before}acme/web:1.2`), [`1:${column} acme/web:1.2`]),
      );
    }
  });

  describe('of a registry that is not known, or passes on what Docker Hub has', () => {
    for (const before of [
      '$REGISTRY/',
      '${R}/',
      '${R:-x}/',
      '{{ r }}/',
      '${{ env.R }}/',
      '%REG%/',
      '@REG@/',
      '!REG!/',
      '__REG__/',
      '<registry>/',
      '#{r}/',
      '\\(r)/',
      '$(REG)/',
      '{r}/',
      '%s/',
      '$1/',
      '$env:REG/',
      '$[[ inputs.r ]]/',
      '[registry]/',
      'docker://${R}/',
      '"/',
      "reg + '/",
      '${X}.io/',
      '${R}:${P}/',
      '*/',
      '123.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/',
      'nexus.corp:8443/dockerhub/',
      'gitlab.com/group/dependency_proxy/containers/',
      'eu-docker.pkg.dev/proj/docker-hub-remote/',
      'art.corp/docker-remote/',
      'harbor.corp/proxy-cache/',
      '${HARBOR}/dockerhub/',
      'harbor.corp/${CACHE}/',
      'docker-remote.corp.jfrog.io/',
      'registry-mirror.corp:5000/',
      'localhost:5000/mirror/',
    ]) {
      it(JSON.stringify(before), () =>
        assert.deepEqual(literalImagesIn('a.txt', `x ${before}acme/web:1.2 y`), ['acme/web:1.2']),
      );
    }
  });

  describe('but not what belongs to something else', () => {
    for (const text of [
      'ghcr.io/acme/web:1',
      'GHCR.io/acme/web:1',
      'https://github.com/acme/web',
      'github.com/acme/web',
      'git@github.com:acme/web',
      'git@github.com:acme/web:1',
      'user@host:acme/web:1',
      'ssh://git@github.com/acme/web',
      'localhost:5000/acme/web:1',
      'localhost/acme/web:1',
      '127.0.0.1:5000/acme/web:1',
      '[::1]:5000/acme/web:1',
      'foo/acme/web:1',
      'notacme/web:1',
      'my-acme/web:1',
      'my_acme/web:1',
      'my.acme/web:1',
      '@acme/web:1',
      '"@acme/web": "^1.2"',
      './acme/web:1',
      '../acme/web:1',
      '~/acme/web:1',
      '/home/me/.acme/web:1',
      '/srv/acme/web:1',
      '-v /acme/web:/data',
      '$acme/web:1',
      '$fooacme/web:1',
      '${X}.amazonaws.com/acme/web:1',
      'ghcr.io/${O}/acme/web:1',
      'https://acme/web:1',
      'http://acme/web:80',
      '"//acme/web:lib"',
      'acme/web/api:1',
      'docker.io/acme/web/api:1',
      'acme/web@v1',
      'uses: acme/web@main',
      'acme/',
      'acme/:1',
      'acme:1',
      'acme//web:1',
      'gitlab.com/group/acme/web:1',
      'quay.io/acme/web@' + digest,
      'macme/web:$T',
      'acmes/web:1',
      '<code>ghcr.io/acme/web:1',
      'acme/web/$X:1',
    ]) {
      for (const path of ['a.txt', 'a.py', 'Makefile']) {
        it(`${text} in ${path}`, () => assert.deepEqual(literalIn(path, text), []));
      }
    }
    for (const text of [
      'https://hub.docker.com/r/acme/web',
      'hub.docker.com/r/acme/web and',
      'https://docker.io/acme/web',
      'https://hub.docker.com/r/acme/web/tags',
      'github.com:acme/web',
    ]) {
      it(`${text} without a tag, even in a file that names images`, () =>
        assert.deepEqual(literalIn('Makefile', text), []));
    }
  });

  describe('whatever follows them', () => {
    for (const after of [
      '',
      ' ',
      '\n',
      '\r\n',
      '"',
      "'",
      '`',
      ')',
      ']',
      '}',
      ',',
      ';',
      '|',
      '&',
      '>',
      '<',
      '</code>',
      '<br>',
      '\\n"',
      '\\"',
      ':ro',
      '/x',
      '%20',
      '%n',
      '!',
      '?',
      '*',
      '**',
      '[^1]',
      '#x',
      '像',
      '”',
      '$',
      '$"',
      ' $X',
      '"+',
      '" + ", "',
      '", tag',
      "'.length",
      '"\n+ x',
      '{',
    ]) {
      it(JSON.stringify(after), () =>
        assert.deepEqual(
          literalImagesIn('a.txt', `${after.startsWith('*') ? after : ''}acme/web:1.2${after}`).filter(
            (line) => !line.startsWith('?'),
          ),
          ['acme/web:1.2'],
        ),
      );
    }
    for (const [text, expected] of [
      ['use acme/web:1.2.', ['acme/web:1.2.', 'acme/web:1.2']],
      ['use acme/web:1.2...', ['acme/web:1.2...', 'acme/web:1.2']],
      ['_acme/web:1.2_', ['acme/web:1.2_', 'acme/web:1.2']],
      ['acme/web:1.2-', ['acme/web:1.2-', 'acme/web:1.2']],
      [`acme/web@${digest}`, [`acme/web@${digest}`]],
      [`acme/web:1.2@${digest}.`, [`acme/web:1.2@${digest}`]],
      [`acme/web@${digest.toUpperCase()}`, [`acme/web@${digest}`]],
      [`acme/web:$TAG@${digest}`, [`acme/web@${digest}`]],
      ['acme/web@sha256:12ab', ['? acme/web@sha256:12ab (acme/web)']],
      [`acme/web@${digest}0`, [`? acme/web@${digest}0 (acme/web)`]],
      ['acme/web@sha256:12ab…', ['? acme/web@sha256:12ab… (acme/web)']],
      ['acme/web:1.2@sha256:12ab', ['acme/web:1.2', '? acme/web:1.2@sha256:12ab (acme/web)']],
      ['acme/web:1.2@$DIGEST', ['acme/web:1.2', '? acme/web:1.2@$DIGEST (acme/web)']],
      [`acme/web:${'x'.repeat(128)}`, [`acme/web:${'x'.repeat(128)}`]],
      ['ACME/Web:RC', ['acme/web:RC']],
      ['Docker.IO/Acme/Web:RC', ['acme/web:RC']],
      ['acme%2Fweb%3A1.2', ['acme/web:1.2']],
      ['"acme/web":1.2', ['acme/web:1.2']],
      ["docker run acme/web:'1.2' x", ['acme/web:1.2']],
      ['docker run acme/web:"1.2"', ['acme/web:1.2']],
      ['acme/web:1.2,acme/api:3 acme/web:1.2', ['acme/web:1.2', 'acme/api:3', 'acme/web:1.2']],
      ['acme/acme:1', ['acme/acme:1']],
    ] as const) {
      it(text.slice(0, 60), () => assert.deepEqual(literalImagesIn('a.txt', text), expected));
    }
  });

  describe('with a tag or a digest that is not known', () => {
    for (const after of [
      ':$TAG',
      ':${TAG}',
      ':${TAG:-latest}',
      ':{{ x }}',
      ':{{x}}-alpine',
      ':${{ inputs.tag }}',
      ':%TAG%',
      ':<tag>',
      ':#{tag}',
      ':\\(tag)',
      ':@TAG@',
      ':__TAG__',
      ':!TAG!',
      ':$(TAG)',
      ':$[[ inputs.t ]]',
      ':{tag}',
      ':%s',
      ':%(tag)s',
      ':<%= tag %>',
      ':[tag]',
      ':*',
      ':$1',
      ':\\$TAG',
      ':\\${TAG}',
      ':$env:TAG',
      ':${TAG',
      ':1.2-$ARCH',
      ':v{{x}}',
      ':v${V}',
      ':1.2-{arch}',
      ':v%s',
      ':1-__ARCH__',
      ':$A-1.2',
      '@$DIGEST',
      '@${D}',
      '@{{ d }}',
      '@<digest>',
      '@sha256:$HASH',
      '@sha256:{{ h }}',
      '@sha256:',
      ':{1,2}',
      '":$TAG"',
      ':{}',
      ':%1',
      ':%~1',
      ':v{}',
    ]) {
      it(after, () => {
        assert.deepEqual(literalImagesIn('a.txt', `run acme/web${after}`), [
          `? acme/web${after.replace(/"$/, '')} (acme/web)`,
        ]);
        assert.deepEqual(
          literalImagesIn('README.md', `$R/acme/web${after}`).map((line) => line.replace(/.* /, '')),
          ['(acme/web)'],
        );
      });
    }
    for (const text of [
      '"acme/web:" + tag',
      "'acme/web:' .. v",
      '"acme/web:", tag',
      '"acme/web:".concat(tag)',
      '"acme/web@" + digest',
      '"acme/web:"$TAG',
      '"acme/web":"$TAG"',
      'acme/web:"$TAG"',
      'acme/web:`git describe`',
      '"acme/web" + ":" + tag',
      "'acme/web' . ':' . $tag",
      '\\"acme/web:\\" + tag',
      `acme/web:${'x'.repeat(129)}`,
    ]) {
      it(text.slice(0, 40), () =>
        assert.deepEqual(
          literalIn('a.ts', text).map((line) => line.replace(/^(\? 1:)\d+ .* /, '$1 ')),
          ['? 1: (acme/web)'],
        ),
      );
    }
    it('beside one that may be it: the literal tag is kept as well', () => {
      for (const text of [
        '"acme/web:1.2-" + arch',
        '"acme/web:1.2"$X',
        'acme/web:1.2<tag>',
        'acme/web:1.2\\(tag)',
        's/acme\\/web:1.2\\(.*\\)/x/',
      ]) {
        assert.deepEqual(
          literalImagesIn('a.ts', text)
            .map((line) => line.replace(/ .* /, ' '))
            .filter((line) => line === 'acme/web:1.2' || line === '? (acme/web)'),
          ['acme/web:1.2', '? (acme/web)'],
          text,
        );
      }
    });
    for (const text of [
      'acme/web: the web server',
      'acme/web:\n',
      'acme/web:',
      'acme/web:/data',
      'acme/web::',
      'acme/web:</b>',
      'acme/web',
      'acme/web.',
      '"acme/web": "1.2"',
      'acme/web:, ',
    ]) {
      it(`${JSON.stringify(text)} is a name alone`, () => {
        assert.deepEqual(literalIn('README.md', text), []);
        assert.deepEqual(literalIn('src/a.ts', text), []);
        assert.deepEqual(literalImagesIn('Makefile', text), ['? acme/web (acme/web)']);
      });
    }
  });

  describe('with a name that is not known', () => {
    for (const [text, pattern] of [
      ['acme/$NAME:1', 'acme/*'],
      ['acme/${SERVICE}:${TAG}', 'acme/*'],
      ['acme/web-{{ x }}:1', 'acme/web-*'],
      ['acme/{{ x }}-web:1', 'acme/*-web'],
      ['acme/%s:%s', 'acme/*'],
      ['"acme/{}:{}"', 'acme/*'],
      ['acme/<name>:1', 'acme/*'],
      ['acme/$A@$B', 'acme/*'],
      ['acme/__NAME__:1', 'acme/*'],
      ['acme/$A$B:1', 'acme/*'],
      [`acme/$A@${digest}`, 'acme/*'],
      ['"acme/" + name + ":1"', 'acme/*'],
      ['"acme/" + name + ":" + tag', 'acme/*'],
      ["'acme/' .. n .. ':1'", 'acme/*'],
      ['"acme/web-" + n + ":1"', 'acme/web-*'],
    ] as const) {
      it(text.slice(0, 40), () =>
        assert.deepEqual(
          literalIn('a.ts', text).map((line) => line.replace(/.* /, '')),
          [`(${pattern})`],
        ),
      );
    }
    for (const [text, pattern] of [
      ['acme/$NAME', 'acme/*'],
      ['acme/web-{{ x }} --rm', 'acme/web-*'],
      ['acme/$NAME: x', 'acme/*'],
      ['"acme/" + name', 'acme/*'],
    ] as const) {
      it(`${text}, without a version`, () => {
        assert.deepEqual(literalIn('a.ts', text), []);
        assert.deepEqual(
          literalIn('deploy.sh', text).map((line) => line.replace(/.* /, '')),
          [`(${pattern})`],
        );
      });
    }
  });

  describe('where a name alone is an image', () => {
    for (const path of [
      'Dockerfile',
      'compose.yaml',
      'a.yml',
      'values.yaml',
      'main.tf',
      'x.tfvars',
      'terragrunt.hcl',
      'main.tf.json',
      'web.nomad',
      'web.nomad.hcl',
      'Makefile',
      'makefile',
      'GNUmakefile',
      'Makefile.docker',
      'rules.mk',
      'Jenkinsfile',
      'Jenkinsfile.prod',
      'ci.jenkinsfile',
      'a.groovy',
      'deploy.sh',
      'a.bash',
      'a.ps1',
      'a.cmd',
      'justfile',
      '.justfile',
      'Taskfile.yml',
      'a.container',
      'web.service',
      '.env',
      '.env.prod',
      'prod.env',
      'Earthfile',
      'docker-bake.hcl',
      'docker-bake.json',
      'a.j2',
      'a.tpl',
      'a.tmpl',
      'values.yaml.tplt',
      'skaffold.yaml',
      'skaffold.json',
      'Tiltfile',
      'taskdef.json',
      'ecs-task-definition.json',
      'fly.toml',
      'fly.prod.toml',
      'a.nix',
      'BUILD.bazel',
      'oci.bzl',
      '.devcontainer/devcontainer.json',
      'deploy/k8s/Makefile',
    ]) {
      it(path, () =>
        assert.deepEqual(
          literalImagesIn(path, '# x acme/web\n').filter((line) => !line.includes('unreadable')),
          ['? acme/web (acme/web)'],
        ),
      );
    }
    for (const path of [
      'README.md',
      'a.txt',
      'a.ts',
      'a.go',
      'a.py',
      'A.java',
      'a.rb',
      'a.rs',
      'package.json',
      'a.lock',
      'go.mod',
      'go.sum',
      'CODEOWNERS',
      'LICENSE',
      'a.html',
      'a.css',
      'a.toml',
      'a.xml',
      'a.csv',
      'a.log',
      '.gitignore',
      'noextension',
      'docs/Makefile.md/a.rst',
    ]) {
      it(`not in ${path}`, () => assert.deepEqual(literalIn(path, '# x acme/web\n'), []));
    }
    it('is told once a file for each repository', () => {
      assert.deepEqual(literalIn('a.sh', 'acme/web acme/api\nacme/web\nacme/web:1\n'), [
        '3:1 acme/web:1',
        '? 1:1 acme/web (acme/web)',
        '? 1:10 acme/api (acme/api)',
      ]);
    });
  });

  describe('together with the structure of a file', () => {
    for (const [title, path, text, expected] of [
      [
        'the same image is not found twice',
        'compose.yaml',
        'services:\n  a: {image: "acme/web:1"}\n',
        ['2:14 acme/web:1'],
      ],
      [
        'one with a digest neither',
        'compose.yaml',
        `services:\n  a: {image: "docker.io/acme/web:1@${digest}"}\n`,
        [`2:14 acme/web:1@${digest}`],
      ],
      [
        'several images of one line are',
        'k.yaml',
        'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: acme/web:1, args: [acme/web:2, acme/api:1]}, {image: "acme/api:3"}]}\n',
        ['3:29 acme/web:1', '3:48 acme/web:2', '3:60 acme/api:1', '3:82 acme/api:3'],
      ],
      [
        'a variable that the structure knows is no doubt',
        'Dockerfile',
        'ARG V=1.2\nFROM acme/web:$V\nFROM acme/$X:1\n',
        ['2:6 acme/web:1.2', '? 3:6 acme/$X:1 (acme/*)'],
      ],
      [
        'nor is a doubt told twice',
        'compose.yaml',
        'services:\n  a: {image: "acme/web:${T}"}\n  b: {image: "${R}/acme/web:${T}"}\n',
        ['? 2:14 acme/web:${T} (acme/web)', '? 3:14 ${R}/acme/web:${T} (*/acme/web)'],
      ],
      [
        'a default stays what it was',
        'compose.yaml',
        'services:\n  a: {image: "acme/web:${T:-1}"}\n',
        ['2:14 acme/web:1', '? 2:14 overridable acme/web:${T:-1} (acme/web)'],
      ],
      [
        'what was explained on another line is no name alone',
        'values.yaml',
        'image:\n  repository: acme/web\n  tag: "1"\n',
        ['3:8 acme/web:1'],
      ],
      [
        'comments count',
        'compose.yaml',
        'services:\n  a:\n    # image: acme/web:1\n    image: acme/web:2\n',
        ['4:12 acme/web:2', '3:14 acme/web:1'].sort(),
      ],
      [
        'a name alone of another repository is a doubt',
        'values.yaml',
        'image:\n  repository: acme/web\n  tag: "1"\nother: acme/api\n',
        ['3:8 acme/web:1', '? 4:8 acme/api (acme/api)'],
      ],
      [
        'a heredoc is searched',
        'Dockerfile',
        'FROM acme/a:1\nRUN <<E\ndocker pull acme/b:2\nE\n',
        ['1:6 acme/a:1', '3:13 acme/b:2'],
      ],
      ['YAML with a mistake is searched', 'a.yaml', 'image: [\nx: "acme/web:1"\n', ['2:4 acme/web:1']],
    ] as const) {
      it(title, () =>
        assert.deepEqual(
          literalIn(path, text).filter((line) => !line.includes('unreadable')),
          expected,
        ),
      );
    }

    it('input mirror-ecr is found through the cache', () => {
      assert.deepEqual(
        literalIn(
          'compose.yml',
          'services:\n  a: { image: "123.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/acme/a:1" }\n',
        ),
        ['2:15 acme/a:1'],
      );
    });

    it('nothing is looked for without namespaces', () => {
      assert.deepEqual(literalIn('a.sh', 'acme/web:1', []), []);
      assert.deepEqual(readReferences({ path: 'a.sh', text: 'acme/web:1' }), { references: [], doubts: [] });
    });
  });

  describe('of any namespace', () => {
    it('also with characters that mean something in regular expressions', () => {
      assert.deepEqual(
        literalIn('a.txt', 'a+b/web:1 a.b/web:2 axb/web:3 (x|y/web:4 [z]/web:5 \\d/web:6', [
          'a+b',
          'a.b',
          '(x|y',
          '[z]',
          '\\d',
        ]).map((line) => line.replace(/\d+:\d+ /, '')),
        ['a+b/web:1', 'a.b/web:2', '(x|y/web:4', '[z]/web:5', '\\d/web:6'],
      );
      assert.deepEqual(literalIn('a.txt', 'anything/web:1', ['.*', '', '^', 'a/b']), []);
    });
    it('one may be the beginning or the end of another', () => {
      assert.deepEqual(
        literalImagesIn('a.txt', 'my-acme/a:1 acme/b:2 acme-corp/c:3 x-acme/d:4', ['acme', 'acme-corp', 'my-acme']),
        ['my-acme/a:1', 'acme/b:2', 'acme-corp/c:3'],
      );
    });
  });

  describe('anywhere', () => {
    const images = fc.constantFrom(
      'acme/web:1.2',
      'docker.io/acme/web:v1',
      `acme/web@${digest}`,
      `registry-1.docker.io:443/acme/web:1@${digest}`,
      'ACME/web:1',
      'index.docker.io/acme/a_b-c.d:x_Y',
    );
    const separator = fc.constantFrom(
      ' ',
      '\t',
      '"',
      "'",
      '`',
      '=',
      ',',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '|',
      ';',
      '\n',
      '\r\n',
      '\r',
      ' image=',
      '--image=',
      '{"image": "',
      ' - ',
      '像',
      ' 😀 ',
    );
    const surroundings = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ maxLength: 40 }),
      fc
        .array(
          fc.constantFrom(
            'acme/',
            'acme',
            '/',
            ':',
            '@',
            '$',
            '{',
            '}',
            '{{',
            '${',
            '<',
            '>',
            '%',
            '\\',
            '\n',
            '\r',
            'sha256:',
            'docker.io',
            'a',
            '.',
            '-',
            '_',
            '*',
            '"',
            '!',
            '(',
            ')',
            '[',
            ']',
          ),
          { maxLength: 30 },
        )
        .map((parts) => parts.join('')),
    );

    it('a reference between separators is found, at its place', () => {
      fc.assert(
        fc.property(
          surroundings,
          separator,
          images,
          fc.constantFrom(' ', '"', "'", '`', ',', ';', '\n', '\r\n', '\r', ' x', '|'),
          surroundings,
          (before, opening, image, closing, after) => {
            const start = before + opening;
            const lines = start.split(/\r\n?|\n/);
            const { references } = readReferences({
              path: 'a.txt',
              text: start + image + closing + after,
              namespaces: ['acme'],
            });
            const [name, hash] = image
              .toLowerCase()
              .replace(/^.*?(?=acme)/, '')
              .split('@');
            const repository = name!.replace(/:.*/, '');
            assert.ok(
              references.some(
                ({ line, column, image: found }) =>
                  line === lines.length &&
                  column === lines.at(-1)!.length + 1 &&
                  `${found.namespace}/${found.name}` === repository &&
                  found.digest === hash,
              ),
              JSON.stringify(references),
            );
          },
        ),
        { numRuns: 2000 },
      );
    });

    it('no text makes it throw, or find something outside of it', () => {
      fc.assert(
        fc.property(surroundings, surroundings, surroundings, (a, b, c) => {
          for (const path of ['a.txt', 'a.sh', 'compose.yaml', 'Dockerfile']) {
            const text = `${a}acme/${b}acme/web${c}`;
            const lines = text.split(/\r\n?|\n/);
            const { references, doubts } = readReferences({ path, text, namespaces: ['acme'] });
            if (path === 'a.txt') {
              for (const { line, column } of [...references, ...doubts]) {
                assert.ok(
                  line >= 1 && line <= lines.length && column >= 1 && column <= lines[line - 1]!.length,
                  `${line}:${column}`,
                );
              }
            }
          }
        }),
        { numRuns: 1000 },
      );
    });
  });
});
