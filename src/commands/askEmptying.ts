import * as vscode from 'vscode';
import { tagsText } from '../host/countText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { inSlices } from '../pruning/inSlices.ts';
import { withoutEmptying, type Plan } from '../retention/plan.ts';

/**
 * Asks apart, and by name, for each repository that would lose its last tag. Where emptying is not wanted, the newest tag stays.
 * @returns the plans to go on with, or `undefined` when the dialog was left
 */
export async function askEmptying(plans: readonly Plan[]): Promise<readonly Plan[] | undefined> {
  const emptied = plans.filter(({ emptiesRepository }) => emptiesRepository);
  const allowed = emptied.length === 0 ? emptied : emptied.length === 1 ? await askForOne(emptied[0]!) : await askForMany(emptied);
  return allowed && Promise.all(plans.map(async (plan) => (plan.emptiesRepository && !allowed.includes(plan) ? inSlices(withoutEmptying(plan)) : plan)));
}

async function askForOne(plan: Plan): Promise<readonly Plan[] | undefined> {
  const { t } = vscode.l10n;
  const name = repositoryText(plan.repository);
  const empty = t('Empty {0}', name);
  const keep = t('Keep the Newest Tag');
  const picked = await vscode.window.showWarningMessage(
    t('{0} would lose all its tags', name),
    { modal: true, detail: t('{0} would go, and none would be left. Nothing is deleted yet; you are asked once more.', tagsText(plan.going.length)) },
    // Of one tag, keeping the newest is what Cancel does.
    ...(plan.going.length > 1 ? [keep, empty] : [empty]),
  );
  if (picked === undefined) return undefined;
  return picked === empty ? [plan] : [];
}

async function askForMany(plans: readonly Plan[]): Promise<readonly Plan[] | undefined> {
  const { t } = vscode.l10n;
  const picked = await vscode.window.showQuickPick(
    plans.map((plan) => ({ label: repositoryText(plan.repository), description: tagsText(plan.going.length), plan })),
    {
      title: t('{0} repositories would lose all their tags', plans.length),
      placeHolder: t('Tick those that may be emptied; in the others the newest tag stays'),
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  return picked?.map(({ plan }) => plan);
}
