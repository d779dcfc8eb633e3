/**
 * What runs before a rule. The interpreter has no network, no files and no page; what is left that could give the same
 * answer another score goes as well (clock, chance, garbage collection). Loops inside of built-in functions are never
 * interrupted, so those over lists longer than any answer are refused.
 */
export const PRELUDE = `
delete globalThis.Date;
delete globalThis.WeakRef;
delete globalThis.FinalizationRegistry;
delete globalThis.SharedArrayBuffer;
Math.random = () => { throw new ReferenceError("'Math.random' is not defined"); };
{
  const MOST = 1e5;
  const { apply } = Reflect;
  const refuse = (length) => { throw new RangeError('a list of ' + length + ' entries is too long'); };
  for (const name of Object.getOwnPropertyNames(Array.prototype)) {
    const original = Array.prototype[name];
    if (typeof original !== 'function' || name === 'constructor') continue;
    Object.defineProperty(Array.prototype, name, {
      configurable: true,
      writable: true,
      value: function (...given) {
        if (this != null && this.length > MOST) refuse(this.length);
        return apply(original, this, given);
      },
    });
  }
}
`;

/** Wraps the function of a rule: words come and scores leave as text, whatever the rule does to its built-ins. */
export const CALLER = `
(() => {
  const { parse } = JSON;
  return (rule, text) => {
    const { words, prompt, finished } = parse(text);
    return rule(words, prompt, finished);
  };
})()
`;

/** Names that a browser has and a rule does not. */
export const ABSENT: ReadonlySet<string> = new Set([
  'Date',
  'Math.random',
  'WeakRef',
  'FinalizationRegistry',
  'SharedArrayBuffer',
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'EventSource',
  'Worker',
  'SharedWorker',
  'BroadcastChannel',
  'importScripts',
  'indexedDB',
  'caches',
  'localStorage',
  'sessionStorage',
  'navigator',
  'window',
  'self',
  'document',
  'location',
  'console',
  'alert',
  'performance',
  'crypto',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'postMessage',
  'process',
  'require',
  'module',
]);
