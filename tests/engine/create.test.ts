import { afterEach, describe, expect, it, vi } from 'vitest';
import { foreign, message } from '../../src/messages';
import { createEngine } from '../../src/engine/create';
import { createFusedEngine } from '../../src/engine/fused';

describe('an engine asked for threads', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('has them where it can', async () => {
    const { engine } = await createEngine('wasm', 'fused', { threads: 2 });
    expect(engine.info.adapter).toMatch(/, 2 threads$/);
    expect(engine.info.note).toBeUndefined();
    engine.dispose();
    expect((await createEngine('wasm')).engine.info.adapter).not.toMatch(/thread/);
  });

  it('runs on one where the page is not isolated, and says so', async () => {
    vi.stubGlobal('crossOriginIsolated', false);
    const { engine, considered } = await createEngine('wasm', undefined, { threads: 4 });
    expect(engine.info.adapter).not.toMatch(/thread/);
    expect(engine.limitThreads).toBeUndefined();
    expect(considered.at(-1)!.reason).toEqual(
      message('both', {
        first: message('engine.byHand', {}),
        second: message('thread.only', { reason: message('thread.isolation', {}) }),
      }),
    );
  });

  it('runs on one where the memory or a thread cannot be had', async () => {
    vi.spyOn(WebAssembly, 'Memory').mockImplementation(function () {
      throw new RangeError('no room for shared memory');
    });
    const { info } = await createFusedEngine('wasm', { threads: 2 });
    vi.restoreAllMocks();
    expect(info.note).toEqual(message('thread.only', { reason: foreign('no room for shared memory') }));
  });
});

describe('choosing an engine in Node', () => {
  it('takes fused WebAssembly by timing it, and says why', async () => {
    const { engine, considered } = await createEngine('auto');
    expect(engine.info).toMatchObject({ backend: 'wasm', kind: 'fused' });
    expect(considered.map((c) => c.backend)).toEqual(['webgpu', 'webgl', 'wasm']);
    expect(considered[0]!.reason).toEqual(message('engine.unavailable', { backend: 'webgpu' }));
    expect(considered[2]!.msPerStep).toBeGreaterThan(0);
    engine.dispose();
  });

  it('obeys a choice, and fails with reasons', async () => {
    expect((await createEngine('wasm', 'plain')).engine.info.kind).toBe('plain');
    expect((await createEngine('cpu')).engine.info.backend).toBe('cpu');
    await expect(createEngine('webgpu')).rejects.toThrow(/webgpu \(plain\): webgpu is not available here/);
    await expect(createEngine('cpu', 'fused')).rejects.toThrow(/no fused engine/);
  });
});
