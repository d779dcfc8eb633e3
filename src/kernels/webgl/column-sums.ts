/** Cuts `rows` into blocks for a first stage: enough of them to keep a GPU busy, none tiny. */
export function splitRows(rows: number, width: number): { splits: number; block: number } {
  const wanted = Math.max(1, Math.min(Math.ceil(rows / 16), Math.ceil(32768 / width), 256));
  const block = Math.max(1, Math.ceil(rows / wanted));
  return { splits: Math.max(1, Math.ceil(rows / block)), block };
}
