import * as vscode from 'vscode';
import { Throttle } from '../../async/throttle.ts';
import { errorText } from '../../text/errorText.ts';
import { numberText, tagsText } from '../../text/countText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { accountId } from '../../hub/wire/account.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { inSlices } from '../../async/inSlices.ts';
import { checkPolicy, policyData, PolicyError } from '../../retention/policy/checkPolicy.ts';
import { fullName, type RepositoryName } from '../../retention/tags/repositoryName.ts';
import { PlanDraft, type RowChoice } from '../../retention/draft/planDraft.ts';
import type { DraftRow } from '../../retention/draft/settledDraft.ts';
import type { Policy } from '../../retention/policy/policy.ts';
import type { Sliced } from '../../async/sliced.ts';
import { fieldProblemText } from './fieldProblemText.ts';
import { goingMark } from './goingMark.ts';
import { listMarks } from './listMark.ts';
import {
  parsePageMessage,
  type FieldProblem,
  type HostMessage,
  type Measure,
  type PageMessage,
  type PolicyControls,
  type RowWindow,
  type TableView,
} from './messages.ts';
import { pageStrings } from './pageStrings.ts';
import { maxKeptPicks, type PanelState } from './panelState.ts';
import type { PlanLists, PlanPort } from './planPort.ts';
import { planView } from './planView.ts';
import { controlsOf, fieldOf, policyValueOf } from './policyValue.ts';
import { detailsView, rowView, verdictText } from './rowView.ts';

/** What a panel begins with. */
export interface PanelStart {
  readonly title: string;
  readonly repositories: readonly RepositoryName[];
  readonly policy: Policy;
  /** What a panel of an earlier window left. */
  readonly left?: PanelState;
}

/** Least time (ms) between two states that the page is given to keep. */
const keepEvery = 500;

const firstView: TableView = { by: 'age', descending: true, verdict: 'all', text: '' };

/**
 * One plan to look at. Holds the draft as long as the panel is open, also while it is hidden and has no page; the page shows it and says which rows
 * and controls are touched, nothing else.
 */
export class PlanPanel {
  readonly panel: vscode.WebviewPanel;
  readonly #port: PlanPort;
  readonly #start: PanelStart;
  readonly #subscriptions: vscode.Disposable;
  readonly #keeper: Throttle;
  #lists: PlanLists | undefined;
  #draft: PlanDraft | undefined;
  #notice: Extract<HostMessage, { type: 'notice' }> | undefined;
  #controls: PolicyControls;
  #problems: readonly FieldProblem[] = [];
  #view: TableView;
  #measure: Measure;
  #stale: 'no' | 'perhaps' | 'run' = 'no';
  #news: readonly string[] = [];
  /** The repositories as the page keeps them; another object once their lists were read again. */
  #keptLists: PanelState['lists'];
  /** What the page has been given to keep since it is there. */
  #kept: Partial<PanelState> = {};
  /** What the plan of an earlier window deleted, until the user changes this one or deletes by it. */
  #leftGoing: PanelState['going'];
  /** How the plan differs from that. */
  #changes: readonly string[] = [];
  /** What is deleted by the plan as it was when its `revision` was worked out. */
  #going: { readonly revision: number; readonly going: NonNullable<PanelState['going']> } | undefined;
  /** What the page keeps of the decisions by hand as they were at a revision of the draft's; none where there is none. */
  #picks: { readonly revision: number | undefined; readonly kept: PanelState['picks'] } | undefined;
  /** The rows that the page asked for last: they come along with each plan. */
  #window: readonly [from: number, to: number] = [0, 60];
  /** The first row that showed then. */
  #top = 0;
  #queue: Promise<void> = Promise.resolve();
  #isPageThere = false;
  /** What is under way and is not begun a second time. */
  readonly #acting = new Set<'read' | 'export' | 'save' | 'delete'>();
  #isDisposed = false;

