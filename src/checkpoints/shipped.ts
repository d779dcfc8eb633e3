import { manifestSchema, shippedFrom } from './manifest';
import manifest from './data/manifest.json';

const files = import.meta.glob<string>('./data/*.safetensors', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** Shipped results in the browser, fetched when they are first needed. */
export const shippedResults = shippedFrom(
  () => Promise.resolve(manifestSchema.parse(manifest)),
  async (file) => {
    const url = files[`./data/${file}`];
    if (!url) throw new Error(`shipped file ${file} is missing from the build`);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`);
    return new Uint8Array(await response.arrayBuffer());
  },
);
