import * as vscode from 'vscode';
import { throttledProgress } from './throttledProgress.ts';
import { numberText, repositoriesText } from '../../text/countText.ts';
import { timeText } from '../../text/timeText.ts';
import type { HubClient } from '../../hub/client.ts';
import type { Wait } from '../../hub/pacing/pacer.ts';
import type { ReadingListener } from '../../prune/readEach.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { withProgress } from './withProgress.ts';

/**
 * Reads repositories, and does what goes with it, under a cancellable progress notification that counts tags and repositories.
 * @param work given a signal that is aborted when the person cancels, and what the notification listens with
 * @param show how the notification comes
 * @throws what the work throws; the signal's reason when it is cancelled
 */
export function withReadingProgress<T>(
  client: Pick<HubClient, 'now'>,
  repositories: readonly RepositoryName[],
  title: string,
  work: (reading: { readonly signal: AbortSignal; readonly listener: ReadingListener }) => Promise<T>,
  show = withProgress,
): Promise<T> {
  return show(title, async (signal, progress) => {
    const read = new Map<RepositoryName, number>();
    const expected = new Map<RepositoryName, number>();
    let finished = 0;
    let wait: Wait | undefined;
    const sum = (counts: Map<RepositoryName, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
    const message = () => {
      const parts =
        sum(read) === 0
          ? []
          : [vscode.l10n.t('{0} of {1} tags', numberText(sum(read)), numberText(Math.max(sum(expected), sum(read))))];
      if (repositories.length > 1) {
        parts.push(vscode.l10n.t('{0} of {1}', numberText(finished), repositoriesText(repositories.length)));
      }
      if (wait && wait.until > client.now()) parts.push(vscode.l10n.t('waiting until {0}', timeText(wait.until)));
      return parts.join(' · ');
    };
    using reporter = throttledProgress(progress, message);
    const listener: ReadingListener = {
      onTags(repository, count, total) {
        read.set(repository, count);
        if (total !== undefined) expected.set(repository, total);
        reporter.report();
      },
      onRepository() {
        finished++;
        reporter.report(100 / repositories.length);
      },
      onWait(next) {
        wait = next;
        reporter.report();
      },
    };
    const result = await work({ signal, listener });
    signal.throwIfAborted();
    return result;
  });
}
