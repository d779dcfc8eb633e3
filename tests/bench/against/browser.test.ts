import { expect, it } from 'vitest';
import { memoryIn } from './browser.mjs';

it('counts memory that a process has for itself, not files that it has mapped', () => {
  const status = 'VmHWM:\t  900 kB\nRssAnon:\t     300 kB\nRssFile:\t    500 kB\nRssShmem:\t    20 kB\n';
  expect(memoryIn(status)).toBe(320 * 1024);
  expect(memoryIn('VmRSS:\t 3 kB\n')).toBeUndefined();
});
