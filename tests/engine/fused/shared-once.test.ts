import { expect, it, vi } from 'vitest';
import type { SharedTfjs } from '../../../src/engine/devices/tfjs';
import { SharedOnce } from '../../../src/engine/fused/shared-once';

const tfjs = () => ({ close: vi.fn(), bytes: () => 5 }) as unknown as SharedTfjs;

it('is opened once, by whoever asks first, and then there at once', async () => {
  const [found, open] = [tfjs(), vi.fn()];
  const shared = new SharedOnce(async () => {
    open();
    return found;
  });
  expect(shared.bytes()).toBe(0);
  expect(await Promise.all([shared.get(), shared.get()])).toEqual([found, found]);
  expect(shared.get()).toBe(found);
  expect(shared.bytes()).toBe(5);
  expect(open).toHaveBeenCalledTimes(1);
  shared.close();
  expect(found.close).toHaveBeenCalledTimes(1);
  expect(shared.bytes()).toBe(0);
});

it('is closed even if the engine was closed while it was opened', async () => {
  const found = tfjs();
  const shared = new SharedOnce(async () => found);
  const asked = shared.get();
  shared.close();
  expect(await asked).toBeNull();
  expect(found.close).toHaveBeenCalledTimes(1);
});

it('is not there where it cannot be had', async () => {
  const shared = new SharedOnce(() => Promise.reject(new Error('no such chunk')));
  expect(await shared.get()).toBeNull();
  shared.close();
});
