import { join } from 'node:path';
import process from 'node:process';
import { startGroup, type ProcessGroup } from '../../scripts/childProcesses.ts';
import { cacheFolder } from '../../scripts/projectPaths.ts';

/** A process of the benchmark, which is told its task in its first argument and talks with this one over Node's channel; ended when it is disposed. */
export class Worker implements AsyncDisposable {
  readonly #name: string;
  readonly #group: ProcessGroup;
  readonly #said: unknown[] = [];
  #wake = (): void => undefined;

  private constructor(name: string, group: ProcessGroup) {
    this.#name = name;
    this.#group = group;
    group.child.on('message', (message) => {
      this.#said.push(message);
      this.#wake();
    });
    void group.exited.then(() => this.#wake());
  }

  /** Starts a script of this folder. @param nodeOptions such as `--expose-gc` */
  static async start(script: string, task: unknown, nodeOptions: readonly string[] = []): Promise<Worker> {
    const args = [...nodeOptions, join(import.meta.dirname, script), JSON.stringify(task)];
    // Halves the time to start, as VS Code's own cache does for the extension.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(cacheFolder, 'compiled') };
    return new Worker(
      script,
      await startGroup(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    );
  }

  /** Sends a message. */
  say(message: string): void {
    this.#group.child.send(message);
  }

  /** The next message. @throws Error when the process ends without one, or none has come within `limitMs` */
  async hear<T>(limitMs: number): Promise<T> {
    const until = performance.now() + limitMs;
    while (this.#said.length === 0) {
      const { child } = this.#group;
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(
          `${this.#name} ended with ${child.exitCode ?? child.signalCode} before it said what it should.`,
        );
      }
      if (performance.now() >= until) {
        throw new Error(`${this.#name} did not end within ${Math.round(limitMs / 1000)} s.`);
      }
      await this.#change(until - performance.now());
    }
    return this.#said.shift() as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#group.end();
  }

  #change(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, limitMs);
      this.#wake = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }
}
