import { message, MessageError } from '../messages';
import { manifestSchema, shippedFrom } from './manifest';
import manifest from './data/manifest.json';

const files = import.meta.glob<string>('./data/*.safetensors', { query: '?url', import: 'default', eager: true });

/** Shipped results in the browser, fetched when they are first needed. */
export const shippedResults = shippedFrom(
  () => Promise.resolve(manifestSchema.parse(manifest)),
  async (file) => {
    const url = files[`./data/${file}`];
    if (!url) throw new MessageError(message('file.missing', { file }));
    const response = await fetch(url);
    const { ok, status, statusText } = response;
    if (!ok) throw new MessageError(message('file.http', { file, status: `${status} ${statusText}`.trim() }));
    return new Uint8Array(await response.arrayBuffer());
  },
);
