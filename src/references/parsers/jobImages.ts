import { isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ImageAdder } from './imageAdder.ts';
import { hasVariable, isRepositoryText, isVersioned } from './wholeImage.ts';
import { scalarText, type KeyPath } from './yamlTree.ts';

/** What the jobs of CI systems run at keys that are not named image: GitHub's `container` and `services`, a step of Cloud Build. */
export function readJobMap(adder: ImageAdder, map: YAMLMap, path: KeyPath | undefined): void {
  const { tree, kind } = adder;
  const uses = tree.get(map, 'uses');
  if (scalarText(uses)?.startsWith('docker://')) adder.addNode(uses);
  const container = tree.get(map, 'container');
  if (
    isScalar(container) &&
    (kind === 'githubActions' || (kind === 'ci' && isImageText(scalarText(container) ?? '')))
  ) {
    adder.addNode(container);
  }
  if (kind === 'githubActions' && path?.key === 'services') {
    for (const { value } of tree.entries(map)) if (isScalar(value)) adder.addNode(value);
  }
  // A step of Cloud Build is named by its image.
  const name = scalarText(tree.get(map, 'name')) ?? '';
  if (
    kind === 'ci' &&
    path?.key === 'steps' &&
    isImageText(name) &&
    (tree.get(map, 'args') ?? tree.get(map, 'entrypoint') ?? tree.get(map, 'script'))
  ) {
    adder.addNode(tree.get(map, 'name'));
  }
  readTagList(adder, map);
}

/** What is pushed under several tags: `repo` or `repository` with a list `tags`, of Drone, Woodpecker and Azure. */
function readTagList(adder: ImageAdder, map: YAMLMap): void {
  const { tree } = adder;
  const tags = tree.get(map, 'tags');
  if (!tags || isMap(tags)) return;
  const repository = ['repository', 'repo', 'containerRepository']
    .map((key) => scalarText(tree.get(map, key)) ?? '')
    .find(isRepositoryText);
  if (repository === undefined) return;
  for (const item of isSeq(tags) ? tree.items(tags) : [tags]) {
    for (const tag of (scalarText(item) ?? '').split(/[\s,]+/)) {
      if (/^\w[\w.-]*$/.test(tag)) adder.add(`${repository}:${tag}`, tree.at(item));
    }
  }
}

/** The services of a job of GitLab; in a file of which that is not known, those that can be images. */
export function readJobList(adder: ImageAdder, list: YAMLSeq, path: KeyPath | undefined): void {
  if (path?.key !== 'services' || !['gitlab', 'yaml', 'ci'].includes(adder.kind)) return;
  for (const item of adder.tree.items(list)) {
    const service = isMap(item) ? adder.tree.get(item, 'name') : item;
    const text = scalarText(service) ?? '';
    if (adder.kind === 'gitlab' || isImageText(text) || (text.includes('/') && hasVariable(text) && !/\s/.test(text))) {
      adder.addNode(service);
    }
  }
}

function isImageText(text: string): boolean {
  return isRepositoryText(text) || (text.includes('/') && isVersioned(text) && !/\s|:\/\//.test(text));
}
