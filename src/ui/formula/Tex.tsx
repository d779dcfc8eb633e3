import 'katex/dist/katex.min.css';
import katex from 'katex';
import { memo } from 'react';

const cache = new Map<string, string>();

/** HTML of a formula. Parts marked with `\htmlData{setting=name}{…}` carry that name. */
export function texHtml(source: string, displayMode = false): string {
  const key = `${displayMode} ${source}`;
  let html = cache.get(key);
  if (html === undefined) {
    html = katex
      .renderToString(source, {
        displayMode,
        output: 'html',
        throwOnError: false,
        strict: 'ignore',
        trust: ({ command }) => command === '\\htmlData',
      })
      .replaceAll('aria-hidden="true"', ''); // it is all there is: there is no MathML beside it
    if (cache.size > 500) cache.clear();
    cache.set(key, html);
  }
  return html;
}

/** A formula in the line of text. */
export const Tex = memo(function Tex({ children }: { children: string }) {
  return <span dangerouslySetInnerHTML={{ __html: texHtml(children) }} />;
});
