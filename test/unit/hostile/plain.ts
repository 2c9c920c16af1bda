import assert from 'node:assert/strict';

/**
 * Fails where a text is not what a surface may show of a server's: one line, of at most `limit` characters, without control, direction-changing
 * or invisible characters, halves of characters, links and icons.
 */
export function assertPlain(text: string, limit: number): void {
  const shown = JSON.stringify(text.slice(0, 400));
  assert.ok(text.length <= limit, `${text.length} characters: ${shown}`);
  assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u, shown);
  assert.doesNotMatch(
    text,
    /[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u00ad\ufeff\u034f\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\u{e0000}-\u{e0fff}]/u,
    shown,
  );
  assert.ok(!text.includes(']('), shown);
  assert.ok(!text.includes('$('), shown);
}
