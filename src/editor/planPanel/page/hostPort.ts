import type { HostMessage, PageMessage } from '../messages.ts';

declare function acquireVsCodeApi(): { postMessage(message: PageMessage): void; setState(state: unknown): void };

/** What goes out only once the answer to the last such message is there, so that typing makes no queue of plans. */
type Change = PageMessage & { readonly type: 'policy' | 'view' | 'measure' };

/** The page's line to the extension. */
export class HostPort {
  readonly #api = acquireVsCodeApi();
  readonly #waiting = new Map<Change['type'], Change>();
  #awaited = false;
  #kept: Readonly<Record<string, unknown>> = {};

  /** @param receive is called with each message of the extension */
  constructor(receive: (message: HostMessage) => void) {
    window.addEventListener('message', ({ data }: MessageEvent<HostMessage>) => {
      if (data.type === 'keep') this.#api.setState((this.#kept = { ...this.#kept, ...data.state }));
      else receive(data);
      if (data.type === 'plan' || data.type === 'said' || data.type === 'notice') this.#answered();
    });
  }

  /** Whether the plan on the screen is not yet that of the controls. */
  get isBehind(): boolean {
    return this.#awaited || this.#waiting.size > 0;
  }

  send(message: Exclude<PageMessage, Change>): void {
    this.#api.postMessage(message);
  }

  /** Sends a change of controls; while one is under way, only the latest of each kind follows it. */
  change(message: Change): void {
    if (this.#awaited) {
      this.#waiting.set(message.type, message);
      return;
    }
    this.#awaited = true;
    this.#api.postMessage(message);
  }

  #answered(): void {
    this.#awaited = false;
    const [next] = this.#waiting.values();
    if (!next) return;
    this.#waiting.delete(next.type);
    this.change(next);
  }
}
