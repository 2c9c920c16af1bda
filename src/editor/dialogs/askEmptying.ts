import * as vscode from 'vscode';
import { tagsAndAttachmentsText } from '../../text/countText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { inSlices } from '../../async/inSlices.ts';
import { mapSliced } from '../../async/mapSliced.ts';
import { withoutEmptying, type Plan } from '../../retention/plan/plan.ts';
import type { Sliced } from '../../async/sliced.ts';

/**
 * Asks apart, and by name, for each repository that would lose its last tag. Where emptying is not wanted, the newest tag stays.
 * @returns the plans to go on with, or `undefined` when the dialog was left
 */
export async function askEmptying(plans: readonly Plan[]): Promise<readonly Plan[] | undefined> {
  const emptied = plans.filter(({ emptiesRepository }) => emptiesRepository);
  const allowed = await askAbout(emptied);
  if (!allowed) return undefined;
  const emptying = new Set(allowed);
  return inSlices(
    mapSliced(plans, function* (plan): Sliced<Plan> {
      return plan.emptiesRepository && !emptying.has(plan) ? yield* withoutEmptying(plan) : plan;
    }),
  );
}

async function askAbout(emptied: readonly Plan[]): Promise<readonly Plan[] | undefined> {
  const [first, ...others] = emptied;
  if (!first) return emptied;
  return others.length === 0 ? askForOne(first) : askForMany(emptied);
}

async function askForOne(plan: Plan): Promise<readonly Plan[] | undefined> {
  const name = repositoryText(plan.repository);
  const empty = vscode.l10n.t('Empty {0}', name);
  const keep = vscode.l10n.t('Keep the Newest Tag');
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} would lose all its tags', name),
    { modal: true, detail: emptyingText(plan) },
    // Of one tag, keeping the newest is what Cancel does.
    ...(plan.images.going > 1 || (plan.images.going === 0 && plan.going.length > 1) ? [keep, empty] : [empty]),
  );
  if (picked === undefined) return undefined;
  return picked === empty ? [plan] : [];
}

/** What is deleted, and what would be left without an image. */
function emptyingText({ going, staying, attachments }: Plan): string {
  const deleted = tagsAndAttachmentsText(going.length, attachments.going);
  return staying.length === 0
    ? vscode.l10n.t(
        "{0} would be deleted, and none would be left. Nothing is deleted yet; you'll be asked once more.",
        deleted,
      )
    : vscode.l10n.t(
        "{0} would be deleted, and no image would be left, only {1} of signatures, other attachments, or build caches. Nothing is deleted yet; you'll be asked once more.",
        deleted,
        tagsAndAttachmentsText(staying.length, 0),
      );
}

async function askForMany(plans: readonly Plan[]): Promise<readonly Plan[] | undefined> {
  const picked = await vscode.window.showQuickPick(
    plans.map((plan) => ({
      label: repositoryText(plan.repository),
      description: tagsAndAttachmentsText(plan.going.length, plan.attachments.going),
      plan,
    })),
    {
      title: vscode.l10n.t('{0} repositories would lose all their tags', plans.length),
      placeHolder: vscode.l10n.t('Select those that may be emptied; the others keep their newest tag'),
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  return picked?.map(({ plan }) => plan);
}
