import { extensionHostMark } from './extensionHostMark.ts';

/** What a VS Code needs to know to run an extension's tests. */
export interface HostRun {
  /** The folder of the extension. */
  readonly extensionPath: string;
  /** The module that exports `run()`. */
  readonly testsPath: string;
  /** The folder that is opened. */
  readonly workspace: string;
  /** An empty folder for settings, profiles and the like. */
  readonly scratch: string;
  /** Set for the extension host. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the run when the tests do not. In milliseconds. */
  readonly timeout: number;
}

/** Sorts what a VS Code writes: the tests' lines are shown at once, its own are kept for the case that it fails. */
export class HostOutput {
  readonly #own: string[] = [];

  /** Takes text of one or more whole lines. */
  write(text: string): void {
    for (const line of text.split('\n')) {
      const at = line.indexOf(extensionHostMark);
      if (at >= 0) {
        console.log(line.slice(at + extensionHostMark.length));
      } else {
        this.#own.push(line);
      }
    }
  }

  /** Shows the last lines of VS Code's own log. */
  showOwnLog(): void {
    console.error(["The last lines of VS Code's own log:", ...this.#own.slice(-40)].join('\n  '));
  }
}
