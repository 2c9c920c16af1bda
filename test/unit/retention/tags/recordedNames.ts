import { readFileSync } from 'node:fs';

/** All tag names that were recorded of one repository of Docker's own. */
export function recordedNames(repository: 'php' | 'python'): readonly string[] {
  const text = readFileSync(
    new URL(`../../../hub/recorded/tag-names-${repository}-2026-02.json`, import.meta.url),
    'utf8',
  );
  return (JSON.parse(text) as { tags: string[] }).tags;
}
