import { create } from 'zustand';
import { messageOf, type Message } from '../../messages';
import { readFile, type ReadFile } from './read';

/** A file that somebody wants to open: it is read and shown before it changes anything. */
export type Reading =
  | { status: 'none' }
  | { status: 'reading'; file: string }
  | { status: 'read'; read: ReadFile }
  | { status: 'refused'; file: string; message: Message };

export const useReading = create<Reading>(() => ({ status: 'none' }));

const now = (reading: Reading) => useReading.setState(reading, true);

export const forget = (): void => now({ status: 'none' });

/** Reads a file; of several, the last one counts. */
export async function look(file: File): Promise<void> {
  const reading: Reading = { status: 'reading', file: file.name };
  now(reading);
  let outcome: Reading;
  try {
    outcome = { status: 'read', read: await readFile(file) };
  } catch (error) {
    outcome = { status: 'refused', file: file.name, message: messageOf(error) };
  }
  if (useReading.getState() === reading) now(outcome);
}
