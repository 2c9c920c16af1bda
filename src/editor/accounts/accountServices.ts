import type { UiServices } from '../ui/uiServices.ts';
import type { AccountStore } from './accountStore.ts';
import type { Connections } from './connections.ts';

/** What commands about accounts work with. */
export interface AccountServices extends UiServices {
  readonly accounts: AccountStore;
  readonly connections: Connections;
}
