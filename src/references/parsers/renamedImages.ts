import { isMap } from 'yaml';
import type { ImageAdder } from './imageAdder.ts';
import { scalarText, type YamlValue } from './yamlTree.ts';

/** An entry of Kustomize's `images`, or a plain one: `{name, newName, newTag, digest}`, `old=new`. */
export function readRenamed(adder: ImageAdder, item: YamlValue): void {
  const { tree } = adder;
  // On a command line, and in Argo CD's files, an entry is written as `old=new`.
  if (!isMap(item)) return adder.addIfVersioned(scalarText(item)?.replace(/^[^=]*=/, ''), tree.at(item));
  const [name, newName, newTag, digest, suffix] = ['name', 'newName', 'newTag', 'digest', 'tagSuffix'].map((key) =>
    tree.get(item, key),
  );
  const text = scalarText(newName) || scalarText(name);
  if (!text || !(newName ?? newTag ?? digest ?? suffix)) return;
  const at = tree.at((newTag ?? digest ?? newName ?? suffix)!);
  const [tag, pinned] = [scalarText(newTag), scalarText(digest)];
  if (pinned) adder.add(`${text}@${pinned}`, at);
  if (tag) adder.add(`${text}:${tag}${suffix ? (scalarText(suffix) ?? '') : ''}`, at);
  if (!pinned && !tag) adder.addUntagged(text, at);
}
