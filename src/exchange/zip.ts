import { unzipSync, zipSync } from 'fflate';
import { message, MessageError } from '../messages';
import { MOST_IN_ALL, type Files } from './files';

/** Files as one zip; the same files give the same bytes. */
export const zipped = (files: Files): Uint8Array<ArrayBuffer> =>
  zipSync(Object.fromEntries(files), { mtime: new Date(1980, 0, 1), level: 6 });

/**
 * The files of a zip, folders left out. Throws a MessageError where it is none, or holds more files or bytes than
 * `most`: sizes are looked at before anything is unpacked, and no file unpacks to more than it says.
 */
export function unzipped(bytes: Uint8Array, file: string, most: Most = MOST_IN_ALL): Map<string, Uint8Array> {
  let [count, total] = [0, 0];
  try {
    const entries = unzipSync(bytes, {
      filter({ name, originalSize }) {
        if (name.endsWith('/')) return false;
        if (++count > most.files) throw tooMuch('files', most);
        if ((total += originalSize) > most.bytes) throw tooMuch('bytes', most);
        return true;
      },
    });
    return new Map(Object.entries(entries));
  } catch (error) {
    if (error instanceof MessageError) throw error;
    throw new MessageError(message('exchange.zip', { file, text: (error as Error).message }));
  }
}

type Most = Readonly<Record<'files' | 'bytes', number>>;

const tooMuch = (what: 'files' | 'bytes', most: Most) =>
  new MessageError(message('exchange.tooMuch', { what, most: most[what] }));
