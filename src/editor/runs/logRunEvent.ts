import type { LogOutputChannel } from 'vscode';
import { plainText } from '../../hub/wire/serverWords.ts';
import type { RunEvent } from '../../runs/outcome/runEvent.ts';
import { tagsText } from '../../text/countText.ts';
import { outcomeText, stopText } from '../../text/reasonText.ts';
import { repositoryText } from '../../text/repositoryText.ts';

/** Logs what a run does, tag by tag; not the tags that it didn't reach, of which there may be 200,000 at once and the summary has the count. */
export function logRunEvent(log: LogOutputChannel, event: RunEvent): void {
  switch (event.type) {
    case 'repository':
      log.info(`${repositoryText(event.repository)}: ${tagsText(event.planned)} to delete`);
      return;
    case 'waiting':
      log.info(`waiting until ${new Date(event.wait.until).toISOString()} (${event.wait.why})`);
      return;
    case 'outcome':
      if (event.outcome.kind === 'notReached') return;
      log.info(`${repositoryText(event.repository)}:${plainText(event.tag.name)} ${outcomeText(event.outcome)}`);
      return;
    case 'stopped':
      log.warn(stopText([event.stop]));
  }
}
