/** The rows of a CSV (RFC 4180) by the names of its columns. */
export function csvRows(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) throw new Error(`not CSV from ${cell.lastIndex} on`);
    rows.at(-1)!.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    if (found[3] === '\r\n') rows.push([]);
  }
  const [names, ...rest] = rows.filter((row) => row.length > 0);
  return rest.map((row) => Object.fromEntries(names!.map((name, i) => [name, row[i]!])));
}
