import { isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ImageAdder } from './imageAdder.ts';
import { isRepositoryText, isVersioned } from './wholeImage.ts';
import { scalarText, type KeyPath } from './yamlTree.ts';

/** What the jobs of CI systems run at keys that are not named image: GitHub's `container` and `services`, a step of Cloud Build. */
export function readJobMap(adder: ImageAdder, map: YAMLMap, path: KeyPath | undefined): void {
  const { tree, kind } = adder;
  const uses = tree.get(map, 'uses');
  if (scalarText(uses)?.startsWith('docker://')) adder.addNode(uses);
  const container = tree.get(map, 'container');
  if (isScalar(container) && (kind === 'githubActions' || (kind === 'ci' && isImageText(scalarText(container) ?? '')))) adder.addNode(container);
  if (kind === 'githubActions' && path?.key === 'services') for (const { value } of tree.entries(map)) if (isScalar(value)) adder.addNode(value);
  // A step of Cloud Build is named by its image.
  const name = scalarText(tree.get(map, 'name')) ?? '';
  if (kind === 'ci' && path?.key === 'steps' && isImageText(name) && (tree.get(map, 'args') ?? tree.get(map, 'entrypoint') ?? tree.get(map, 'script'))) adder.addNode(tree.get(map, 'name'));
  // What a plugin of Drone and Woodpecker pushes.
  const [repo, tags] = [scalarText(tree.get(map, 'repo')) ?? '', tree.get(map, 'tags')];
  if (kind === 'ci' && isSeq(tags) && isRepositoryText(repo)) for (const tag of tree.items(tags)) if (/^\w[\w.-]*$/.test(scalarText(tag) ?? '')) adder.add(`${repo}:${scalarText(tag)}`, tree.at(tag));
}

/** The services of a job of GitLab. */
export function readJobList(adder: ImageAdder, list: YAMLSeq, path: KeyPath | undefined): void {
  if (path?.key !== 'services' || adder.kind !== 'gitlab') return;
  for (const item of adder.tree.items(list)) adder.addNode(isMap(item) ? adder.tree.get(item, 'name') : item);
}

function isImageText(text: string): boolean {
  return isRepositoryText(text) || (text.includes('/') && isVersioned(text));
}
