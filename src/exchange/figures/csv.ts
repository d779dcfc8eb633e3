import { bytesOfText } from '../files';

export type Cell = string | number | boolean | null | undefined;

/**
 * A table as CSV (RFC 4180, UTF-8): numbers to the last digit, nothing for what is not there. A text that spreadsheets would
 * take for a formula gets an apostrophe in front: names come with links from anywhere.
 */
export function csvOf<C extends string>(
  columns: readonly C[],
  rows: readonly Readonly<Partial<Record<C, Cell>>>[],
): Uint8Array<ArrayBuffer> {
  const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))];
  return bytesOfText(lines.map((cells) => cells.map(cellText).join(',') + '\r\n').join(''));
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return Object.is(cell, -0) ? '-0' : String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
