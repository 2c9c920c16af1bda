import * as vscode from 'vscode';
import { readOlderThan } from '../host/settings.ts';
import { policyOlderThan } from '../retention/policy.ts';
import { planPort } from './planPort.ts';
import { planTitle } from './planTitle.ts';
import { pruneScope } from './pruneScope.ts';
import type { Services } from './services.ts';

/** `Preview Prune…`: reads the tags of repositories and opens a plan of them that answers as its rules change. Nothing is deleted by it. */
export async function previewPrune(services: Services, argument?: unknown, all?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  // Settings that are wrong are told before anything is asked.
  readOlderThan(Date.now());
  const scope = await pruneScope(services, argument, all, t('Preview Prune'));
  if (!scope) return;
  const { account, repositories } = scope;
  const port = planPort(services, account, repositories);
  const lists = await port.read();
  const policy = policyOlderThan(readOlderThan(lists.now), repositories.map(({ namespace, name }) => `${namespace}/${name}`));
  await services.panels.open(port, { title: planTitle(repositories), repositories, policy }, lists);
}
