import type { TagQuery } from '../../hub/client.ts';
import { compareNames, comparePushed, type Tag } from '../../retention/tags/tag.ts';

/** The orders that tags can be shown in. */
export const tagOrders = ['newest', 'oldest', 'name', 'nameDescending', 'largest', 'smallest'] as const;

/** One of `tagOrders`. */
export type TagOrder = (typeof tagOrders)[number];

/** The order as a hint for the server, which gives whole lists by date or name but not by size. */
export function serverOrdering(order: TagOrder): TagQuery['ordering'] {
  switch (order) {
    case 'oldest':
      return 'oldest';
    case 'name':
      return 'name';
    case 'nameDescending':
      return '-name';
    default:
      return undefined;
  }
}

/** Compares two tags in an order; ties go by name, and an unknown size is smaller than any other. */
export function compareTags(order: TagOrder): (a: Tag, b: Tag) => number {
  const byName = (a: Tag, b: Tag) => compareNames(a.name, b.name);
  const bySize = (a: Tag, b: Tag) => (a.size ?? -1) - (b.size ?? -1);
  switch (order) {
    case 'newest':
      return (a, b) => comparePushed(b, a) || byName(a, b);
    case 'oldest':
      return (a, b) => comparePushed(a, b) || byName(a, b);
    case 'name':
      return byName;
    case 'nameDescending':
      return (a, b) => byName(b, a);
    case 'largest':
      return (a, b) => bySize(b, a) || byName(a, b);
    case 'smallest':
      return (a, b) => bySize(a, b) || byName(a, b);
  }
}
