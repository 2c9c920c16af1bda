/**
 * Whether a path is hidden by globs as VS Code's `files.exclude` has them: `**` is any folders, `*` and `?` stay within a name, `{a,b}` and `[a-z]`
 * are choices. A glob counts for the path from the workspace folder on, in the case in which it is written. What hides a folder hides what is in it,
 * which is up to who walks. A glob that is none hides nothing: what is looked into needlessly only keeps a tag.
 */
export function compileExcludes(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.flatMap((glob) => patternOf(glob) ?? []);
  return (path) => patterns.some((pattern) => pattern.test(path));
}

function patternOf(glob: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${sourceOf(glob.replace(/^\//, ''))})$`, 'u');
  } catch {
    return undefined;
  }
}

function sourceOf(glob: string): string {
  let source = '';
  let depth = 0;
  for (let at = 0; at < glob.length;) {
    const isSegmentStart = at === 0 || /[/{,]/.test(glob[at - 1]!);
    const folders = isSegmentStart ? /^(?:\*\*\/)+/.exec(glob.slice(at)) : null;
    const rest = /^\/\*\*(?=$|[,}])/.exec(glob.slice(at));
    const choice = /^\[([!^]?)((?:\\.|[^\]\\/])+)\]/.exec(glob.slice(at));
    const character = String.fromCodePoint(glob.codePointAt(at)!);
    if (folders) {
      source += '(?:[^/]+/)*';
      at += folders[0].length;
    } else if (rest) {
      // `a/**` hides the folder itself as well.
      source += '(?:/.*)?';
      at += rest[0].length;
    } else if (character === '*') {
      const stars = /^\*+/.exec(glob.slice(at))![0];
      const isWhole = isSegmentStart && stars.length === 2 && /^(?:$|[,}])/.test(glob.slice(at + 2));
      source += isWhole ? '.*' : '[^/]*';
      at += stars.length;
    } else if (choice) {
      source += `(?!/)[${choice[1] ? '^' : ''}${choice[2]!.replace(/[[\]^&~]|--/g, (part) => [...part].map((one) => `\\${one}`).join(''))}]`;
      at += choice[0].length;
    } else {
      if (character === '{') depth++;
      if (character === '}') depth--;
      if (character === '?') source += '[^/]';
      else if (character === '{') source += '(?:';
      else if (character === '}') source += ')';
      else if (character === ',' && depth > 0) source += '|';
      else source += character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      at += character.length;
    }
  }
  return source;
}
