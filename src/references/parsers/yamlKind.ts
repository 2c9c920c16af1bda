import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import type { FileKind } from '../files/fileKind.ts';
import type { YamlTree } from './yamlTree.ts';

/** What a YAML file is, after a look into it. */
export type YamlKind = Exclude<FileKind, 'dockerfile' | 'devcontainer'> | 'kubernetes' | 'ci';

/** Keys at the top of files of CI systems other than GitLab's. */
const ciKeys = ['pipelines', 'pipeline', 'jobs', 'stages', 'steps', 'pool', 'executors', 'orbs', 'matrix'];

/** Keys that jobs of GitLab have, and little else. */
const jobKeys = ['script', 'before_script', 'after_script', 'extends'];

/** What a file is that only its contents tell. */
export function yamlKind(kind: YamlKind, tree: YamlTree, text: string): YamlKind {
  if (kind !== 'yaml') return kind;
  // The template of a chart need not be YAML.
  if (/^apiVersion:/m.test(text) && /^kind:/m.test(text)) return 'kubernetes';
  const roots = tree.roots.filter((root) => isMap(root));
  for (const root of roots) {
    if (isScalar(tree.get(root, 'apiVersion')) && isScalar(tree.get(root, 'kind'))) return 'kubernetes';
    const services = tree.get(root, 'services');
    if (
      isMap(services) &&
      tree.entries(services).some(({ value }) => isMap(value) && (tree.get(value, 'image') ?? tree.get(value, 'build')))
    ) {
      return 'compose';
    }
  }
  if (roots.some((root) => isGitlab(tree, root))) return 'gitlab';
  return roots.some((root) => ciKeys.some((key) => isMap(tree.get(root, key)) || isSeq(tree.get(root, key))))
    ? 'ci'
    : 'yaml';
}

/** A file that GitLab's own includes may have any name: what its jobs have tells. */
function isGitlab(tree: YamlTree, root: YAMLMap): boolean {
  if (['pipelines', 'jobs', 'steps', 'orbs', 'language', 'pool', 'on'].some((key) => tree.get(root, key))) return false;
  return tree.entries(root).some(({ value }) => {
    if (!isMap(value) || tree.get(value, 'build')) return false;
    return jobKeys.some((key) => {
      const found = tree.get(value, key);
      return isSeq(found) || isScalar(found);
    });
  });
}
