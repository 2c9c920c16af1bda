/** What a file is, as its name tells; `yaml` for any other YAML file, of which the contents tell. */
export type FileKind =
  'dockerfile' | 'compose' | 'kustomization' | 'helmValues' | 'githubActions' | 'gitlab' | 'devcontainer' | 'yaml';

const yaml = /\.ya?ml$/i;
/** Endings of templates and examples: what is in front of them says what the file is. */
const templateEnding =
  /\.(?:j2|jinja2?|tplt?|tmpl|templ?|template|gotmpl|erb|ejs|hbs|mustache|in|dist|sample|example)$/i;
/** Files that have Dockerfile in their name and are something else. */
const otherEnding =
  /\.(?:md|mdx|rst|adoc|txt|html?|dockerignore|[cm]?[jt]sx?|json|toml|xml|go|py|rb|rs|java|kt|cs|php|c|h|cpp|sh|bash|ps1|bat|lua|vim|svg|png|jpe?g|gif|webp|lock|log|patch|diff|orig|test|snap|zip|gz|tgz)$/i;

/**
 * What a file is, by its name and folder. Of templates (`values.yaml.tplt`, `compose.yml.j2`) the ending is left aside.
 * @param path with `/` between its parts
 * @returns undefined for what holds no references
 */
export function fileKind(path: string): FileKind | undefined {
  const written = path.slice(path.lastIndexOf('/') + 1);
  if (isDockerfileName(written.replace(templateEnding, ''))) return 'dockerfile';
  if (/^(?:\.?devcontainer|devcontainer-feature)\.json$/.test(written)) return 'devcontainer';
  const name = written.replace(templateEnding, '');
  if (name === 'Kustomization' || /^kustomization\.ya?ml$/i.test(name)) return 'kustomization';
  if (!yaml.test(name)) return undefined;
  if (/(?:^|[._-])compose(?:[._-].*)?\.ya?ml$|^docker-(?:stack|cloud)\b/i.test(name)) return 'compose';
  if (/\.gitlab-ci\.ya?ml$|^\.gitlab-ci\b/i.test(name) || /(?:^|\/)\.gitlab\//.test(path)) return 'gitlab';
  if (/(?:^|\/)\.(?:github|gitea|forgejo)\//.test(path) || /^action\.ya?ml$/i.test(name)) return 'githubActions';
  if (/^(?:.*[._-])?values(?:[._-].*)?\.ya?ml$/i.test(name)) return 'helmValues';
  return 'yaml';
}

/** Whether a path names a `.env` file, whose values Compose files beside it and below it use. */
export function isEnvironmentFile(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1) === '.env';
}

/**
 * `Dockerfile` in any case, with anything behind it that is no ending of another kind of file, or in front of it with a dot, a dash or an
 * underscore. `dockerfiles` is a word of its own.
 */
function isDockerfileName(name: string): boolean {
  const found = /^(?:.*[._-])?(?:docker|container)file(.*)$/i.exec(name);
  return (
    found !== null &&
    !/^s(?![a-z]*-)/i.test(found[1]!) &&
    !/^(?:parser|lint|ast|s?[_-]?(?:test|spec))\b/i.test(found[1]!) &&
    !yaml.test(name) &&
    !otherEnding.test(name)
  );
}
