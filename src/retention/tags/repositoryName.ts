/** A repository by its two names, as Docker Hub writes them. */
export interface RepositoryName {
  readonly namespace: string;
  readonly name: string;
}

/** Both names as Docker writes them, `namespace/name`: it also tells repositories apart, since neither name can hold a slash. */
export function fullName({ namespace, name }: RepositoryName): string {
  return `${namespace}/${name}`;
}
