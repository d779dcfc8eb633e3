import type { z } from 'zod';
import { message, MessageError } from '../messages';
import { checkedShape } from '../messages/shape';
import { parseStrict } from '../model/strict-json';

/** Files of a folder by their path in it, with `/` between its parts. */
export type Files = ReadonlyMap<string, Uint8Array>;

const MIB = 2 ** 20;

/** What is read of a file at most, bytes; the largest model of the lab takes 4 MiB, its largest table 2 MiB. */
export const MOST_BYTES = { weights: 256 * MIB, table: 64 * MIB, json: 8 * MIB } as const;

/** What is read of a folder or a zip at most. */
export const MOST_IN_ALL = { files: 2000, bytes: 512 * MIB } as const;

/** Of all work of a browser. */
export const MOST_OF_WORK = { files: 20_000, bytes: 2000 * MIB } as const;

export const bytesOfText = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export const bytesOfJson = (value: unknown): Uint8Array<ArrayBuffer> =>
  bytesOfText(JSON.stringify(value, null, 2) + '\n');

/** The files with a folder in front of their paths. */
export const within = (folder: string, files: Files): Map<string, Uint8Array> =>
  new Map([...files].map(([path, bytes]) => [`${folder}/${path}`, bytes]));

/** The files of one folder, without it in front. */
export const inside = (folder: string, files: Files): Map<string, Uint8Array> =>
  new Map(
    [...files].flatMap(([path, bytes]) =>
      path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), bytes] as const] : [],
    ),
  );

/** What `act` gives; a MessageError of it says where it was. */
export function at<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    throw new MessageError(message('at', { path, problem: error.info }), { cause: error });
  }
}

/** A file's bytes. Throws a MessageError where it is missing or too large. */
export function fileOf(files: Files, file: string, most: number): Uint8Array {
  const bytes = files.get(file);
  if (!bytes) throw new MessageError(message('exchange.missing', { file }));
  if (bytes.length > most)
    throw new MessageError(message('exchange.tooLarge', { file, bytes: bytes.length, most }));
  return bytes;
}

/** A file's text. Throws a MessageError where it is missing, too large or not UTF-8. */
export function textOfFile(files: Files, file: string, most: number = MOST_BYTES.json): string {
  const bytes = fileOf(files, file, most);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MessageError(message('exchange.notText', { file }));
  }
}

/** A JSON file of the given shape. Throws a MessageError that names the file and the field. */
export function jsonOfFile<S extends z.ZodType>(files: Files, file: string, schema: S): z.infer<S> {
  const text = textOfFile(files, file);
  return at(file, () => checkedShape(schema, parsed(file, text)));
}

function parsed(file: string, text: string): unknown {
  try {
    return parseStrict(text);
  } catch (error) {
    if (error instanceof MessageError) throw error;
    throw new MessageError(message('exchange.notJson', { file, text: (error as Error).message }));
  }
}
