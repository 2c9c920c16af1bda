import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Charge } from './allowance.ts';
import { Allowance, allowanceHeaders, tooManyRequests } from './allowance.ts';
import type { Answer } from './answer.ts';
import { basicCaller } from './basicCaller.ts';
import { cannedAnswer } from './cannedAnswer.ts';
import { LogIn } from './logIn.ts';
import type { HubOptions, Settings } from './options.ts';
import { settingsOf } from './options.ts';
import type { RegistryPort } from './registryPort.ts';
import type { Exchange, HubRequest } from './request.ts';
import { named } from './request.ts';
import type { RequestRecord } from './requestRecord.ts';
import { recordOf } from './requestRecord.ts';
import { route } from './route.ts';
import type { Script, ScriptAct, ScriptHandle, ScriptMatch } from './script.ts';
import { matches, Scripts } from './script.ts';
import type { Manner } from './send.ts';
import { pause, send } from './send.ts';
import { callerName, Sessions } from './sessions.ts';
import { tokenServicePath } from './tokenService.ts';
import { World } from './world.ts';

export type { HubOptions, RequestRecord, Script, ScriptHandle, ScriptMatch };

/** A running server. */
export interface Hub {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly origin: string;
  readonly world: World;
  /** May be changed at any time; holds from the next request on. */
  readonly options: Settings;
  /**
   * The registry that stands beside this Hub; undefined until one is put here. With it there is a token service at `/token`, what requests
   * delete here is deleted there, and what was pushed there is seen here.
   */
  registry: RegistryPort | undefined;
  /** Every request in the order of arrival. */
  readonly requests: RequestRecord[];
  /** Tags that requests deleted, `namespace/repository:tag`, in order. */
  readonly deleted: string[];
  /** Repositories that requests deleted, `namespace/repository`, in order. */
  readonly deletedRepositories: string[];
  /** Makes the server misbehave, until the script is used up or removed. */
  script(script: Script): ScriptHandle;
  /** Removes all scripts. */
  clearScripts(): void;
  /** How many requests came that match. */
  count(match?: ScriptMatch): number;
  /** Every bearer token that was handed out. */
  readonly tokens: readonly string[];
  /** Refuses every token that was handed out so far, as if its time were over. */
  expireTokens(): void;
  /** Called as each request comes, before anything is done about it. */
  onArrival: ((record: RequestRecord) => void) | undefined;
  /** Called at the end of each request, for a log. */
  onRequest: ((record: RequestRecord) => void) | undefined;
  /** Ends every connection, hung ones too, and frees the port. */
  close(): Promise<void>;
}

