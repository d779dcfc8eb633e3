import { expect, it } from 'vitest';
import { CHROMIUM_ARGS } from '../../support/chromium';
import { memoryIn, withoutGpu } from './browser.mjs';

it('counts memory that a process has for itself, not files that it has mapped', () => {
  const status = 'VmHWM:\t  900 kB\nRssAnon:\t     300 kB\nRssFile:\t    500 kB\nRssShmem:\t    20 kB\n';
  expect(memoryIn(status)).toBe(320 * 1024);
  expect(memoryIn('VmRSS:\t 3 kB\n')).toBeUndefined();
});

it('starts a browser without a graphics card, not even one in software', () => {
  const args = withoutGpu(CHROMIUM_ARGS);
  expect(args).toContain('--no-sandbox');
  expect(args).toContain('--disable-gpu');
  expect(args.filter((arg) => /gl|gpu|angle|swift/.test(arg))).toEqual(['--disable-gpu']);
});
