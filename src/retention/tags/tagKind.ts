import { attachmentOf } from './attachment.ts';
import type { Tag } from './tag.ts';

/** What a tag stands for: an image; a build cache; or something attached to an image, such as its signature. Only images are versions, take slots and count. */
export type TagKind = 'image' | 'cache' | 'attachment';

const cacheNames = /^(?:buildcache|cache|.*-cache|cache-.*)$/;

/** Tells what a tag stands for: attachments by their name, caches by their name or by what Docker Hub says. */
export function tagKind(tag: Pick<Tag, 'name' | 'digest' | 'isCache'>): TagKind {
  if (attachmentOf(tag)) return 'attachment';
  return tag.isCache || (tag.name.includes('cache') && cacheNames.test(tag.name)) ? 'cache' : 'image';
}
