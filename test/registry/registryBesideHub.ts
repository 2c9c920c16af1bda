import type { RegistryPort } from '../hub/registryPort.ts';
import type { RegistryStorage } from './registryStorage.ts';
import { tagPushOf } from './tagPush.ts';
import type { TokenSigner } from './tokenSigner.ts';

/** What a Hub does with a registry whose files and whose key for tokens are at hand. */
export function registryBesideHub(storage: RegistryStorage, signer: TokenSigner): RegistryPort {
  const seen = new Map<string, ReadonlyMap<string, { putAt: bigint }>>();
  return {
    token: (init) => signer.sign(init),
    pushesTo(repository, now) {
      const before = seen.get(repository);
      const tags = storage.tags(repository);
      seen.set(repository, tags);
      return [...tags]
        .filter(([tag, { putAt }]) => before?.get(tag)?.putAt !== putAt)
        .map(([tag, { digest }]) => ({ tag, push: tagPushOf(digest, (of) => storage.blob(of), now) }));
    },
    removeTag: (repository, tag) => storage.removeTag(repository, tag),
    removeRepository: (repository) => storage.removeRepository(repository),
  };
}
