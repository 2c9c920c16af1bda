import pLimit from 'p-limit';
import * as vscode from 'vscode';
import { repositoryNodeId, type TagNode } from '../tree/node.ts';
import { placeText } from '../../text/placeText.ts';
import type { HubClient } from '../../hub/client.ts';
import type { DeletionRules } from '../../hub/deletionRules.ts';
import { isHubError } from '../../hub/wire/hubError.ts';
import { listTags } from '../../hub/listing/tagListing.ts';
import type { DetailedTag } from '../../hub/listing/tagRow.ts';
import { inSlices } from '../../async/inSlices.ts';
import { attachmentOf } from '../../retention/tags/attachment.ts';
import type { BatchTag } from '../../retention/plan/batch.ts';
import { goingAlong } from '../../retention/plan/goingAlong.ts';
import { hasMoved } from '../../retention/tags/moved.ts';
import { planPickedSliced, type Plan } from '../../retention/plan/plan.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import { tagKind } from '../../retention/tags/tagKind.ts';
import { readEach, type ReadingParts } from '../../prune/readEach.ts';
import { withReadingProgress } from '../ui/withReadingProgress.ts';

/** Look-ups at a time of picked tags that are not among the newest hundred. */
const lookUps = 4;

/** What the names of nearly all attachments begin with. */
const attachmentPrefix = 'sha256-';

const foreground = { lane: 'foreground' } as const;

/** What was picked of one repository, read again: the tree may show what once was. */
export interface Picked {
  /** Of those that are there and may be deleted, and of what is attached to them. */
  readonly plan: Plan;
  /** The attachments among them that were not picked: they go along with the last tag of their image. */
  readonly along: ReadonlySet<Tag>;
  /** Names that are gone already. */
  readonly gone: readonly string[];
  /** Tags that were pushed again since the tree was read. */
  readonly moved: readonly Tag[];
  /** Tags that Docker Hub refuses to delete; they are skipped. */
  readonly immutable: readonly BatchTag[];
}

/** What was picked of one repository, and as much as had to be read of the others. */
interface Found {
  readonly repository: RepositoryName;
  readonly rules: DeletionRules;
  readonly nodes: readonly TagNode[];
  /** The tags of the nodes, in that order; `undefined`: gone. */
  readonly tags: readonly (Tag | undefined)[];
  /** How many tags there are; where nobody says so, emptying is asked for rather than not. */
  readonly count: number;
  /** All tags; missing where the first page does not hold them. */
  readonly all?: readonly Tag[];
  /** Whether they have to be read to know what is attached to the picked ones, or whether another image is left. */
  readonly needsAll: boolean;
}

/**
 * Reads picked tags again, what is attached to them, and how many tags their repositories hold, so that the dialog says what is there now. Whole lists
 * are read, with a progress notification that can be cancelled, only of repositories with attachments, and of those where no other image shows.
 * @throws HubError; the signal's reason when it is cancelled
 */
export async function readPicked(client: HubClient, nodes: readonly TagNode[]): Promise<readonly Picked[]> {
  const limit = pLimit(lookUps);
  // Not by what is shown of their names, which hostile ones may have in common.
  const groups = [...Map.groupBy(nodes, ({ account, repository }) => repositoryNodeId(account, repository)).values()];
  const found = await vscode.window.withProgress({ location: { viewId: 'dockerHubPruner.repositories' } }, () =>
    Promise.all(groups.map((ofOne) => find(client, ofOne, limit))),
  );
  const unlisted = found.filter(({ needsAll }) => needsAll).map(({ repository }) => repository);
  const lists = unlisted.length === 0 ? new Map<RepositoryName, readonly Tag[]>() : await readWhole(client, unlisted);
  return Promise.all(found.map((each) => planOf(client, each, lists.get(each.repository) ?? each.all)));
}

