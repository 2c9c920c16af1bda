import { isMap } from 'yaml';
import type { Lookup } from './interpolate.ts';
import { scalarText, type KeyPath, type YamlTree } from './yamlTree.ts';

/**
 * The prefix of GitLab's proxy of Docker Hub stands for Docker Hub; its own registry is another one.
 * https://docs.gitlab.com/ci/variables/predefined_variables/
 */
const predefined: ReadonlyMap<string, string> = new Map([
  ['CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX', 'docker.io'],
  ['CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX', 'docker.io'],
  ['CI_REGISTRY', 'registry.gitlab.com'],
  ['CI_REGISTRY_IMAGE', 'registry.gitlab.com/project'],
]);

/** The variables that a job of a GitLab CI file sees: its own, those of the file, and some that GitLab sets. @param path leads to something of the job */
export function gitlabVariables(tree: YamlTree, path: KeyPath | undefined): Lookup {
  let job = path;
  while (job?.parent) job = job.parent;
  const [root] = tree.roots;
  const scopes = isMap(root) ? [job && tree.get(root, job.key), root] : [];
  return (name) => {
    for (const scope of scopes) {
      const variables = isMap(scope) ? tree.get(scope, 'variables') : undefined;
      const found = isMap(variables) ? tree.get(variables, name) : undefined;
      const text = scalarText(isMap(found) ? tree.get(found, 'value') : found);
      // A variable that is made of others is not followed.
      if (text !== undefined) return text.includes('$') ? undefined : text;
    }
    return predefined.get(name);
  };
}
