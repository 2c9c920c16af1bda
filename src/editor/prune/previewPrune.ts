import * as vscode from 'vscode';
import { readOlderThan } from '../settings/settings.ts';
import { policyOlderThan } from '../../retention/policy/policy.ts';
import { openPlanPanel } from '../planPanel/openPlanPanel.ts';
import { repositoryGlobs } from '../../retention/policy/repositoryGlobs.ts';
import { namedPolicy, policyScope } from './policyScope.ts';
import { pruneScope } from './pruneScope.ts';
import type { PanelServices } from '../planPanel/panelServices.ts';

/**
 * `Preview Prune…`: reads the tags of repositories and opens a plan of them that answers as its rules change. Nothing is deleted by it. An argument
 * names rows of the tree, or as `{policy}` a policy.
 */
export async function previewPrune(services: PanelServices, argument?: unknown, all?: unknown): Promise<void> {
  // Settings that are wrong are told before anything is asked.
  readOlderThan(Date.now());
  const named = await namedPolicy(services, argument);
  const scope = named
    ? await policyScope(services, named, vscode.l10n.t('Preview Prune'))
    : await pruneScope(services, argument, all, vscode.l10n.t('Preview Prune'));
  if (!scope) return;
  const { account, repositories } = scope;
  await openPlanPanel(
    services,
    account,
    repositories,
    (now) => named?.policy ?? policyOlderThan(readOlderThan(now), repositoryGlobs(repositories)),
  );
}
