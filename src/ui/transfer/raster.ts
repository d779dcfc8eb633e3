import { message, MessageError } from '../../messages';

/** Dots for every pixel of the page: 300 for an inch, which has 96 pixels. */
const SCALE = 300 / 96;

/** A picture as PNG in print size. Rejects with a MessageError where the browser cannot draw it. */
export async function pngOf(svg: string, failure: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.width * SCALE);
    canvas.height = Math.round(image.height * SCALE);
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    return new Uint8Array(await blob!.arrayBuffer());
  } catch {
    throw new MessageError(message('foreign', { text: failure }));
  } finally {
    URL.revokeObjectURL(url);
  }
}
