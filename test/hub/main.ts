import { parseArgs } from 'node:util';
import type { RetryAfterForm } from './allowance.ts';
import { demoRegistry } from './demoRegistry.ts';
import { DEMO, demoWorld } from './demoWorld.ts';
import { demoText } from './demoText.ts';
import { startHub } from './hub.ts';

const usage = `A Docker Hub on this computer, to try the extension against. Nothing reaches the real one.

npm run hub -- [options]

  --port N            port on 127.0.0.1 (default 0: a free one)
  --latency MS        milliseconds before each answer (default 0)
  --limit N           requests an account may send in a window (default 180)
  --window SECONDS    length of the window (default 60)
  --retry-after FORM  how a 429 says when to come back: seconds, http-date, unix, x-retry-after or none (default seconds)
  --token-life S      seconds until a token expires (default 600)
  --data WHICH        recorded, generated or both (default both)
  --tags N            tags of ${DEMO.organisation.name}/huge (default 10000)
  --signed PERCENT    of the images of ${DEMO.organisation.name}/huge are signed (default 0); those of ${DEMO.organisation.name}/signed are in any case
  --seed N            seed of the generated tags (default 1)
  --registry PORT     a real registry on this port (0: a free one), with ${DEMO.organisation.name}/shop, whose deleted tags can be restored
  --log               print each request
  --help              print this

Ctrl-C ends it.`;

const forms: readonly RetryAfterForm[] = ['seconds', 'http-date', 'unix', 'x-retry-after', 'none'];

/** Runs the demonstration server until SIGINT or SIGTERM. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      latency: { type: 'string', default: '0' },
      limit: { type: 'string', default: '180' },
      window: { type: 'string', default: '60' },
      'retry-after': { type: 'string', default: 'seconds' },
      'token-life': { type: 'string', default: '600' },
      data: { type: 'string', default: 'both' },
      tags: { type: 'string', default: '10000' },
      signed: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      registry: { type: 'string' },
      log: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${usage}\n`);
  const tokenLifeSeconds = whole('token-life', values['token-life'], 1);
  const { world, recordings } = demoWorld({
    data: oneOf('data', values.data, ['recorded', 'generated', 'both'] as const),
    tags: whole('tags', values.tags, 0),
    signed: percent('signed', values.signed),
    seed: whole('seed', values.seed, 0),
  });
  const hub = await startHub({
    world,
    port: whole('port', values.port, 0),
    latencyMs: whole('latency', values.latency, 0),
    rateLimit: { limit: whole('limit', values.limit, 1), windowSeconds: whole('window', values.window, 1) },
    retryAfter: oneOf('retry-after', values['retry-after'], forms),
    tokenLifeSeconds,
    loginTokenLifeSeconds: tokenLifeSeconds,
  });
  if (values.log) {
    hub.onRequest = ({ at, method, path, status, account, durationMs, remaining }) => {
      const answered = status === 0 ? 'no answer' : String(status);
      process.stdout.write(
        `${new Date(at).toISOString()} ${method} ${path} ${answered} ${account ?? '-'} ${Math.round(durationMs)} ms, ${remaining} left\n`,
      );
    };
  }
  const registry =
    values.registry === undefined ? undefined : await demoRegistry(hub, whole('registry', values.registry, 0));
  process.stdout.write(`${demoText(hub.origin, world, recordings, registry)}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void hub.close();
      if (registry && 'close' in registry) void registry.close();
    });
  }
}

function whole(option: string, text: string, least: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least) {
    throw new Error(`--${option} takes a whole number of at least ${least}, not ${text}`);
  }
  return number;
}

/** @returns a share between 0 and 1 */
function percent(option: string, text: string): number {
  const number = whole(option, text, 0);
  if (number > 100) throw new Error(`--${option} takes at most 100, not ${text}`);
  return number / 100;
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw new Error(`--${option} takes ${allowed.join(', ')}, not ${text}`);
  return found;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee --help.\n`);
  process.exitCode = 1;
});
