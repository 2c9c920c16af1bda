import * as vscode from 'vscode';
import type { AccountStore } from '../accounts/accountStore.ts';
import type { Connections } from '../accounts/connections.ts';
import { readOrigins } from '../settings/originSettings.ts';
import { PolicyCounts } from '../../prune/policyCounts.ts';
import { PolicyStore } from './policyStore.ts';
import { settingSection } from '../../text/settingError.ts';
import { readProtection } from '../settings/settings.ts';
import type { WorkspaceReferences } from '../references/workspaceReferences.ts';
import { PolicyDiagnostics } from './policyDiagnostics.ts';
import { PolicyLenses } from './policyLenses.ts';

/** Policies, and what is shown where they are written. */
export interface PolicyFiles extends vscode.Disposable {
  readonly store: PolicyStore;
  readonly lenses: vscode.CodeLensProvider;
  /** Draws the lenses anew, since other lists are in memory. */
  refresh(): void;
}

/** What policy files work with. */
export interface PolicyFilesParts {
  readonly accounts: AccountStore;
  readonly connections: Connections;
  readonly references: Pick<WorkspaceReferences, 'usesOf' | 'onDidChange'>;
  /** See `isUserSettings`. */
  readonly globalStorage: vscode.Uri;
}

/** Reads policies, tells what is wrong with them and what they come to, and keeps that current. */
export function fillPolicyFiles({ accounts, connections, references, globalStorage }: PolicyFilesParts): PolicyFiles {
  const now = () => connections.clock.now();
  const store = new PolicyStore({ now });
  const counts = new PolicyCounts({
    listings: async () => connections.knownListings(await accounts.listAt(readOrigins())),
    rulesOf: (policy, { repository, asOf, inDateOrder }) => ({
      policy,
      now: asOf,
      asOf,
      protect: readProtection(),
      uses: references.usesOf(repository),
      inDateOrder,
    }),
  });
  const lenses = new PolicyLenses({ store, counts });
  const recount = () => {
    counts.forget();
    lenses.refresh();
  };
  const parts = vscode.Disposable.from(
    store,
    lenses,
    new PolicyDiagnostics({ store, now, globalStorage }),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(settingSection) && recount()),
    vscode.workspace.onDidChangeWorkspaceFolders(recount),
    references.onDidChange(recount),
    accounts.onDidChange(() => lenses.refresh()),
  );
  return { store, lenses, refresh: () => lenses.refresh(), dispose: () => void parts.dispose() };
}