  constructor(panel: vscode.WebviewPanel, port: PlanPort, start: PanelStart) {
    this.panel = panel;
    this.#port = port;
    this.#start = start;
    const { left } = start;
    this.#controls = left?.controls ?? controlsOf(start.policy);
    this.#view = left?.view ?? firstView;
    this.#measure = left?.measure ?? 'tags';
    this.#leftGoing = left?.going;
    this.#keptLists = start.repositories.map(({ namespace, name }) => ({ namespace, name, mark: undefined }));
    this.#keeper = new Throttle(
      keepEvery,
      () => void this.#enqueue(() => this.#keep()).catch((error: unknown) => this.#port.fail(error)),
    );
    this.#subscriptions = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((value) => this.#receive(value)),
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; the next one says when it is ready.
        if (!panel.visible) this.#isPageThere = false;
      }),
      panel.onDidDispose(() => this.#dispose()),
      port.onDidChangeTags(() => this.#onTags()),
    );
  }

  /** Shows lists that were read. @throws Error when a repository or a tag comes twice */
  async show(lists: PlanLists): Promise<void> {
    await this.#enqueue(() => this.#take(lists));
  }

  /** Reads the lists, and shows them or why they cannot be read. @param options `anew`: those, too, that are in memory */
  async read(options: { readonly anew?: boolean } = {}): Promise<void> {
    await this.#act('read', async () => {
      if (!this.#draft) this.#tell(vscode.l10n.t('Reading the tags…'), false);
      try {
        await this.show(await this.#port.read(options));
      } catch (error) {
        if (!this.#draft) {
          this.#tell(isCancellation(error) ? vscode.l10n.t("The tags weren't read.") : errorText(error).message, true);
        } else {
          throw error;
        }
      }
    });
  }

  /** Asks for a file and writes the plan into it. */
  async export(): Promise<void> {
    await this.#act('export', async () => {
      if (this.#draft) await this.#port.export({ settled: this.#draft.settled });
    });
  }

  #receive(value: unknown): void {
    const message = parsePageMessage(value);
    if (message) void this.#enqueue(() => this.#handle(message)).catch((error: unknown) => this.#port.fail(error));
  }

  /** One after the other, so that each message meets the draft that the one before it left. */
  #enqueue(work: () => Promise<void> | void): Promise<void> {
    const done = this.#queue.then(() => (this.#isDisposed ? undefined : work()));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #handle(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.#greet();
      case 'readAgain':
        return void this.read({ anew: true });
      case 'export':
        return void this.export();
      case 'save':
        return void this.#act('save', async () => this.#port.save(this.#draft?.policy ?? this.#start.policy));
      default:
        if (this.#draft) await this.#handleFor(this.#draft, message);
    }
  }

  async #handleFor(
    draft: PlanDraft,
    message: Exclude<PageMessage, { type: 'ready' | 'readAgain' | 'export' | 'save' }>,
  ): Promise<void> {
    switch (message.type) {
      case 'policy':
        return this.#changePolicy(draft, message.controls);
      case 'view':
        return this.#changeView(draft, message.view);
      case 'measure':
        this.#measure = message.measure;
        return this.#postPlan(this.#chartText(draft));
      case 'rows':
        if (message.order !== draft.orderRevision) return;
        [this.#window, this.#top] = [message.rows, message.top];
        return this.#post({ type: 'rows', window: this.#rows(draft) });
      case 'pick':
        return this.#pick(draft, message);
      case 'undo':
        this.#forgetChanges();
        return this.#change(draft.undo(), () => vscode.l10n.t('Undone. {0}', summaryOf(draft)));
      case 'details':
        return this.#tellDetails(draft, message);
      case 'delete':
        return void this.#act('delete', () => this.#delete(draft, message.revision));
    }
  }

  #greet(): void {
    this.#isPageThere = true;
    this.#kept = {};
    const { title, repositories } = this.#start;
    this.#post({
      type: 'start',
      strings: pageStrings(),
      title,
      several: repositories.length > 1,
      controls: this.#controls,
      view: this.#view,
      top: this.#top,
    });
    if (this.#notice) this.#post(this.#notice);
    this.#postPlan(undefined);
    // A page that was not there yet has kept nothing.
    this.#keeper.request();
  }

  async #take(lists: PlanLists): Promise<void> {
    const listed = await inSlices(listMarks(lists.sources));
    const marks = new Map(lists.sources.map(({ repository }, index) => [fullName(repository), listed[index]!]));
    const before = this.#draft;
    if (before) {
      const { protect, maxDeletions, now } = lists;
      const picked = before.pickedCount;
      // The work that follows does the part of this one, too: everything is judged once.
      before.reread(lists.sources);
      await inSlices(before.changeRules({ protect, maxDeletions, now }));
      this.#news = lostPicks(picked - before.pickedCount);
    } else {
      const { left } = this.#start;
      const { sort, filter } = orderOf(this.#view);
      // A panel that comes back may have been left with a rule that cannot be read, or before the plan that answers what its controls say.
      const { policy, problems } = this.#check(this.#controls, lists.now);
      const draft = await inSlices(
        PlanDraft.create({
          ...lists,
          policy: (left && policy) ?? this.#start.policy,
          sort,
          filter,
          picks: left?.picks ?? [],
        }),
      );
      this.#draft = draft;
      this.#news = left ? this.#newsSince(left, marks, lostPicks(left.picks.length - draft.pickedCount)) : [];
      this.#problems = problems;
    }
    this.#changes = await this.#changesSince(this.#draft!);
    this.#keptLists = this.#start.repositories.map(({ namespace, name }) => ({
      namespace,
      name,
      mark: marks.get(fullName({ namespace, name })),
    }));
    [this.#lists, this.#stale, this.#notice] = [lists, 'no', undefined];
    this.#postPlan(this.#changes[0]);
    this.#keeper.request();
  }

  /** How the plan differs from the one that an earlier window was left with: nothing more is deleted in silence. */
  async #changesSince(draft: PlanDraft): Promise<readonly string[]> {
    const then = this.#leftGoing;
    if (!then) return [];
    const { count, mark } = await this.#goingOf(draft);
    if (count !== then.count) {
      return [
        vscode.l10n.t(
          'This plan now deletes {0}; it deleted {1} when the window was closed.',
          tagsText(count),
          numberText(then.count),
        ),
      ];
    }
    return mark === then.mark
      ? []
      : [
          vscode.l10n.t(
            'This plan now deletes different tags than when the window was closed: {0}, as many as before.',
            tagsText(count),
          ),
        ];
  }

  async #goingOf({ settled: { revision, batch } }: PlanDraft): Promise<NonNullable<PanelState['going']>> {
    if (this.#going?.revision !== revision) {
      this.#going = { revision, going: { count: batch.total, mark: await inSlices(goingMark(batch)) } };
    }
    return this.#going.going;
  }

  /** The plan is the user's own again: what another window showed does not matter any more. */
  #forgetChanges(): void {
    this.#leftGoing = undefined;
    this.#changes = [];
  }

  async #keep(): Promise<void> {
    const going = this.#leftGoing ?? (this.#draft && (await this.#goingOf(this.#draft)));
    if (!this.#isPageThere) return;
    const state: PanelState = { ...this.#state(), ...(going && { going }) };
    this.#post({ type: 'keep', state: changesOf(this.#kept, state) });
    this.#kept = state;
  }

  #newsSince(
    { lists, picksLost }: PanelState,
    marks: ReadonlyMap<string, string>,
    lost: readonly string[],
  ): readonly string[] {
    const changed = lists.filter((list) => marks.get(fullName(list)) !== list.mark);
    return [
      ...(changed.length > 0
        ? [
            vscode.l10n.t(
              'The tags have changed since you last viewed this plan: {0}.',
              changed.slice(0, 5).map(repositoryText).join(', '),
            ),
          ]
        : []),
      ...(picksLost ? [vscode.l10n.t('Your manual choices were too many to be kept when the window reloaded.')] : []),
      ...lost,
    ];
  }

  #check(
    controls: PolicyControls,
    now: number,
  ): { readonly policy?: Policy; readonly problems: readonly FieldProblem[] } {
    const value = policyValueOf(controls, this.#start.policy.repositories);
    try {
      return { policy: checkPolicy(value, now), problems: [] };
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      return {
        problems: error.problems.map((problem) => ({
          field: fieldOf(problem.path),
          message: fieldProblemText(problem, value),
        })),
      };
    }
  }

  async #changePolicy(draft: PlanDraft, controls: PolicyControls): Promise<void> {
    this.#controls = controls;
    const { policy, problems } = this.#check(controls, draft.settled.now);
    this.#problems = problems;
    if (policy) {
      this.#forgetChanges();
      await this.#change(draft.change(policy), () => undefined);
    }
    if (!policy) this.#postPlan(problems.map(({ message }) => message).join(' '));
    this.#keeper.request();
  }

  async #changeView(draft: PlanDraft, view: TableView): Promise<void> {
    this.#view = view;
    const { sort, filter } = orderOf(view);
    [this.#window, this.#top] = [[0, this.#window[1] - this.#window[0]], 0];
    await this.#change(draft.order(sort, filter), () => vscode.l10n.t('{0} shown', tagsText(draft.rowCount)));
  }

  async #change(work: Sliced<boolean>, told: () => string | undefined): Promise<void> {
    await inSlices(work);
    this.#postPlan(told());
    this.#keeper.request();
  }

  async #pick(draft: PlanDraft, { order, rows, first, as }: Extract<PageMessage, { type: 'pick' }>): Promise<void> {
    const [shown] = draft.rows(first, first + 1);
    if (order !== draft.orderRevision || !shown || rows.some(([, to]) => to >= draft.rowCount)) {
      this.#post({ type: 'said', text: vscode.l10n.t('The rows have changed. Try again.') });
      return;
    }
    this.#forgetChanges();
    const choice: RowChoice = rows.map(([from, to]) => ({ from, to: to + 1 }));
    const wanted = as === 'toggle' ? toggled(shown) : as;
    const picked = rows.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    const work = decideOn(draft, choice, wanted);
    await this.#change(work, () => {
      if (picked > 1) return vscode.l10n.t('{0} selected. {1}', tagsText(picked), summaryOf(draft));
      const [now] = order === draft.orderRevision ? draft.rows(first, first + 1) : [];
      return now
        ? vscode.l10n.t('{0}: {1}. {2}', plainText(now.tag.name), verdictText(now.verdict), summaryOf(draft))
        : summaryOf(draft);
    });
  }

  #tellDetails(draft: PlanDraft, { order, row }: Extract<PageMessage, { type: 'details' }>): void {
    const [shown] = order === draft.orderRevision ? draft.rows(row, row + 1) : [];
    if (shown) this.#post({ type: 'details', details: detailsView(row, shown, draft.settled.now) });
  }

  /** Takes the batch together with its revision: only what was on the screen when the button was pressed is asked about (invariant 1). */
  async #delete(draft: PlanDraft, revision: number): Promise<void> {
    const { settled } = draft;
    const isShown = () => draft.revision === revision && this.#problems.length === 0 && !this.#isDisposed;
    // The page disables its button, and is not trusted with that.
    if (!this.#lists || !isShown() || !this.#planView(draft)?.canDelete) {
      this.#post({ type: 'said', text: vscode.l10n.t('The plan has changed. Review it again.') });
      return;
    }
    await this.#port.delete({
      settled,
      lists: this.#lists,
      isShown,
      changes: this.#changes,
      begun: () => {
        this.#forgetChanges();
        this.#stale = 'run';
        this.#postPlan(undefined);
      },
    });
  }

  /** Dialogs, reading and runs take their time; meanwhile the page goes on. */
  async #act(what: 'read' | 'export' | 'save' | 'delete', action: () => Promise<void>): Promise<void> {
    if (this.#acting.has(what)) return;
    this.#acting.add(what);
    try {
      await action();
    } catch (error) {
      if (!isCancellation(error)) this.#port.fail(error);
    } finally {
      this.#acting.delete(what);
    }
  }

  #onTags(): void {
    if (!this.#draft || this.#stale !== 'no') return;
    this.#stale = 'perhaps';
    this.#postPlan(undefined);
  }

  #chartText(draft: PlanDraft): string {
    return draft.totals.all === 0 ? summaryOf(draft) : (this.#planView(draft)?.chart.summary ?? '');
  }

  #planView(draft: PlanDraft): ReturnType<typeof planView> | undefined {
    if (!this.#lists) return undefined;
    return planView(draft, {
      lists: this.#lists,
      measure: this.#measure,
      problems: this.#problems,
      stale: this.#stale,
      news: [...this.#changes, ...this.#news],
    });
  }

  #postPlan(told: string | undefined): void {
    const draft = this.#draft;
    const plan = draft && this.#isPageThere ? this.#planView(draft) : undefined;
    if (draft && plan) this.#post({ type: 'plan', plan, window: this.#rows(draft), told });
  }

  #rows(draft: PlanDraft): RowWindow {
    const [from, to] = this.#window;
    const rows = draft.rows(from, to + 1).map((row) => rowView(row, draft.settled.now));
    return { order: draft.orderRevision, from, rows };
  }

  #tell(text: string, canReadAgain: boolean): void {
    this.#notice = { type: 'notice', text, canReadAgain };
    this.#post(this.#notice);
  }

  #post(message: HostMessage): void {
    if (this.#isPageThere && !this.#isDisposed) void this.panel.webview.postMessage(message);
  }

  #state(): PanelState {
    const policy = this.#draft?.policy ?? this.#start.policy;
    const picksLost = (this.#draft?.pickedCount ?? 0) > maxKeptPicks;
    return {
      version: 1,
      account: accountId(this.#port.account),
      lists: this.#keptLists,
      policy: policyData(policy),
      controls: this.#controls,
      picks: this.#keptPicks(picksLost),
      picksLost,
      view: this.#view,
      measure: this.#measure,
    };
  }

  /** What was decided by hand; the same object until that changes. */
  #keptPicks(areLost: boolean): PanelState['picks'] {
    const revision = areLost ? undefined : this.#draft?.picksRevision;
    if (!this.#picks || this.#picks.revision !== revision) {
      const picked = revision === undefined ? [] : [...this.#draft!.picked()];
      this.#picks = {
        revision,
        kept: picked.map(({ repository: { namespace, name }, tag, pick }) => ({
          repository: { namespace, name },
          tag,
          pick,
        })),
      };
    }
    return this.#picks.kept;
  }

  #dispose(): void {
    this.#isDisposed = true;
    this.#subscriptions.dispose();
    this.#keeper[Symbol.dispose]();
  }
}

