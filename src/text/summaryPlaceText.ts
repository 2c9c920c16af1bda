import type { JournalSummary } from '../runs/journal/journalSummary.ts';
import { repositoriesText } from './countText.ts';
import { repositoryText } from './repositoryText.ts';

/** "acme/web", or "3 repositories": where a run deletes. */
export function summaryPlaceText({
  repository,
  repositories,
}: Pick<JournalSummary, 'repository' | 'repositories'>): string {
  return repositories === 1 ? repositoryText(repository) : repositoriesText(repositories);
}
