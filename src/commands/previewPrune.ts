import * as vscode from 'vscode';
import { readOlderThan } from '../host/settings.ts';
import { policyOlderThan } from '../retention/policy.ts';
import { planPort } from './planPort.ts';
import { planTitle } from './planTitle.ts';
import { policyScope } from './policyScope.ts';
import { pruneScope } from './pruneScope.ts';
import type { Services } from './services.ts';

/**
 * `Preview Prune…`: reads the tags of repositories and opens a plan of them that answers as its rules change. Nothing is deleted by it.
 * @param argument a row of the tree, or `{ policy }` with the id of a policy, as a CodeLens passes it
 */
export async function previewPrune(services: Services, argument?: unknown, all?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  // Settings that are wrong are told before anything is asked.
  readOlderThan(Date.now());
  const title = t('Preview Prune');
  const located = namesPolicy(argument) ? await policyScope(services, argument.policy, title) : undefined;
  const scope = namesPolicy(argument) ? located : await pruneScope(services, argument, all, title);
  if (!scope) return;
  const { account, repositories } = scope;
  const port = planPort(services, account, repositories);
  const lists = await port.read();
  const policy = located?.policy ?? policyOlderThan(readOlderThan(lists.now), repositories.map(({ namespace, name }) => `${namespace}/${name}`));
  await services.panels.open(port, { title: planTitle(repositories), repositories, policy }, lists);
}

function namesPolicy(argument: unknown): argument is { readonly policy: unknown } {
  return typeof argument === 'object' && argument !== null && 'policy' in argument;
}
