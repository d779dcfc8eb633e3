import { message, MessageError } from '../messages';

/**
 * The bytes of a file of this page. Throws a MessageError that names the file when it does not come; nothing of that
 * is remembered, so asking again is a new attempt.
 */
export async function fetchFile(url: string, file: string): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    response = await fetch(url);
    if (!response.ok) throw new MessageError(message('file.http', { file, status: String(response.status) }));
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    if (error instanceof MessageError) throw error;
    throw new MessageError(message('file.unreachable', { file }), { cause: error });
  }
  // many hosts answer an address that they do not know with their start page, and call that a success
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw new MessageError(message('file.isPage', { file }));
  return bytes;
}

/** The same, as JSON. */
export async function fetchJson(url: string, file: string): Promise<unknown> {
  const bytes = await fetchFile(url, file);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (error) {
    throw new MessageError(message('file.damaged', { file, text: (error as Error).message }), {
      cause: error,
    });
  }
}
