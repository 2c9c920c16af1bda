import type { ReaderThread } from '../../references/reader/readerThread.ts';
import type { AccountServices } from '../accounts/accountServices.ts';
import type { WorkspaceReferences } from './workspaceReferences.ts';

/** What commands about uses work with. */
export interface ReferenceServices extends AccountServices {
  readonly references: WorkspaceReferences;
  readonly reader: ReaderThread;
}