/** What Space makes of a row: what was decided by hand is left to the rules again, and a verdict of the rules is turned. */
function toggled({ byHand, verdict }: DraftRow): 'rule' | 'keep' | 'delete' {
  if (byHand) return 'rule';
  return verdict === 'delete' ? 'keep' : 'delete';
}

function decideOn(draft: PlanDraft, rows: RowChoice, as: 'rule' | 'keep' | 'delete'): Sliced<boolean> {
  switch (as) {
    case 'rule':
      return draft.byRule(rows);
    case 'keep':
      return draft.keepByHand(rows);
    case 'delete':
      return draft.deleteByHand(rows);
  }
}

function orderOf({ by, descending, verdict, text }: TableView) {
  const sort = { by, descending };
  if (verdict === 'all') return { sort, filter: { text } } as const;
  if (verdict === 'attachments') return { sort, filter: { kind: 'attachment', text } } as const;
  return { sort, filter: { verdict, text } } as const;
}

function summaryOf({ totals }: PlanDraft): string {
  return vscode.l10n.t('{0} of {1} will be deleted.', numberText(totals.going), tagsText(totals.all));
}

function lostPicks(lost: number): string[] {
  return lost > 0
    ? [
        vscode.l10n.t(
          'Manual choices no longer apply, because the tags were deleted, pushed again, or made immutable: {0}.',
          tagsText(lost),
        ),
      ]
    : [];
}

/** What of a state differs from an earlier one; objects are compared as such. */
function changesOf(before: Partial<PanelState>, state: PanelState): Partial<PanelState> {
  return Object.fromEntries(Object.entries(state).filter(([key, value]) => before[key as keyof PanelState] !== value));
}

function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');
}
