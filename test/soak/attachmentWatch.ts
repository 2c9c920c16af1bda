import type { RepositoryName } from '../../src/retention/tags/repositoryName.ts';
import type { RequestRecord } from '../hub/requestRecord.ts';
import { named } from '../hub/request.ts';
import type { TagRow } from '../hub/rows.ts';
import type { World } from '../hub/world.ts';

const form = /^sha256-([0-9a-f]{64})(?:\.\w+)?$/;

/**
 * Watches from the server's side that an attachment shares its subject's fate (invariant 13): its DELETE comes after the last tag of the subject is
 * gone and the DELETE of that tag has been answered, or is given up by who sent it.
 */
export class AttachmentWatch {
  readonly #world: World;
  readonly #namespace: string;
  readonly #violations: string[];
  /** Tags whose DELETE is under way, `repository:tag`, and the digests that each had as it came. */
  readonly #underWay = new Map<RequestRecord, { readonly reference: string; readonly digests: ReadonlySet<string> }>();
  /** Subjects of attachments whose DELETE was carried out: `repository@digest` and the attachment's name. */
  readonly #deleted = new Map<string, string>();

  /** @param violations where to say what must not have happened */
  constructor(world: World, namespace: string, violations: string[]) {
    this.#world = world;
    this.#namespace = namespace;
    this.#violations = violations;
  }

  /** To be told of each request as it comes, before anything is done about it. */
  arrived(record: RequestRecord): void {
    if (record.method !== 'DELETE') return;
    const { repository = '', tag = '' } = named(record.path);
    const row = this.#world.repository(this.#namespace, repository)?.tags.get(tag);
    const hex = form.exec(tag)?.[1];
    // The second DELETE of one that is gone does no harm.
    if (hex !== undefined && row !== undefined) this.#check(repository, tag, `sha256:${hex}`);
    if (row !== undefined) this.#underWay.set(record, { reference: `${repository}:${tag}`, digests: digestsOf(row) });
  }

  /** To be told of each request that was answered, or whose connection is gone. */
  answered(record: RequestRecord): void {
    this.#underWay.delete(record);
  }

  /** After the run: no attachment is gone whose subject is there. */
  checkEnd(repositories: readonly RepositoryName[]): void {
    for (const { name } of repositories) {
      for (const [tag, row] of this.#world.repository(this.#namespace, name)?.tags ?? []) {
        for (const digest of digestsOf(row)) {
          const attachment = this.#deleted.get(`${name}@${digest}`);
          if (attachment !== undefined && attachment !== tag) {
            this.#violations.push(`${name}:${attachment} was deleted, and its subject ${tag} is there`);
          }
        }
      }
    }
  }

  #check(repository: string, attachment: string, subject: string): void {
    for (const [tag, row] of this.#world.repository(this.#namespace, repository)?.tags ?? []) {
      if (tag !== attachment && digestsOf(row).has(subject)) {
        this.#violations.push(`a DELETE of ${repository}:${attachment}, whose subject ${tag} is there`);
      }
    }
    for (const { reference, digests } of this.#underWay.values()) {
      if (
        reference.startsWith(`${repository}:`) &&
        reference !== `${repository}:${attachment}` &&
        digests.has(subject)
      ) {
        this.#violations.push(
          `a DELETE of ${repository}:${attachment} before the DELETE of its subject ${reference} was answered`,
        );
      }
    }
    this.#deleted.set(`${repository}@${subject}`, attachment);
  }
}

/** The digests that a tag keeps: its own, and those of its platforms. */
function digestsOf({ digest, images }: TagRow): Set<string> {
  return new Set([digest, ...(images ?? []).map((image) => image.digest)].filter((each) => typeof each === 'string'));
}
