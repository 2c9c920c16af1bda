import { interpolate, type Interpolated, type Lookup } from './interpolate.ts';

/** A text with its variables filled in; what stands in `{{ … }}` and `${{ … }}`, of Helm, Ansible and GitHub Actions, is not known. */
export function resolveText(text: string, lookup: Lookup, escape: '$$' | undefined): Interpolated {
  const parts: (string | undefined)[] = [];
  let usesDefault = false;
  text.split(/\$?\{\{[\s\S]*?\}\}/).forEach((piece, index) => {
    if (index > 0) parts.push(undefined);
    const inner = interpolate(piece, lookup, escape);
    parts.push(...inner.parts);
    usesDefault ||= inner.usesDefault;
  });
  return { parts, usesDefault };
}
