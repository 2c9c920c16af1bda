import { readFileSync } from 'node:fs';
import { generateRepository } from './generate.ts';
import type { RepositoryRow, TagRow } from './rows.ts';
import { newestDate, shiftDates } from './shiftDates.ts';
import type { RepositoryInit, World } from './world.ts';

/** Namespaces of which real answers were recorded; see `recorded/SOURCES.md`. */
export type RecordedNamespace = 'dustynv' | 'crazymax' | 'library';

/** How recordings are loaded. */
export interface RecordingOptions {
  /** Epoch milliseconds that the newest date becomes (at most a second before); default `Date.now()`. */
  now?: number;
  /** False: dates as recorded. Default true. */
  shift?: boolean;
  /** True (default): tag lists in the recorded order where that is not by date (`crazymax/diun`). */
  keepTagOrder?: boolean;
  /** Seed of the dates of `library/php` and `library/python`, of which only names were recorded; default 1. */
  seed?: number;
}

/** What was loaded, and by how much all its dates were moved. */
export interface LoadedRecording {
  namespace: RecordedNamespace;
  /** Whole seconds; 0 without shifting. */
  offsetSeconds: number;
  repositories: number;
  tags: number;
}

type RecordedRepository = RepositoryRow & { tags: TagRow[] };

/**
 * Adds a recorded namespace to the world. Every date is moved by one constant offset, such that the newest `last_updated`,
 * `tag_last_pushed`, `tag_last_pulled`, `last_pushed` or `last_pulled` of the namespace is now.
 */
export function loadRecording(
  world: World,
  namespace: RecordedNamespace,
  options: RecordingOptions = {},
): LoadedRecording {
  const now = options.now ?? Date.now();
  const recorded = read(namespace);
  const newest = newestDate(recorded) ?? now;
  const offsetSeconds = options.shift === false ? 0 : Math.floor((now - newest) / 1000);
  const repositories = (offsetSeconds === 0 ? recorded : shiftDates(recorded, offsetSeconds)).map(({ tags, ...row }) =>
    initOf(row, tags, options),
  );
  if (namespace === 'library') {
    const newestAt = newest + offsetSeconds * 1000;
    repositories.push(named('php', 14_516, newestAt, options), named('python', 3_677, newestAt, options));
  }
  const loaded: LoadedRecording = { namespace, offsetSeconds, repositories: repositories.length, tags: 0 };
  for (const repository of repositories) loaded.tags += world.addRepository(repository).tags.size;
  return loaded;
}

function read(namespace: RecordedNamespace): RecordedRepository[] {
  switch (namespace) {
    case 'dustynv':
      return json<RecordedRepository[]>('namespace-dustynv-2025-05.json');
    case 'crazymax':
      return [withDetail('crazymax', 'diun', json<{ results: TagRow[] }>('tags-crazymax-diun-2023-02.json').results)];
    case 'library':
      return [withDetail('library', 'redis', json<{ results: TagRow[] }>('tags-library-redis-2025-10.json').results)];
  }
}

// Only tag lists were recorded of these; the row is the one recorded detail under another name.
function withDetail(namespace: string, name: string, tags: TagRow[]): RecordedRepository {
  const detail = json<RepositoryRow>('repository-detail-2023.json');
  return {
    name,
    namespace,
    repository_type: detail.repository_type,
    status: detail.status,
    status_description: detail.status_description,
    description: null,
    is_private: detail.is_private,
    star_count: detail.star_count,
    pull_count: detail.pull_count,
    last_updated: tags.map((tag) => tag.last_updated ?? '').reduce((a, b) => (a > b ? a : b)),
    last_modified: null,
    date_registered: detail.date_registered,
    affiliation: '',
    media_types: detail.media_types,
    content_types: detail.content_types,
    categories: [],
    storage_size: tags.reduce((sum, tag) => sum + tag.full_size, 0),
    tags,
  };
}

function initOf(row: RepositoryRow, tags: TagRow[], options: RecordingOptions): RepositoryInit {
  const keepTagOrder = row.namespace === 'crazymax' && options.keepTagOrder !== false;
  return { namespace: row.namespace, name: row.name, row, tags, keepTagOrder };
}

function named(name: 'php' | 'python', expected: number, newest: number, options: RecordingOptions): RepositoryInit {
  const { tags } = json<{ tags: string[] }>(`tag-names-${name}-2026-02.json`);
  if (tags.length !== expected) throw new Error(`${tags.length} names of library/${name}, not ${expected}`);
  return generateRepository({
    namespace: 'library',
    name,
    names: tags,
    seed: options.seed ?? 1,
    newest,
    oldest: newest - 10 * 366 * 86_400_000,
  });
}

function json<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`recorded/${file}`, import.meta.url), 'utf8')) as T;
}
