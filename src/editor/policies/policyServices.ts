import type { ReferenceServices } from '../references/referenceServices.ts';
import type { PolicyStore } from './policyStore.ts';

/** What commands about policies work with. */
export interface PolicyServices extends ReferenceServices {
  readonly policies: PolicyStore;
}
