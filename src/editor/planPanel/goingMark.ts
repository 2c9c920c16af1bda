import type { Batch } from '../../retention/plan/batch.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';
import { hashOf } from './listMark.ts';

/** A short text that changes with nearly every change of which tags a batch deletes, whatever their order; another push of a tag is another tag. */
export function* goingMark({ plans }: Pick<Batch, 'plans'>): Sliced<string> {
  let sum = 0;
  for (const { repository, going } of plans) {
    const seed = hashOf(`${repository.namespace}/${repository.name}`, 0);
    yield* eachSliced(
      going,
      ({ name, pushedAt = 0 }) => (sum = (sum + hashOf(name, (seed ^ (pushedAt % 0x7fff_ffff)) | 0)) | 0),
    );
    yield;
  }
  return (sum >>> 0).toString(36);
}
