import { stringify } from 'csv-stringify/sync';

/**
 * Rows as CSV (RFC 4180) with a line of headings. What a spreadsheet would take for a formula is escaped. An entry of its own in the bundle,
 * loaded when something is exported.
 */
export function csvText(rows: readonly object[]): string {
  return stringify([...rows], { header: true, escape_formulas: true, record_delimiter: 'windows', cast: { boolean: String } });
}
