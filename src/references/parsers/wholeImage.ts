/** A longer text is no image. */
const longest = 400;
/** What is filled in elsewhere. */
const filledIn =
  /\$?\{\{[^{}]*\}\}|\$\[\[[^[\]]*\]\]|\$\([^()]*\)|\$\{[^{}]*\}|\$[A-Za-z_]\w*|\{%[^%]*%\}|<%[^%]*%>|<<[^<>]*>>|<\w[\w -]*>|%\w+%/g;
const scheme = /^(?:docker|docker-image|oci):\/\//i;

/** A text without what may be put in front of an image: `docker://`, `docker-image://`, `oci://`. */
export function withoutScheme(text: string): string {
  return text.trim().replace(scheme, '');
}

/**
 * Whether a text is an image from its first character to its last, wherever it stands: it has a namespace (`a:b` may be anything) and a tag
 * or a digest. Variables may be part of it behind the namespace's first character.
 */
export function isWholeImage(text: string): boolean {
  if (text.length > longest || !text.includes('/')) return false;
  const image = withoutScheme(text);
  const slash = image.lastIndexOf('/');
  if (!/^[\w][\w.-]*(?::\d+)?\/[\w./-]*$/.test(image.slice(0, slash + 1))) return false;
  const rest = image.slice(slash + 1);
  return /^[\w.-]+(?::[\w.-]+)?@sha(?:256|512):[0-9a-f]+$/i.test(rest) || /^[\w.-]+:[\w][\w.-]*$/.test(rest);
}

/** Whether a text is an image with its namespace and name written out, and a tag that has a part to be filled in. */
export function isWholeImageToFill(text: string): boolean {
  if (
    text.length > longest ||
    !/[$%{<]/.test(text) ||
    !/^[\w][\w.-]*(?::\d+)?\/[\w./-]+[:@]/.test(withoutScheme(text))
  ) {
    return false;
  }
  return isWholeImage(text.replace(filledIn, 'x'));
}

/** Whether a text that may be an image has a tag or a digest. */
export function isVersioned(text: string): boolean {
  return (
    text.length <= longest * 10 &&
    /[^\s/]:[^\s/]+$|@/.test(
      withoutScheme(text)
        .replace(/\$\{[^}]*\}/g, 'x')
        .replace(/\{\{[^}]*\}\}/g, 'x'),
    )
  );
}

/** Whether a text has something in it that is filled in elsewhere. */
export function hasVariable(text: string): boolean {
  return /\$[A-Za-z_{([]|\{\{|\{%|<<|<%|%\w+%/.test(text);
}

/** Whether a text can be a repository: a namespace and a name, no folder and no address. */
export function isRepositoryText(text: string): boolean {
  return /^(?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9][\w.-]*\/[a-z0-9][\w.-]*$/i.test(text) && text.length <= longest;
}
