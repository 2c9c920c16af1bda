import * as vscode from 'vscode';
import type { Clock } from '../../async/clock.ts';
import type { Wait } from '../../hub/pacing/pacer.ts';
import type { RunWatch } from '../../prune/executeRun.ts';
import type { RunEvent } from '../../runs/outcome/runEvent.ts';
import { Tally } from '../../runs/outcome/tally.ts';
import type { Batch } from '../../retention/plan/batch.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { abortSignal } from '../ui/abortSignal.ts';
import { Throttle } from '../../async/throttle.ts';
import { tellEvery } from '../ui/throttledProgress.ts';
import { numberText, tagsAndAttachmentsText } from '../../text/countText.ts';
import { batchPlaceText } from '../../text/planText.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { spanText, timeText } from '../../text/timeText.ts';

/** While it waits, the time that is left is told so often (ms). */
const tellWaitEvery = 1000;

/** A run that a progress notification shows. */
export interface ShownRun {
  readonly batch: Batch;
  /** Gives the pace (requests a second) that the server's allowance comes to. */
  readonly remover: { readonly pace: number };
  readonly clock: Clock;
  /** Cancels, as the button does. */
  readonly signal: AbortSignal;
}

/** Executes a batch under a cancellable progress notification. @throws what `execute` throws */
export function showRunProgress(
  { batch, remover, clock, signal: outer }: ShownRun,
  execute: (watch: RunWatch) => Promise<void>,
): Thenable<void> {
  const title = vscode.l10n.t(
    'Deleting {0} in {1}',
    tagsAndAttachmentsText(batch.total, batch.attachments),
    batchPlaceText(batch),
  );
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      using cancel = abortSignal(token);
      const signal = AbortSignal.any([cancel.signal, outer]);
      const tally = new Tally();
      const startedAt = clock.now();
      let repository: RepositoryName | undefined;
      let wait: Wait | undefined;
      let told = 0;
      using teller = new Throttle(tellEvery, () => {
        const increment = (100 * (tally.ended - told)) / batch.total;
        told = tally.ended;
        const [now, cancelled] = [clock.now(), signal.aborted];
        const state = { tally, batch, repository, wait, startedAt, now, pace: remover.pace, cancelled };
        progress.report({ increment, message: progressText(state) });
      });
      signal.addEventListener('abort', () => teller.flush(), { once: true });
      const waiting = setInterval(() => wait && wait.until > clock.now() && teller.request(), tellWaitEvery);
      const onEvent = (event: RunEvent): void => {
        tally.add(event);
        if (event.type === 'repository') repository = event.repository;
        if (event.type === 'waiting') wait = event.wait;
        if (event.type === 'outcome' && wait && wait.until <= clock.now()) wait = undefined;
        teller.request();
      };
      try {
        await execute({ signal, onEvent });
      } finally {
        clearInterval(waiting);
      }
      teller.flush();
    },
  );
}

/** What a run's progress notification says: done of total, repository, rate, time left, and what it waits for. */
export function progressText(state: {
  readonly tally: Tally;
  readonly batch: Batch;
  readonly repository?: RepositoryName;
  readonly wait?: Wait;
  /** Instants, ms. */
  readonly startedAt: number;
  readonly now: number;
  /** Requests a second that the allowance comes to; Infinity while none is known. */
  readonly pace: number;
  readonly cancelled: boolean;
}): string {
  const { tally, batch, wait, now } = state;
  const done = vscode.l10n.t('{0} of {1}', numberText(tally.ended), numberText(batch.total));
  if (state.cancelled) return vscode.l10n.t('{0} · canceling, waiting for pending requests', done);
  const parts = [done];
  if (state.repository && batch.plans.length > 1) parts.push(repositoryText(state.repository));
  const seconds = (now - state.startedAt) / 1000;
  if (tally.ended > 0 && seconds >= 1) {
    // A burst at the beginning of a window says nothing of the whole run, which the allowance does.
    const rate = Math.min(tally.ended / seconds, state.pace);
    parts.push(
      vscode.l10n.t('{0}/s', rate < 10 ? rate.toFixed(1) : Math.round(rate)),
      vscode.l10n.t('{0} left', spanText((1000 * (batch.total - tally.ended)) / rate)),
    );
  }
  if (wait && wait.until > now) {
    parts.push(
      wait.why === 'allowance'
        ? vscode.l10n.t('waiting for the rate limit until {0}', timeText(wait.until))
        : vscode.l10n.t('trying again at {0}', timeText(wait.until)),
    );
  }
  return parts.join(' · ');
}
