import { stringify } from 'csv-stringify/sync';

/**
 * Rows as CSV (RFC 4180). What a spreadsheet would take for a formula is escaped. An entry of its own in the bundle, loaded when something is
 * exported.
 * @param header whether a line of headings comes first
 */
export function csvText(rows: readonly object[], header: boolean): string {
  return stringify([...rows], {
    header,
    escape_formulas: true,
    record_delimiter: 'windows',
    cast: { boolean: String },
  });
}
