import { fileKind } from '../files/fileKind.ts';

/**
 * Kinds of files, by their names, in which a name without a tag is most likely an image; beside those that `fileKind` knows. Each is tried on
 * the last part of the path.
 */
const kinds: readonly (readonly [what: string, name: RegExp])[] = [
  ['Terraform, OpenTofu and Terragrunt', /\.(?:tf|tofu|tfvars|hcl)$|\.(?:tf|tofu|tfvars)\.json$/i],
  ['Nomad', /\.nomad(?:\.json)?$/i],
  ['build definitions of Docker', /^docker-bake\..*|.*[._-]bake\.(?:hcl|json)$/i],
  ['make', /^(?:GNU)?Makefile(?:\..+)?$|\.(?:mk|mak|make)$/i],
  ['Just and Task', /^\.?justfile$|\.just$|^Taskfile(?:\..+)?$/i],
  ['Jenkins', /^Jenkinsfile(?:[._-].*)?$|\.jenkinsfile$|\.(?:groovy|gvy|jenkins)$/i],
  ['shells', /\.(?:sh|bash|zsh|ksh|fish|ash|bats|ps1|psm1|bat|cmd)$/i],
  ['systemd and Quadlet', /\.(?:container|pod|kube|image|volume|build|service|timer|socket)$/i],
  ['environment variables', /^\.env(?:[._-].*)?$|\.env$|^\.envrc$/i],
  ['Earthly and Dagger', /^Earthfile$|\.earth$/i],
  ['templates', /\.(?:j2|jinja|jinja2|tpl|tplt|tmpl|gotmpl|gotpl|erb|mustache|hbs|ejs)$|\.template$/i],
  ['Skaffold, Tilt, Garden and Okteto', /^skaffold(?:[._-].*)?\.(?:ya?ml|json)$|^Tiltfile$|\.star$/i],
  [
    'task definitions and other JSON that is deployed',
    /^Dockerrun\.aws\.json$|(?:task[._-]?def(?:inition)?s?|container[._-]?def(?:inition)?s?|deployment|manifest|pod)[^/]*\.json$/i,
  ],
  ['fly.io and other platforms', /^fly(?:\..+)?\.toml$|^(?:railway|nixpacks|netlify|project)\.toml$/i],
  ['Nix', /\.nix$/i],
  ['Bazel', /^(?:BUILD|WORKSPACE|MODULE)(?:\.bazel|\.bzlmod)?$|\.bzl$/],
  ['Jsonnet, CUE, Dhall, Pkl and Bicep', /\.(?:jsonnet|libsonnet|cue|dhall|pkl|bicep)$/i],
  ['Vagrant and Packer', /^Vagrantfile$|\.pkr\.json$/i],
  ['Procfiles and crontabs', /^Procfile(?:\..+)?$|^crontab$/i],
];

/**
 * Whether a file is of a kind that names images, so that `acme/web` alone most likely means one. Documentation and source code aren't:
 * there such a name is a repository of another kind, an import or a folder.
 * @param path with `/` between its parts
 */
export function namesImages(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return fileKind(path) !== undefined || kinds.some(([, pattern]) => pattern.test(name));
}