async function find(client: HubClient, nodes: readonly TagNode[], limit: ReturnType<typeof pLimit>): Promise<Found> {
  const { repository } = nodes[0]!;
  const [{ rows, next, count }, rules] = await Promise.all([
    client.tagPage(repository, foreground),
    client.deletionRules(repository, foreground),
  ]);
  const listed = new Map(rows.map((row) => [row.name, row]));
  const isWhole = next === undefined;
  const found = await limit.map(
    nodes,
    async ({ tag }) => listed.get(tag.name) ?? (isWhole ? undefined : ifThere(client, repository, tag.name)),
  );
  const tags = found.map((tag) => tag && listedTag(tag));
  const known = { repository, rules, nodes, tags };
  if (isWhole) return { ...known, count: rows.length, all: rows.map(listedTag), needsAll: false };
  const picked = new Set(nodes.map(({ tag }) => tag.name));
  const showsOther = rows.some((row) => !picked.has(row.name) && tagKind(row) === 'image');
  const isAnyLeft = tags.some((tag) => tag && !rules.isImmutable?.(tag.name));
  const needsAll =
    isAnyLeft &&
    (!showsOther || rows.some((row) => attachmentOf(row)) || (await mayHaveAttachments(client, repository)));
  return { ...known, count: count ?? tags.filter((tag) => tag).length, needsAll };
}

/** Asks for tags by their name. The server's filter is only a hint: where it lets others through, nothing is known. */
async function mayHaveAttachments(client: HubClient, repository: RepositoryName): Promise<boolean> {
  const { rows } = await client.tagPage(repository, foreground, undefined, { nameContains: attachmentPrefix });
  return rows.some((row) => attachmentOf(row) !== undefined || !row.name.toLowerCase().includes(attachmentPrefix));
}

async function ifThere(client: HubClient, repository: RepositoryName, name: string): Promise<DetailedTag | undefined> {
  try {
    return await client.tag(repository, name, foreground);
  } catch (error) {
    if (isHubError(error, 'notFound')) return undefined;
    throw error;
  }
}

/** A tag without what only the tree shows. */
function listedTag({ platforms: _, ...tag }: DetailedTag): Tag {
  return tag;
}

async function readWhole(
  client: HubClient,
  repositories: readonly RepositoryName[],
): Promise<ReadonlyMap<RepositoryName, readonly Tag[]>> {
  return withReadingProgress(
    client,
    repositories,
    vscode.l10n.t('Looking for signatures and other attachments in {0}', placeText(repositories)),
    async (reading) => {
      const readOne = async (repository: RepositoryName, { limit, admission, onProgress }: ReadingParts) => {
        const listing = await listTags(client, repository, { ...admission, ...foreground }, onProgress, {
          limit,
          known: client.known.get(repository, client.now()),
        });
        client.known.keep(listing);
        return { repository, tags: listing.tags };
      };
      const { read, skipped } = await readEach(repositories, readOne, reading);
      // Without the list nobody knows what else would have to go, or whether an image is left (invariant 4).
      if (skipped[0]) throw skipped[0].error;
      return new Map(read.map(({ repository, tags }) => [repository, tags]));
    },
  );
}

async function planOf(
  client: HubClient,
  { repository, rules, nodes, tags, count }: Found,
  all: readonly Tag[] | undefined,
): Promise<Picked> {
  const isImmutable = ({ name }: Tag): boolean => rules.isImmutable?.(name) ?? false;
  const there = tags.filter((tag) => tag !== undefined);
  const deletable = new Map(there.filter((tag) => !isImmutable(tag)).map((tag) => [tag.name, tag]));
  // A tag that was pushed again while the list was read is another image by now.
  const isDeleted = (tag: Tag): boolean => deletable.has(tag.name) && !hasMoved(deletable.get(tag.name)!, tag);
  const along = all
    ? await inSlices(goingAlong(all, isDeleted, (tag) => !isImmutable(tag) && !deletable.has(tag.name)))
    : [];
  const plan = await inSlices(
    planPickedSliced({
      repository,
      tags: [...deletable.values(), ...along],
      asOf: client.now(),
      remaining: all ? all.length : count,
      ...(all && { remainingImages: all.filter((tag) => tagKind(tag) === 'image').length }),
      storageSize: rules.storageSize,
    }),
  );
  return {
    plan,
    // A plan has tags of its own.
    along: new Set(plan.going.filter(({ name }) => !deletable.has(name))),
    gone: nodes.flatMap(({ tag }, index) => (tags[index] ? [] : [tag.name])),
    moved: nodes.flatMap(({ tag }, index) => (tags[index] && hasMoved(tag, tags[index]) ? [tags[index]] : [])),
    immutable: there.filter(isImmutable).map((tag) => ({ repository, tag })),
  };
}
