import * as vscode from 'vscode';

/** Files that are on no disk. */
export class MemoryFiles implements vscode.FileSystemProvider {
  /** Texts by path, and when they were written (ms); folders are what stands before a slash. */
  readonly files = new Map<string, { readonly text: string; readonly mtime: number }>();
  /** Links to the folder that they are in. */
  readonly loops = new Set<string>();
  /** Folders that may not be listed. */
  readonly closed = new Set<string>();
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  write(path: string, text: string): void {
    this.files.set(path, { text, mtime: Date.now() });
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const path = this.#real(uri.path);
    const file = this.files.get(path);
    if (file) return { type: vscode.FileType.File, ctime: 0, mtime: file.mtime, size: Buffer.byteLength(file.text) };
    if (this.#below(path).length === 0) throw vscode.FileSystemError.FileNotFound(uri);
    return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
  }

  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    const path = this.#real(uri.path);
    if (this.closed.has(path)) throw vscode.FileSystemError.NoPermissions(uri);
    const found = new Map<string, vscode.FileType>();
    for (const below of this.#below(path)) {
      const [name, ...more] = below.split('/');
      found.set(name!, more.length > 0 ? vscode.FileType.Directory : vscode.FileType.File);
    }
    for (const loop of this.loops) {
      const slash = loop.lastIndexOf('/');
      if (loop.slice(0, slash) === path) {
        found.set(loop.slice(slash + 1), vscode.FileType.Directory | vscode.FileType.SymbolicLink);
      }
    }
    return [...found];
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const file = this.files.get(this.#real(uri.path));
    if (!file) throw vscode.FileSystemError.FileNotFound(uri);
    return Buffer.from(file.text);
  }

  createDirectory(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  writeFile(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  delete(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  rename(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  #below(path: string): string[] {
    return [...this.files.keys()]
      .filter((file) => file.startsWith(`${path}/`))
      .map((file) => file.slice(path.length + 1));
  }

  /** A path without the links in it. */
  #real(path: string): string {
    for (const loop of this.loops) {
      while (path === loop || path.startsWith(`${loop}/`)) {
        path = loop.slice(0, loop.lastIndexOf('/')) + path.slice(loop.length);
      }
    }
    return path;
  }
}
