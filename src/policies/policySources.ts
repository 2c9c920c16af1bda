import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import type { Policy } from '../retention/policy/policy.ts';

/** The address of a file; VS Code's `Uri` is one. */
export interface FileAddress {
  /** Decoded, with `/` between its parts. */
  readonly path: string;
  /** The whole of it, as a URI. */
  toString(): string;
}

/** A place in a text file, in lines and UTF-16 units from 0; VS Code's `Range` is one. */
export interface FileRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** A policy with where it comes from. */
export interface LocatedPolicy {
  /** Names it in arguments of commands: the key of its source, `#`, and what follows from what the policy says, so that another policy in its place has another one. */
  readonly id: string;
  readonly policy: Policy;
  /** Tells its source apart, see `PolicySource`. */
  readonly sourceKey: string;
  /** Its source, as it is shown: the name of a workspace folder, or that of the user's settings. Plain text. */
  readonly source: string;
  /** The file; missing for the user's settings. */
  readonly uri?: FileAddress;
  /** Where it stands in the file; missing for the user's settings. */
  readonly range?: FileRange;
}

/** Something wrong with a source, or, as a warning, something in it that has no effect. */
export interface PolicySourceProblem {
  readonly severity: 'error' | 'warning';
  /** The source, as it is shown. */
  readonly source: string;
  /** The file; missing for the user's settings. */
  readonly uri?: FileAddress;
  /** Where in the file; missing for the user's settings, and for what is about the file as a whole. */
  readonly range?: FileRange;
  /** What is wrong and what to do, in a sentence for people. */
  readonly message: string;
}

/** One place where policies are written. */
export interface PolicySource {
  /** Tells sources apart: the file's address, or `user`. */
  readonly key: string;
  /** As it is shown: the name of a workspace folder, or that of the user's settings. Plain text. */
  readonly label: string;
  /** The file; missing for the user's settings. */
  readonly uri?: FileAddress;
  /** In the order in which they are written; none where there is an error. */
  readonly policies: readonly LocatedPolicy[];
  readonly problems: readonly PolicySourceProblem[];
  /** The policy that holds for a repository: the first that matches. */
  policyOf(repository: RepositoryName): LocatedPolicy | undefined;
}

/** All that is said of policies at one instant. */
export interface PolicySources {
  /** Those that count: the workspace folders' in their order, where the workspace is trusted; then the user's. One that says nothing is left out. */
  readonly sources: readonly PolicySource[];
  /** Files of a workspace that is not trusted: shown, and not acted on. */
  readonly untrusted: readonly PolicySource[];
  /** The errors of those that count. While there is one, no policy may be used. */
  readonly errors: readonly PolicySourceProblem[];
}

/** Whether a policy is of a source, by their key and id; so also of the source as it was read at another time. */
export function isOfSource({ id }: Pick<LocatedPolicy, 'id'>, { key }: Pick<PolicySource, 'key'>): boolean {
  // A key is `user` or an address, and neither holds a number sign.
  return id.startsWith(`${key}#`);
}
