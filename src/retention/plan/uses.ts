/**
 * What of one repository is in use, as far as that is known: places by what they name, each place as it is shown, such as `deploy/web.yaml:12`.
 */
export interface Uses {
  /** By the name of a tag. */
  readonly tags: ReadonlyMap<string, string>;
  /** By digest (`sha256:…`): a tag's own, or that of one of its platforms. */
  readonly digests: ReadonlyMap<string, string>;
}

/** Nothing is in use. */
export const noUses: Uses = Object.freeze({ tags: new Map<string, string>(), digests: new Map<string, string>() });
