import * as vscode from 'vscode';
import { tagsAndAttachmentsTitle } from '../../text/countText.ts';
import { errorText } from '../../text/errorText.ts';
import { goingText, planLines, stayingText, tagText } from '../../text/planText.ts';
import { reclaimableText } from '../../text/reclaimableText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import type { Batch } from '../../retention/plan/batch.ts';
import type { Plan } from '../../retention/plan/plan.ts';
import { saveLines } from '../ui/saveLines.ts';
import type { PanelServices } from '../planPanel/panelServices.ts';
import type { SkippedRepository } from '../../prune/readEach.ts';

interface ReviewItem extends vscode.QuickPickItem {
  readonly action?: 'delete' | 'open' | 'save' | 'preview';
}

/** Tags of a plan whose list is surely shown whole, see `TextDocuments`. */
const surelyShown = 5000;

/**
 * Shows a plan before anything is asked: counts, size, oldest and newest that go, what stays and why, and the whole list to open and read
 * while the dialog stays.
 * @param headline says which tags the plan is about
 * @param skipped repositories of which nothing is planned
 * @param options.mayPreview whether the plan panel is offered
 * @returns whether to go on to the confirmation, or to the plan panel; `undefined` when the dialog was left
 */
export function reviewBatch(
  services: PanelServices,
  batch: Batch,
  headline: string,
  skipped: readonly SkippedRepository[],
  { title, mayPreview }: { readonly title: string; readonly mayPreview: boolean },
): Promise<'confirm' | 'preview' | undefined> {
  const isLong = batch.plans.reduce((sum, { verdicts }) => sum + verdicts.length, 0) > surelyShown;
  const picker = vscode.window.createQuickPick<ReviewItem>();
  picker.title = title;
  // The count first: the rules of a policy can be longer than the line.
  picker.placeholder = `${goingText(batch.plans)}. ${headline}`;
  picker.ignoreFocusOut = true;
  picker.matchOnDescription = true;
  picker.items = [...actionItems(batch, { isLong, mayPreview }), ...repositoryItems(batch, skipped)];
  return new Promise((resolve) => {
    let [saving, hidden, over] = [false, false, false];
    const end = (goOn: 'confirm' | 'preview' | undefined) => {
      over = true;
      resolve(goOn);
      picker.dispose();
    };
    const save = async () => {
      saving = true;
      try {
        await saveLines(vscode.l10n.t('Save All Tags'), 'prune-plan.txt', planLines(batch, headline));
      } catch (error) {
        if (!(error instanceof Error && error.name === 'AbortError')) {
          void vscode.window.showErrorMessage(errorText(error).message);
        }
      }
      saving = false;
      if (hidden && !over) picker.show();
      hidden = false;
    };
    picker.onDidAccept(() => {
      const action = picker.selectedItems[0]?.action;
      if (action === 'open') {
        void services.documents.show(
          vscode.l10n.t('Prune plan.txt'),
          planLines(batch, headline),
          isLong ? vscode.l10n.t('"Save All Tags…" in the dialog writes the complete list to a file.') : '',
        );
      }
      if (action === 'save' && !saving) void save();
      if (action === 'preview') end('preview');
      if (action === 'delete') end('confirm');
    });
    picker.onDidHide(() => {
      // The dialog that asks for a file takes the place of this one, where it is VS Code's own and not the system's.
      if (saving) hidden = true;
      else if (!over) end(undefined);
    });
    picker.show();
  });
}

/** What can be done with the plan; first, so that Enter opens the list and deletes nothing. */
function actionItems(
  batch: Batch,
  { isLong, mayPreview }: { readonly isLong: boolean; readonly mayPreview: boolean },
): ReviewItem[] {
  const items: ReviewItem[] = [
    {
      label: `$(list-flat) ${vscode.l10n.t('View All Tags')}`,
      detail: vscode.l10n.t('What happens to each tag, and why'),
      action: 'open',
    },
  ];
  if (isLong) {
    items.push({
      label: `$(save) ${vscode.l10n.t('Save All Tags…')}`,
      detail: vscode.l10n.t('As a text file, because the editor shows only the beginning'),
      action: 'save',
    });
  }
  items.push(
    batch.total > 0
      ? deleteItem(batch)
      : {
          label: `$(pass) ${vscode.l10n.t('Nothing to delete')}`,
          detail: vscode.l10n.t('Every tag is kept.'),
          alwaysShow: true,
        },
  );
  if (mayPreview) {
    items.push({
      label: `$(graph) ${vscode.l10n.t('Open Plan…')}`,
      detail: vscode.l10n.t('Timeline and all tags; try other rules'),
      action: 'preview',
    });
  }
  return items;
}

function repositoryItems({ plans }: Batch, skipped: readonly SkippedRepository[]): ReviewItem[] {
  const items: ReviewItem[] = [separator(vscode.l10n.t('Repositories'))];
  for (const plan of plans) {
    items.push({
      label: `$(repo) ${repositoryText(plan.repository)}`,
      description: goingText([plan]),
      detail: keptText(plan),
      action: 'open',
    });
  }
  if (skipped.length > 0) items.push(separator(vscode.l10n.t('Skipped')));
  for (const { repository, error } of skipped) {
    items.push({ label: `$(error) ${repositoryText(repository)}`, detail: errorText(error).message });
  }
  return items;
}

function keptText(plan: Plan): string {
  if (plan.verdicts.length === 0) return vscode.l10n.t('No tags');
  return plan.staying.length === 0
    ? vscode.l10n.t('Nothing is kept.')
    : vscode.l10n.t('Keep: {0}', stayingText([plan]));
}

function separator(label: string): ReviewItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function deleteItem(batch: Batch): ReviewItem {
  const { oldest, newest } = batch;
  // The names of repositories would leave no room for the dates; they stand in the whole list.
  const textOf = (end: typeof oldest) => (end ? tagText(end.tag) : '');
  return {
    label: `$(trash) ${vscode.l10n.t('Delete {0}…', tagsAndAttachmentsTitle(batch.total, batch.attachments))}`,
    description: reclaimableText(batch.reclaimable),
    detail: batch.total === 1 ? textOf(oldest) : vscode.l10n.t('from {0} to {1}', textOf(oldest), textOf(newest)),
    action: 'delete',
    alwaysShow: true,
  };
}
