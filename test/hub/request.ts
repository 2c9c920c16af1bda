import type { Settings } from './options.ts';
import type { RegistryPort } from './registryPort.ts';
import type { Caller, Sessions } from './sessions.ts';
import type { World } from './world.ts';

/** A request as the scripts see it. */
export interface HubRequest {
  method: string;
  /** Path with query, as sent. */
  path: string;
  query: URLSearchParams;
  /** Decoded parts of the path, where it has them. */
  namespace: string | undefined;
  repository: string | undefined;
  tag: string | undefined;
  /** Parsed JSON body, or the text where it is none, or undefined without a body. */
  body: unknown;
}

/** Everything that a route needs to answer. */
export interface Exchange {
  request: HubRequest;
  /** Path without query. */
  pathname: string;
  /** The Authorization header, as sent. */
  authorization: string | undefined;
  caller: Caller;
  registry: RegistryPort | undefined;
  world: World;
  sessions: Sessions;
  settings: Settings;
  /** Epoch milliseconds. */
  now: number;
  /** `http://127.0.0.1:port`. */
  origin: string;
  /** True: a script asked for tag lists out of order. */
  shuffled: boolean;
  /** Called when a tag of `namespace/name` was deleted by a request. */
  tagDeleted: (repository: string, tag: string) => void;
  /** Called when the repository `namespace/name` was deleted by a request. */
  repositoryDeleted: (repository: string) => void;
}

/** Reads what a path names. Namespaces and legacy paths name the same things (API-NOTES sections 3 to 5). */
export function named(pathname: string): Pick<HubRequest, 'namespace' | 'repository' | 'tag'> {
  const match =
    /^\/v2\/(?:namespaces\/([^/]+)\/repositories|repositories\/([^/]+))(?:\/([^/]+)(?:\/tags\/([^/]+))?)?/.exec(
      pathname,
    );
  return { namespace: decoded(match?.[1] ?? match?.[2]), repository: decoded(match?.[3]), tag: decoded(match?.[4]) };
}

/** Percent-decoded, or as it is where that fails. */
function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return part;
  }
}
