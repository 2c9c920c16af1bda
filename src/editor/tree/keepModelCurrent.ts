import * as vscode from 'vscode';
import type { AccountStore } from '../accounts/accountStore.ts';
import type { HubModel } from './hubModel.ts';
import { originsChanged } from '../settings/originSettings.ts';

/** Lets the model forget what it knows of an account that was signed in or out, in this window or another one, and all of it when other servers are set. */
export function keepModelCurrent(model: HubModel, accounts: AccountStore): vscode.Disposable {
  return vscode.Disposable.from(
    accounts.onDidChange(({ id }) => model.forget(id)),
    vscode.workspace.onDidChangeConfiguration((event) => originsChanged(event) && model.refresh()),
  );
}