/** Starts a Docker Hub on 127.0.0.1 that behaves as API-NOTES says. */
export async function startHub(options: HubOptions = {}): Promise<Hub> {
  const now = options.now ?? (() => Date.now());
  const settings = settingsOf(options);
  const world = options.world ?? new World({ now });
  const sessions = new Sessions();
  const logIn = new LogIn();
  const allowance = new Allowance();
  const scripts = new Scripts();
  const closing = new AbortController();

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
      // A hub that breaks is a broken test, not a broken connection.
      if (!closing.signal.aborted) throw error;
    });
  });
  // A connection that the server drops while the client sends on it is a reset that no script asked for.
  server.keepAliveTimeout = 10 * 60_000;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const request = await requestOf(incoming);
    if (request === undefined) return;
    const pathname = request.path.split('?', 1)[0] ?? '';
    const { authorization } = incoming.headers;
    const isTokenService = pathname === tokenServicePath;
    const caller = isTokenService ? basicCaller(authorization, world) : sessions.caller(authorization, world, now());
    const record = recordOf(request, caller, incoming.headers, now());
    hub.requests.push(record);
    hub.onArrival?.(record);
    response.once('close', () => {
      record.durationMs = performance.now() - startedAt;
      hub.onRequest?.(record);
    });

    // The token service is a server of its own at Docker, and no part of the API whose allowance this is.
    const charge = isTokenService
      ? undefined
      : allowance.charge(callerName(caller) ?? incoming.socket.remoteAddress ?? '', settings.rateLimit, now());
    record.remaining = charge?.remaining ?? 0;
    const acts = scripts.actsOn(request);
    const delayMs = settings.latencyMs + acts.reduce((sum, act) => sum + (act.delayMs ?? 0), 0);
    if (delayMs > 0) {
      // Who goes away meanwhile has still asked: a DELETE is carried out, as the real server would.
      await pause(delayMs, closing.signal);
      if (closing.signal.aborted) return;
    }
    if (acts.some((act) => 'hang' in act)) return;
    if (acts.some((act) => 'reset' in act)) return void incoming.socket.destroy();

    const exchange: Exchange = {
      request,
      pathname,
      authorization,
      caller,
      registry: hub.registry,
      world,
      sessions,
      settings,
      now: now(),
      origin,
      shuffled: acts.some((act) => 'shuffled' in act),
      tagDeleted: (repository, tag) => {
        hub.deleted.push(`${repository}:${tag}`);
        hub.registry?.removeTag(repository, tag);
      },
      repositoryDeleted: (repository) => {
        hub.deletedRepositories.push(repository);
        hub.registry?.removeRepository(repository);
      },
    };
    const answer = answerTo(exchange, acts, charge);
    if (acts.some((act) => 'resetAfterEffect' in act)) return void incoming.socket.destroy();
    if (response.destroyed) return;
    record.status = answer.status;
    // Cloudflare stands before the server, which hears nothing of what it blocks.
    const fromHub = charge !== undefined && !acts.some((act) => 'cloudflare' in act);
    const headers = {
      date: new Date(now()).toUTCString(),
      ...(fromHub && allowanceHeaders(settings.rateLimit, charge)),
      ...answer.headers,
    };
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    await send(response, answer, mannerOf(acts), request.method !== 'HEAD');
  }

  function answerTo(exchange: Exchange, acts: ScriptAct[], charge: Charge | undefined): Answer {
    takePushes(exchange);
    for (const act of acts) if ('mutate' in act && act.when !== 'after') act.mutate(world, exchange.request);
    const canned = acts.map((act) => cannedAnswer(act, exchange.now)).find((answer) => answer !== undefined);
    let answer =
      canned ??
      (charge?.spent === true
        ? tooManyRequests(settings.retryAfter, exchange.now, charge.resetAt)
        : route(exchange, logIn));
    for (const act of acts) {
      if ('succeedAs' in act && answer.status >= 200 && answer.status < 300) answer = act.succeedAs;
      if ('mutate' in act && act.when === 'after') act.mutate(world, exchange.request);
      if ('transform' in act && typeof answer.body === 'object' && answer.body !== null) {
        // A copy, so that the world keeps its rows whatever the script does to them.
        answer = { ...answer, body: act.transform(structuredClone(answer.body) as Record<string, unknown>) };
      }
    }
    return answer;
  }

  const hub: Hub = {
    origin,
    world,
    options: settings,
    registry: undefined,
    requests: [],
    deleted: [],
    deletedRepositories: [],
    script: (script) => scripts.add(script),
    clearScripts: () => scripts.clear(),
    count: (match = {}) => hub.requests.filter((record) => matchesRecord(match, record)).length,
    tokens: sessions.issued,
    expireTokens: () => sessions.expireAll(),
    onArrival: undefined,
    onRequest: undefined,
    close: async () => {
      closing.abort();
      if (!server.listening) return;
      const ended = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await ended;
    },
  };
  return hub;
}

async function requestOf(incoming: IncomingMessage): Promise<HubRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    // The client went away in the middle of its request: there is nobody to answer.
    return undefined;
  }
  const path = incoming.url ?? '/';
  const [pathname = '', query] = path.split('?', 2);
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    ...named(pathname),
    body: parsed(Buffer.concat(chunks).toString()),
  };
}

/** Puts into the world what was pushed to the repository that a request is about. */
function takePushes({ request: { namespace = '', repository = '' }, registry, world, now }: Exchange): void {
  if (registry === undefined || world.repository(namespace, repository) === undefined) return;
  for (const { tag, push } of registry.pushesTo(`${namespace}/${repository}`, now)) {
    world.pushTag(namespace, repository, tag, push);
  }
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function mannerOf(acts: readonly ScriptAct[]): Manner {
  for (const act of acts) {
    if ('truncate' in act) return 'truncated';
    if ('endless' in act) return 'endless';
    if ('drip' in act) return act.drip;
  }
  return 'whole';
}

function matchesRecord(match: ScriptMatch, record: RequestRecord): boolean {
  const { tag } = named(record.path.split('?', 1)[0] ?? '');
  return matches(match, { method: record.method, path: record.path, tag });
}
