import type { BatchTag } from './batch.ts';
import { fullName } from '../tags/repositoryName.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';
import { findSubjects } from './subjects.ts';
import type { Tag } from '../tags/tag.ts';

/** A tag with what is attached to its image. */
export interface TagWithAttachments extends BatchTag {
  /** Among the same tags: what is attached to its image, to one of its platforms, or to one of these attachments; each behind what it is attached to. */
  readonly attachments: readonly BatchTag[];
}

/**
 * Puts attachments to the tags that have their image; every such tag has them. Those whose image none of the tags has, stand for themselves.
 * @param tags of one repository or several, each once
 */
export function* withAttachments(tags: readonly BatchTag[]): Sliced<readonly TagWithAttachments[]> {
  const attachmentsOf = new Map<Tag, Set<BatchTag>>();
  const placed = new Set<Tag>();
  for (const ofOne of Map.groupBy(tags, ({ repository }) => fullName(repository)).values()) {
    const subjects = yield* findSubjects(ofOne.map(({ tag }) => tag));
    /** Of attachments: the tags that they stand with in the end. */
    const roots = new Map<Tag, readonly Tag[]>();
    // The subjects of attachments come before those of what is attached to these.
    yield* eachSliced(subjects, ({ holders, attachments }) => {
      const under = [...new Set(holders.flatMap((place) => roots.get(ofOne[place]!.tag) ?? [ofOne[place]!.tag]))];
      for (const place of under.length > 0 ? attachments : []) {
        const attachment = ofOne[place]!;
        // In a circle, which digests cannot form, they stand for themselves.
        if (under.includes(attachment.tag)) continue;
        roots.set(attachment.tag, under);
        placed.add(attachment.tag);
        for (const root of under) attachmentsOf.set(root, (attachmentsOf.get(root) ?? new Set()).add(attachment));
      }
    });
  }
  const result: TagWithAttachments[] = [];
  yield* eachSliced(
    tags,
    (each) => placed.has(each.tag) || result.push({ ...each, attachments: [...(attachmentsOf.get(each.tag) ?? [])] }),
  );
  return result;
}
