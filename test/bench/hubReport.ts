import type { Hub } from '../hub/hub.ts';
import { named } from '../hub/request.ts';
import type { RequestRecord } from '../hub/requestRecord.ts';

/** What the Hub saw of a run. */
export interface HubReport {
  /** Instants (ms since the epoch): the first request arrived; the last answer was sent. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** All requests to the API, refused ones too. */
  readonly requests: number;
  readonly logins: number;
  /** Pages before the first DELETE, and everything that was read after it. */
  readonly listed: number;
  readonly looked: number;
  readonly deletes: number;
  /** Answers out of the account's allowance. */
  readonly answered: number;
  /** 429 in all, and in each window of the account's allowance. */
  readonly refusals: number;
  readonly refusalsByWindow: readonly number[];
  /** Tags that were to go: those that a request deleted, and those that are still there. */
  readonly removed: number;
  readonly left: number;
  /** Deletes of tags that were to stay. */
  readonly wrong: number;
}

/** Sums up what came to the Hub. @param planned the tags that were to go, `namespace/repository:tag` */
export function reportOf(hub: Pick<Hub, 'requests' | 'deleted' | 'world'>, planned: ReadonlySet<string>): HubReport {
  // What warms connections up asks for nothing of the API.
  const requests = hub.requests.filter(({ path }) => path.startsWith('/v2/'));
  const ofAccount = requests.filter(({ account }) => account !== undefined);
  const firstDelete = ofAccount.findIndex(({ method }) => method === 'DELETE');
  const reads = (records: readonly RequestRecord[]) => records.filter(({ method }) => method === 'GET').length;
  const listed = reads(firstDelete < 0 ? ofAccount : ofAccount.slice(0, firstDelete));
  const removed = new Set(hub.deleted.filter((tag) => planned.has(tag)));
  return {
    startedAt: requests[0]?.at ?? NaN,
    endedAt: requests.reduce((end, { at, durationMs }) => Math.max(end, at + durationMs), -Infinity),
    requests: requests.length,
    logins: requests.length - ofAccount.length,
    listed,
    looked: reads(ofAccount) - listed,
    deletes: ofAccount.filter(({ method }) => method === 'DELETE').length,
    answered: ofAccount.filter(({ status }) => status !== 429).length,
    refusals: requests.filter(({ status }) => status === 429).length,
    refusalsByWindow: refusalsByWindow(ofAccount),
    removed: removed.size,
    left: [...planned].filter((tag) => isThere(hub, tag)).length,
    wrong: hub.deleted.filter((tag) => !planned.has(tag)).length,
  };
}

/** A window begins with the first request, and with each that finds more left than the one before. */
function refusalsByWindow(requests: readonly RequestRecord[]): number[] {
  const windows: number[] = [];
  let left = -1;
  for (const { status, remaining } of requests) {
    if (remaining > left) windows.push(0);
    left = remaining;
    if (status === 429) windows[windows.length - 1]!++;
  }
  return windows;
}

function isThere({ world }: Pick<Hub, 'world'>, reference: string): boolean {
  const at = reference.lastIndexOf(':');
  const { namespace = '', repository = '' } = named(`/v2/repositories/${reference.slice(0, at)}`);
  return world.repository(namespace, repository)?.tags.has(reference.slice(at + 1)) ?? false;
}
