import * as vscode from 'vscode';
import { LoadError } from '../../text/loadError.ts';

/** Something that is made when it is first asked for, and once: its code is loaded only then. */
export class Lazy<T extends vscode.Disposable> implements vscode.Disposable {
  readonly #make: () => Promise<T>;
  #made: Promise<T> | undefined;
  #disposed = false;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** It, made at the first call. @throws LoadError where it cannot be made, which the next call tries again; CancellationError once this is disposed */
  get(): Promise<T> {
    if (this.#disposed) return Promise.reject(new vscode.CancellationError());
    this.#made ??= this.#make().catch((error: unknown) => {
      this.#made = undefined;
      throw new LoadError(error);
    });
    return this.#made;
  }

  /** Disposes of it, also of one that is being made. */
  dispose(): void {
    this.#disposed = true;
    void this.#made?.then(
      (made) => void made.dispose(),
      () => undefined,
    );
  }
}
