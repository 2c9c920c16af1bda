/** What a file is, as its name tells; `yaml` for any other YAML file, of which the contents tell. */
export type FileKind = 'dockerfile' | 'compose' | 'kustomization' | 'helmValues' | 'githubActions' | 'gitlab' | 'devcontainer' | 'yaml';

const yaml = /\.ya?ml$/i;

/**
 * What a file is, by its name and folder.
 * @param path with `/` between its parts
 * @returns undefined for what holds no references
 */
export function fileKind(path: string): FileKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // Behind a dash or an underscore no ending: `dockerfile-lint.js` is a program.
  if (/^(?:Docker|Container)file(?:\..+|[_-][\w-]*)?$|\.(?:Docker|Container)file$/i.test(name) && !yaml.test(name) && !/\.(?:md|txt|dockerignore)$/i.test(name)) return 'dockerfile';
  if (/^\.?devcontainer\.json$/.test(name)) return 'devcontainer';
  if (name === 'Kustomization' || /^kustomization\.ya?ml$/i.test(name)) return 'kustomization';
  if (!yaml.test(name)) return undefined;
  if (/(?:^|[._-])compose(?:[._-].*)?\.ya?ml$|^docker-(?:stack|cloud)\b/i.test(name)) return 'compose';
  if (/\.gitlab-ci\.ya?ml$|^\.gitlab-ci\b/i.test(name) || /(?:^|\/)\.gitlab\//.test(path)) return 'gitlab';
  if (/(?:^|\/)\.(?:github|gitea|forgejo)\//.test(path) || /^action\.ya?ml$/i.test(name)) return 'githubActions';
  if (/^(?:.*[._-])?values(?:[._-].*)?\.ya?ml$/i.test(name)) return 'helmValues';
  return 'yaml';
}

/** Whether a path names a `.env` file, whose values Compose files beside it use. */
export function isEnvironmentFile(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1) === '.env';
}
