import type { Push } from './world.ts';

/** What can be allowed on a repository of the registry. */
export type RegistryAction = 'pull' | 'push' | 'delete';

/** One entry of a registry token's `access` claim (distribution token specification). */
export interface RegistryAccess {
  type: 'repository';
  /** `namespace/name`. */
  name: string;
  actions: RegistryAction[];
}

/** A registry token that is to be made. */
export interface RegistryTokenInit {
  /** Name of the user or organisation; empty when signed out. */
  subject: string;
  /** The `service` that was asked for. A registry refuses tokens of any other than its own. */
  audience: string;
  access: readonly RegistryAccess[];
  /** From now, by the real clock, which is the registry's. Not above -61: a token that the registry refuses as expired. */
  lifeSeconds: number;
}

/** The registry that stands beside the Hub. What a method does is done when it returns. */
export interface RegistryPort {
  /** Makes a token that the registry takes. */
  token(init: RegistryTokenInit): string;
  /**
   * The tags of `namespace/name` that were put into the registry since this was last asked for that repository.
   * @param now epoch milliseconds by the Hub's clock: the push date that they get
   */
  pushesTo(repository: string, now: number): { tag: string; push: Push }[];
  /** Takes a tag's name away and leaves its manifest, as Docker Hub does (API-NOTES section 5). */
  removeTag(repository: string, tag: string): void;
  /** Takes a repository away with all that is in it. */
  removeRepository(repository: string): void;
}
