import * as vscode from 'vscode';

/** Files that one search gives at most: each takes the host some microseconds, and they come in one piece. */
const together = 3000;
/** A longer pattern (characters) is searched for in two. */
const longestPattern = 8000;

/** What to search for. */
export interface FileSearch {
  /** A glob of names without folders. */
  readonly names: string;
  /** A glob of what is left out, besides `files.exclude`. */
  readonly leftOut: string;
  /** Files that are given at most. */
  readonly most: number;
  readonly token: vscode.CancellationToken;
}

/**
 * The files of the workspace of some names, in any order. Where there are many, the folders are searched in parts, so that no answer holds the
 * host.
 * @returns `hasMore` when there are more than asked for
 * @throws what VS Code's search throws
 */
export async function findWorkspaceFiles({ names, leftOut, most, token }: FileSearch): Promise<{ readonly uris: vscode.Uri[]; readonly hasMore: boolean }> {
  const found = new Map<string, vscode.Uri>();
  const isOver = (): boolean => token.isCancellationRequested || found.size > most;
  const take = (uris: readonly vscode.Uri[]): void => uris.forEach((uri) => void found.set(uri.toString(), uri));

  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const find = (pattern: string, limit: number): Thenable<vscode.Uri[]> => vscode.workspace.findFiles(new vscode.RelativePattern(folder, pattern), leftOut, limit, token);

    /** Everything below one folder. */
    const searchBelow = async (path: readonly string[]): Promise<void> => {
      const at = path.map((name) => `${escaped(name)}/`).join('');
      const all = await find(`${at}**/${names}`, together + 1);
      if (all.length <= together) return take(all);
      take(await find(`${at}${names}`, most + 1));
      const children = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(folder.uri, ...path));
      const folders = children.filter(([, type]) => (type & vscode.FileType.Directory) !== 0).map(([name]) => name);
      await searchIn(path, folders);
    };

    /** Everything below some of the folders in one. */
    const searchIn = async (path: readonly string[], folders: readonly string[]): Promise<void> => {
      if (folders.length === 0 || isOver()) return;
      if (folders.length === 1) return searchBelow([...path, folders[0]!]);
      const pattern = `${path.map((name) => `${escaped(name)}/`).join('')}{${folders.map(escaped).join(',')}}/**/${names}`;
      const all = pattern.length > longestPattern ? undefined : await find(pattern, together + 1);
      if (all && all.length <= together) return take(all);
      const half = Math.ceil(folders.length / 2);
      await searchIn(path, folders.slice(0, half));
      await searchIn(path, folders.slice(half));
    };

    if (!isOver()) await searchBelow([]);
  }
  return { uris: [...found.values()].slice(0, most), hasMore: found.size > most };
}

/** A name in a glob: what means something there stands for any character, so that at most more is found. */
function escaped(name: string): string {
  return name.replace(/[[\]{}*?,!\\]/g, '?');
}
