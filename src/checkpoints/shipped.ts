import { message, MessageError } from '../messages';
import { fetchFile } from './fetch-file';
import { checkedManifest, shippedFrom } from './manifest';
import manifest from './data/manifest.json';

const files = import.meta.glob<string>('./data/*.safetensors', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** Shipped results in the browser, fetched when they are first needed. */
export const shippedResults = shippedFrom(
  async () => checkedManifest(manifest),
  async (file) => {
    const url = files[`./data/${file}`];
    if (!url) throw new MessageError(message('file.missing', { file }));
    return fetchFile(url, file);
  },
);
