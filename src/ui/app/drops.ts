import { setView } from '../store/useView';

const isFile = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;

/** A file that is dropped anywhere on the page is looked at, in place of leaving the page for it. Returns how to leave off. */
export function takeDrops(): () => void {
  const over = (event: DragEvent) => isFile(event) && event.preventDefault();
  const drop = (event: DragEvent) => {
    if (!isFile(event)) return;
    event.preventDefault();
    const dropped = event.dataTransfer?.files[0];
    if (!dropped) return;
    const isRows = /\.(jsonl|ndjson)$/i.test(dropped.name);
    setView(isRows ? { own: 'data', dropped } : { transfer: true, dropped });
  };
  window.addEventListener('dragover', over);
  window.addEventListener('drop', drop);
  return () => {
    window.removeEventListener('dragover', over);
    window.removeEventListener('drop', drop);
  };
}
