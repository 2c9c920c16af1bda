import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const repositoryName = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/;
const tagName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestForm = /^sha256:([0-9a-f]{2})[0-9a-f]{62}$/;

/**
 * A registry's files, for what cannot be done through its API: 2.8.2 answers 400 to the DELETE of a tag, and the DELETE of a digest
 * takes the manifest with its tags, where Docker Hub takes a name alone. Names outside of the registry's grammar name nothing in it.
 */
export class RegistryStorage {
  readonly #root: string;

  /** @param folder the `rootdirectory` of the registry */
  constructor(folder: string) {
    this.#root = join(folder, 'docker', 'registry', 'v2');
  }

  /** The tags of `namespace/name`: what each points at, and when it was last put there (ns), also where that was no change. */
  tags(repository: string): Map<string, { digest: string; putAt: bigint }> {
    const folder = this.#tagsFolder(repository);
    const found = new Map<string, { digest: string; putAt: bigint }>();
    for (const name of folder === undefined ? [] : entriesOf(folder)) {
      const link = join(folder!, name, 'current', 'link');
      const status = statSync(link, { bigint: true, throwIfNoEntry: false });
      if (status !== undefined) found.set(name, { digest: readFileSync(link, 'utf8'), putAt: status.mtimeNs });
    }
    return found;
  }

  /** Takes a tag's name away; its manifest stays and is pulled by digest. */
  removeTag(repository: string, tag: string): void {
    const folder = this.#tagsFolder(repository);
    if (folder !== undefined && tagName.test(tag)) rmSync(join(folder, tag), { recursive: true, force: true });
  }

  /** Takes a repository away, its untagged manifests too. */
  removeRepository(repository: string): void {
    const folder = this.#folder(repository);
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }

  /** Takes all repositories away. */
  clear(): void {
    rmSync(join(this.#root, 'repositories'), { recursive: true, force: true });
  }

  /**
   * The bytes with this digest.
   * @throws Error where there are none
   */
  blob(digest: string): Buffer {
    const firstByte = digestForm.exec(digest)?.[1];
    if (firstByte === undefined) throw new Error(`${digest} is no digest`);
    return readFileSync(join(this.#root, 'blobs', 'sha256', firstByte, digest.slice('sha256:'.length), 'data'));
  }

  #tagsFolder(repository: string): string | undefined {
    const folder = this.#folder(repository);
    return folder === undefined ? undefined : join(folder, '_manifests', 'tags');
  }

  #folder(repository: string): string | undefined {
    return repositoryName.test(repository) ? join(this.#root, 'repositories', ...repository.split('/')) : undefined;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}
