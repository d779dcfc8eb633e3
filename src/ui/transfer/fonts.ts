import interUrl from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';

let font: Promise<string> | undefined;

/** The page's font as a rule that carries it; empty where it cannot be had, and the next of the family takes its place. */
export const fontRule = (): Promise<string> => (font ??= load().catch(() => ''));

async function load(): Promise<string> {
  const response = await fetch(interUrl);
  if (!response.ok) return '';
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return `@font-face{font-family:'Inter Variable';font-weight:100 900;src:url(data:font/woff2;base64,${btoa(text)}) format('woff2')}`;
}
